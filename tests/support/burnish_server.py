"""A real Burnish in a temporary data folder, for every suite that talks to it from outside.

    with BurnishServer.start() as server:
        client = server.login()
        project = client.create_project("Clothes")

The binary is BURNISH_BINARY, or build/dev/burnish of this checkout.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(http://127\.0\.0\.1:(\d+))/login#(\w+)")
START_TIME = 60.0


def binary() -> Path:
    return Path(os.environ.get("BURNISH_BINARY", ROOT / "build/dev/burnish"))


class Problem(AssertionError):
    """An answer that is a problem document where none was expected."""

    def __init__(self, response: requests.Response) -> None:
        self.response = response
        self.status = response.status_code
        try:
            self.document: dict[str, Any] = response.json()
        except ValueError:
            self.document = {"detail": response.text[:300]}
        request = response.request
        super().__init__(f"{request.method} {request.url}: {self.status} {self.document.get('code')}: {self.document.get('detail')}")

    @property
    def code(self) -> str:
        return str(self.document.get("code"))


class BurnishServer:
    """One process of `burnish serve` and its data folder."""

    def __init__(self, data: Path, *, media_roots: Mapping[str, Path] | None = None, failpoint: str | None = None,
                 arguments: Sequence[str] = (), port: int = 0, own_folder: Path | None = None) -> None:
        self.data = data
        self.media_roots = dict(media_roots or {})
        self.failpoint = failpoint
        self.arguments = list(arguments)
        # Variables of the process beyond those it inherits; failpoints and seeded bugs (src/base/failpoint.hpp) are named here too.
        self.environment: dict[str, str] = {}
        self.port = port
        self.origin = ""
        self.process: subprocess.Popen[str] | None = None
        self.log: list[str] = []
        self._own_folder = own_folder
        self._token: str | None = None

    @classmethod
    def start(cls, data: Path | None = None, **options: Any) -> BurnishServer:
        own_folder = None
        if data is None:
            own_folder = Path(tempfile.mkdtemp(prefix="burnish-test-"))
            data = own_folder / "data"
        server = cls(data, own_folder=own_folder, **options)
        server.run()
        return server

    def run(self) -> None:
        """Starts the process (again) and waits for its login link."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BURNISH_") and key != "FAILPOINT"}
        if self.failpoint:
            environment["FAILPOINT"] = self.failpoint
        environment |= self.environment
        roots = [part for name, path in self.media_roots.items() for part in ("--media-root", f"{name}={path}")]
        command = [str(binary()), "serve", "--data", str(self.data), "--port", str(self.port), *roots, *self.arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        threading.Thread(target=self._read_log, args=(self.process,), daemon=True).start()
        self._wait_for_link(self.process)

    def _read_log(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.log.append(line.rstrip("\n"))

    def _wait_for_link(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        watchdog = threading.Timer(START_TIME, process.kill)
        watchdog.start()
        try:
            for line in process.stdout:
                if found := LINK.search(line):
                    self.origin, port, self._token = found[1], found[2], found[3]
                    self.port = int(port)
                    threading.Thread(target=process.stdout.read, daemon=True).start()
                    return
        finally:
            watchdog.cancel()
        process.wait()
        time.sleep(0.1)
        raise RuntimeError(f"burnish ended with {process.returncode} before it was ready:\n" + "\n".join(self.log[-20:]))

    def new_token(self) -> str:
        """A one-time token from `burnish login`, as a person at the console gets it."""
        printed = subprocess.run([str(binary()), "login", "--data", str(self.data)], capture_output=True, text=True, check=True, timeout=30).stdout
        found = LINK.search(printed)
        assert found, printed
        return found[3]

    def login(self) -> Client:
        token, self._token = self._token or self.new_token(), None
        client = Client(self.origin)
        client.post("/api/v1/session", {"token": token}, key=None)
        return client

    def kill(self) -> None:
        """kill -9, as a power button does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def __enter__(self) -> BurnishServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._own_folder:
            shutil.rmtree(self._own_folder, ignore_errors=True)


class Client:
    """A logged-in caller. Every method raises Problem for an answer of 400 or more."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy between a test and its server

    def send(self, method: str, path: str, *, body: Any = None, key: str | None = None, query: Mapping[str, Any] | None = None,
             data: bytes | None = None, headers: Mapping[str, str] | None = None, timeout: float = 60) -> requests.Response:
        """The answer as it is, problems too."""
        sent = {"X-Burnish": "1"} | dict(headers or {})
        if key is not None:
            sent["Idempotency-Key"] = key
        if data is not None:
            sent.setdefault("Content-Type", "application/octet-stream")
        return self.http.request(method, self.origin + path, json=body, data=data, params=query, headers=sent, timeout=timeout)

    def _json(self, response: requests.Response) -> Any:
        if response.status_code >= 400:
            raise Problem(response)
        return response.json() if response.content else None

    def get(self, path: str, **query: Any) -> Any:
        return self._json(self.send("GET", path, query=query))

    def post(self, path: str, body: Any = None, *, key: str | None = "new") -> Any:
        return self._json(self.send("POST", path, body=body, key=new_key() if key == "new" else key))

    def put(self, path: str, body: Any) -> Any:
        return self._json(self.send("PUT", path, body=body))

    def patch(self, path: str, body: Any, *, key: str | None = "new") -> Any:
        return self._json(self.send("PATCH", path, body=body, key=new_key() if key == "new" else key))

    def delete(self, path: str) -> Any:
        return self._json(self.send("DELETE", path))

    def frame(self, path: str, **query: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and arrays of a frame."""
        response = self.send("GET", path, query=query)
        if response.status_code >= 400:
            raise Problem(response)
        return parse_frame(response.content)

    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies)

    # --- what most suites need -------------------------------------------------------------------------------

    def create_project(self, name: str) -> str:
        return str(self.post("/api/v1/projects", {"name": name})["id"])

    def head(self, project: str) -> int:
        return int(self.get(f"/api/v1/projects/{project}/changes", count=1)["head"])

    def result(self, project: str, filter: Any = None, sort: Any = None, at_least: int = 0) -> dict[str, Any]:
        body: dict[str, Any] = {"at_least": at_least}
        if filter is not None:
            body["filter"] = filter
        if sort is not None:
            body["sort"] = sort
        return dict(self.post(f"/api/v1/projects/{project}/results", body, key=None))

    def ordinals(self, project: str, filter: Any = None, at_least: int = 0) -> list[int]:
        handle = self.result(project, filter, at_least=at_least)
        _, arrays = self.frame(f"/api/v1/projects/{project}/results/{handle['id']}/ordinals")
        return [int(ordinal) for ordinal in arrays["ordinal"]]

    def edit(self, project: str, target: Any, change: Mapping[str, Any], *, base: int | None = None, key: str | None = None, **more: Any) -> Any:
        body = {"base": self.head(project) if base is None else base, "target": target, "set": dict(change), **more}
        return self.post(f"/api/v1/projects/{project}/edits", body, key=key or new_key())

    def upload_import(self, project: str, files: Iterable[tuple[str, bytes]], name: str = "upload") -> str:
        created = self.post(f"/api/v1/projects/{project}/imports", {"kind": "upload", "name": name})
        for path, content in files:
            response = self.send("POST", f"/api/v1/projects/{project}/imports/{created['id']}/files", query={"path": path}, data=content)
            if response.status_code >= 400:
                raise Problem(response)
        return str(created["id"])

    def folder_import(self, project: str, root: str, path: str = "") -> str:
        return str(self.post(f"/api/v1/projects/{project}/imports", {"kind": "folder", "root": root, "path": path})["id"])

    def check_import(self, project: str, import_id: str, mapping: Mapping[str, Any] | None = None) -> dict[str, Any]:
        self.post(f"/api/v1/projects/{project}/imports/{import_id}/check", dict(mapping or {}), key=None)
        return self.wait_import(project, import_id, {"checked", "failed", "cancelled", "open"})  # open: the check failed

    def commit_import(self, project: str, import_id: str, *, key: str | None = None, wait: float = 300) -> dict[str, Any]:
        self.post(f"/api/v1/projects/{project}/imports/{import_id}/commit", key=key or new_key())
        return self.wait_import(project, import_id, {"done", "failed", "cancelled", "checked"}, wait)  # checked: it failed and can be tried again

    def wait_import(self, project: str, import_id: str, states: set[str], wait: float = 300) -> dict[str, Any]:
        return wait_for(lambda: self.get(f"/api/v1/projects/{project}/imports/{import_id}"), lambda found: found["state"] in states, wait)

    def wait_ready(self, project: str, views: Sequence[str] = ("thumbnails", "quality", "embeddings", "map", "probe"), wait: float = 300) -> dict[str, Any]:
        """The project once each of `views` is ready."""
        def settled(found: dict[str, Any]) -> bool:
            states = {view["view"]: view for view in found["views"]}
            return all(states[name]["ready"] for name in views)

        return wait_for(lambda: self.get(f"/api/v1/projects/{project}"), settled, wait)


def new_key() -> str:
    return uuid.uuid4().hex


def wait_for(ask: Any, enough: Any, seconds: float) -> Any:
    """Asks until the answer is enough. Bounded."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if enough(answer):
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"still not so after {seconds} s: {json.dumps(answer)[:2000]}")
        time.sleep(0.05)


ARRAY_FORMATS = {"u8": "B", "u16": "H", "u32": "I", "f32": "f"}


def parse_frame(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and arrays of application/vnd.burnish.arrays, as api/openapi.yaml describes it."""
    (length,) = struct.unpack_from("<I", content)
    header = json.loads(content[4 : 4 + length])
    start = (4 + length + 7) // 8 * 8
    arrays: dict[str, Any] = {}
    for array in header["arrays"]:
        at = start + array["offset"]
        assert array["offset"] % 8 == 0
        if array["type"] == "bytes":
            arrays[array["name"]] = content[at : at + array["count"]]
        else:
            arrays[array["name"]] = list(struct.unpack_from(f"<{array['count']}{ARRAY_FORMATS[array['type']]}", content, at))
    return header, arrays


def raw_request(port: int, text: bytes, timeout: float = 5) -> bytes:
    """Bytes in, bytes out: for requests that no client library would send."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    connection.connect()
    try:
        connection.sock.sendall(text)
        connection.sock.shutdown(1)
        answer = b""
        while piece := connection.sock.recv(65536):
            answer += piece
        return answer
    finally:
        connection.close()
