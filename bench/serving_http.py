"""The wire: thumbnails beside nginx (one worker, the same bytes from files), small JSON beside fastify, and facets while an import runs.

Debian's nginx-light is installed by hand, since it starts a server of its own: apt-get install nginx-light && systemctl disable --now nginx.
Our server answers all of this from one I/O thread; wrk takes the other core.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from measure import NODE, ROOT, Row, peer_node, shown
from serving_load import RUN, Client, Loaded, milliseconds, wrk

PAGE = 60
CONNECTIONS = 64
PHOTOGRAPHS = Path(os.environ.get("BURNISH_TEST_DATA", ROOT.parent / "shared/data")) / "recycling-photos"
NGINX = """{user}
worker_processes 1; daemon off; error_log {folder}/error.log; pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000; open_file_cache max=100;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}
"""


class Nginx:
    def __init__(self, folder: Path, port: int) -> None:
        (folder / "www").mkdir(parents=True)
        (folder / "conf").write_text(NGINX.format(folder=folder, port=port, user="user root;" if os.geteuid() == 0 else ""))
        self.origin = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "conf")], stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except ConnectionRefusedError:
                assert self.process.poll() is None, "nginx does not start"
                time.sleep(0.02)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class Fastify:
    """Answers one address with one text of JSON."""

    def __init__(self, port: int, address: str, text: str) -> None:
        folder = peer_node("fastify")
        self.origin = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([NODE, folder / "server.mjs", str(port), address, text], stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.process.stdout.readline()  # it listens

    @staticmethod
    def version() -> str:
        return str(json.loads((peer_node("fastify") / "node_modules/fastify/package.json").read_text())["version"])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def page_row(loaded: Loaded, area: str, pairs: int) -> Row:
    client = loaded.client
    ordinals = ",".join(str(n) for n in range(PAGE))
    singles = [f"{loaded.path}/samples/{n}/thumbnail?size=160" for n in range(PAGE)]
    header, arrays = client.frame(f"{loaded.path}/thumbnails", size=160, ordinals=ordinals)
    for place in header["thumbnails"]:
        assert client.send("GET", singles[place["ordinal"]]).content == arrays["data"][place["offset"] : place["offset"] + place["bytes"]]
    singly, together = [], []
    for _ in range(pairs):
        together.append(milliseconds(lambda: client.send("GET", f"{loaded.path}/thumbnails?size=160&ordinals={ordinals}")))
        singly.append(milliseconds(lambda: [client.send("GET", each) for each in singles]))
    return Row(area, f"page of {PAGE} thumbnails in one request", together, f"{PAGE} requests, one connection", singly, check="the same pictures")


def compare(loaded: Loaded, area: str, what: str, path: str, peer: Nginx | Fastify, peer_name: str, peer_path: str, pairs: int, seconds: int) -> Row:
    """One address beside a peer that answers the same bytes."""
    client = loaded.client
    assert client.send("GET", path).content == Client(peer.origin).send("GET", peer_path).content, f"{peer_name} answers something else"
    ours, theirs, late, peer_late = [], [], [], []
    for _ in range(pairs):
        rate, slow = wrk(loaded.server.origin, path=path, seconds=seconds, connections=CONNECTIONS, headers=(f"Cookie: {client.cookie()}",))
        peer_rate, peer_slow = wrk(peer.origin, path=peer_path, seconds=seconds, connections=CONNECTIONS)
        ours.append(1000 / rate)
        theirs.append(1000 / peer_rate)
        late.append(slow)
        peer_late.append(peer_slow)
    check = f"same bytes; p99 {shown(statistics.median(late))}, of the peer {shown(statistics.median(peer_late))}; {1000 / min(ours):,.0f}/s, {1000 / min(theirs):,.0f}/s"
    return Row(area, f"{what}, time for each, {CONNECTIONS} connections", ours, peer_name, theirs, check=check)


def thumbnail_row(loaded: Loaded, area: str, folder: Path, pairs: int, seconds: int) -> Row:
    thumbnail = f"{loaded.path}/samples/0/thumbnail?size=160"
    peer = Nginx(folder / "nginx", loaded.server.port + 1)
    try:
        (folder / "nginx/www/0.jpg").write_bytes(loaded.client.send("GET", thumbnail).content)
        (folder / "nginx/www/0.jpg").chmod(0o644)
        return compare(loaded, area, "12 kB thumbnail", thumbnail, peer, "nginx, one worker", "/0.jpg", pairs, seconds)
    finally:
        peer.stop()


def json_row(loaded: Loaded, area: str, pairs: int, seconds: int) -> Row:
    address = "/api/v1/session"
    peer = Fastify(loaded.server.port + 2, address, loaded.client.send("GET", address).text)
    try:
        return compare(loaded, area, "small JSON, the session", address, peer, f"fastify {peer.version()}", address, pairs, seconds)
    finally:
        peer.stop()


def import_photographs(client: Client, started: threading.Event, enough: threading.Event, imports: list[str]) -> None:
    """One project after the other, each until its photographs are decoded."""
    while not enough.is_set():
        project = client.create_project(f"Imported meanwhile {time.time_ns()}")
        begun = client.folder_import(project, "photographs")
        client.check_import(project, begun)
        started.set()
        assert client.commit_import(project, begun, wait=300)["state"] == "done"
        client.wait_ready(project, ("thumbnails", "quality"))
        imports.append(project)


def import_rows(loaded: Loaded, area: str, pairs: int, seconds: int) -> list[Row]:
    """Facets under ever new filters, alone and while photographs are imported and decoded, one import after the other."""
    if not PHOTOGRAPHS.is_dir():
        print(f"{PHOTOGRAPHS} is missing: facets during an import are not measured", file=sys.stderr)
        return []
    script = Path(__file__).parent / "load_facets.lua"

    def each(connections: int) -> tuple[float, float]:
        rate, late = wrk(loaded.server.origin, f"{loaded.path}/facets", loaded.client.cookie(), RUN, str(time.time_ns() % 10**6),
                         script=script, seconds=seconds, connections=connections)
        return 1000 / rate, late

    rows = []
    for clients in (1, 16):
        imports: list[str] = []
        alone, during, late = [], [], [0.0]
        for _ in range(pairs):
            alone.append(each(clients)[0])
            started, enough = threading.Event(), threading.Event()
            importing = threading.Thread(target=import_photographs, args=(loaded.client, started, enough, imports))
            importing.start()
            started.wait()
            time.sleep(0.5)
            took, slow = each(clients)
            assert importing.is_alive(), "an import failed before the facets were measured"
            enough.set()
            during.append(took)
            late.append(slow)
            importing.join()
        what = f"facets while an import runs, time for each, {clients} client{'s' if clients > 1 else ''}"
        rows.append(Row(area, what, during, "no import", alone, check=f"p99 {shown(max(late))}; {len(imports)} imports of 2,527 photographs"))
    return rows


def serving_rows(loaded: Loaded, area: str, folder: Path, pairs: int, seconds: int) -> list[Row]:
    rows = [page_row(loaded, area, pairs)]
    if shutil.which("nginx"):
        rows.append(thumbnail_row(loaded, area, folder, pairs, seconds))
    else:
        print("nginx is not installed: thumbnails are compared with nothing", file=sys.stderr)
    rows.append(json_row(loaded, area, pairs, seconds))
    return rows + import_rows(loaded, area, max(1, pairs - 2), seconds)
