"""Requests that try what they should not: other files, other hosts, other headers, more than anybody needs (S-06, S-07, S-09)."""

from __future__ import annotations

import gzip
import os
import socket
import time
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from burnish_server import BurnishServer, Client, new_key, raw_request
from pictures import folder_per_class, picture

LONG = bool(os.environ.get("BURNISH_LONG"))
CANARY = "canary-5b1f-outside-of-every-root"

UPWARDS = ["..", "%2e%2e", "%252e%252e", "..%00", "..;", "....", "\u2025", "%c0%ae%c0%ae", "%uff0e%uff0e", "..\u200b", ".%2e", "%e0%80%ae."]
SLASHES = ["/", "\\", "%2f", "%5c", "%252f", "//", "/./", "\u2215"]
TRAVERSALS = [up + slash + up + slash + "canary.txt" for up, slash in product(UPWARDS, SLASHES)] + [
    "/etc/passwd", "//etc/passwd", "\\\\host\\share", "C:\\Windows", "file:///etc/passwd", "~/canary.txt", "photos/../../canary.txt",
    "/proc/self/environ", "/proc/self/root/etc/passwd", "empty/../../canary.txt", "./../canary.txt", "\u0000", "a\u0000/../..", "empty/" * 40]


@pytest.fixture(scope="module")
def canary(server: BurnishServer) -> Path:
    """A file beside the data folder and one beside the media root, which no answer may hold."""
    for place in (server.data.parent, server.media_roots["photos"].parent):
        (place / "canary.txt").write_text(CANARY)
    return server.data.parent / "canary.txt"


@pytest.fixture(scope="module")
def project(client: Client) -> str:
    made = client.create_project("Abused")
    upload = client.upload_import(made, folder_per_class(3))
    client.check_import(made, upload)
    client.commit_import(made, upload)
    return made


def harmless(response: requests.Response) -> None:
    assert response.status_code < 500, (response.request.url, response.status_code)
    assert CANARY.encode() not in response.content and b"root:x:" not in response.content, response.request.url


def test_no_path_leads_out_of_a_root(server: BurnishServer, client: Client, project: str, canary: Path) -> None:
    at = f"/api/v1/projects/{project}"
    upload = client.post(f"{at}/imports", {"kind": "upload", "name": "x"})["id"]
    beside = sorted(path.name for path in canary.parent.iterdir())
    for path in TRAVERSALS:
        listed = client.send("GET", "/api/v1/media-roots/photos/folders", query={"path": path})
        assert listed.status_code in (400, 404) or listed.json()["folders"] in ([], ["empty"]), path
        imported = client.send("POST", f"{at}/imports", body={"kind": "folder", "root": "photos", "path": path}, key=new_key())
        stored = client.send("POST", f"{at}/imports/{upload}/files", query={"path": path}, data=b"x")
        exported = client.send("POST", f"{at}/exports", body={"format": "csv", "folder": {"root": "photos", "path": path}}, key=new_key())
        for response in (listed, imported, stored, exported):
            harmless(response)
        for address in (f"/{path}", f"/assets/{path}", f"{at}/exports/{path}/archive", f"/api/v1/media-roots/{path}/folders"):
            harmless(client.send("GET", quote(address, safe="/%.;~\\")))
        if imported.status_code < 300:
            client.delete(f"{at}/imports/{imported.json()['id']}")
    checked = client.send("POST", f"{at}/imports/{upload}/check", body={"media_base": "../../.."})
    harmless(checked)
    assert sorted(path.name for path in canary.parent.iterdir()) == beside
    assert canary.read_text() == CANARY


INSIDE = ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/",
          "http://127.1:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0.0.0.0:{port}/", "//127.0.0.1:{port}/",
          "http://user@127.0.0.1:{port}/", "http://127.0.0.1.:{port}/", "gopher://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "s3://127.0.0.1:{port}/b",
          "https://127.0.0.1:{port}/", "hf://127.0.0.1:{port}/", "http://127.0.0.1:{port}/\r\nX: y", "\\\\127.0.0.1@{port}\\share", "unix:///tmp/x", "data:image/png;base64,AAAA"]


def test_no_address_is_ever_called(client: Client) -> None:
    """Nothing takes an address; texts that look like one open no connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        addresses = [shape.format(port=listener.getsockname()[1]) for shape in INSIDE]
        project = client.create_project("Addresses")
        at = f"/api/v1/projects/{project}"
        table = "path,label,image\n" + "".join(f'"{address}x.png",a,"{address}"\n' for address in addresses)
        upload = client.upload_import(project, [("t.csv", table.encode()), ("a/x.png", picture("disc", 1))])
        client.check_import(project, upload)
        for address in addresses:
            for body in ({"kind": "folder", "root": address, "path": ""}, {"kind": "url", "url": address}, {"kind": "upload", "name": "x", "url": address}):
                assert client.send("POST", f"{at}/imports", body=body, key=new_key()).status_code in (400, 404), body
            client.send("POST", f"{at}/imports", body={"kind": "folder", "root": "photos", "path": address}, key=new_key())
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("name", ['a"; filename="x.html', "a\r\nSet-Cookie: evil=1", "../../x", "a;b\\c", "\u202egpj.exe", "ж" * 60, "%0d%0aX-Evil: 1"])
def test_a_name_cannot_add_a_header(client: Client, project: str, name: str) -> None:
    at = f"/api/v1/projects/{project}"
    renamed = client.send("PATCH", at, body={"name": name}, key=new_key())
    client.send("POST", f"{at}/versions", body={"name": name}, key=new_key())
    made = client.send("POST", f"{at}/exports", body={"format": "csv"} | ({"version": name} if renamed.status_code < 300 else {}), key=new_key())
    if made.status_code >= 400:
        return
    download = client.send("GET", made.json()["archive"])
    disposition = download.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    assert not {"X-Evil", "Set-Cookie"} & set(download.headers)
    plain = disposition.split("filename=", 1)[1].split(";")[0]
    assert plain.count('"') in (0, 2) and not set(plain) & set("/\\\r\n"), disposition


def test_media_cannot_become_a_page(client: Client, project: str) -> None:
    ordinal = client.ordinals(project)[0]
    for path in ("media", "thumbnail"):
        response = client.send("GET", f"/api/v1/projects/{project}/samples/{ordinal}/{path}", headers={"Accept": "text/html"})
        if path == "thumbnail" and response.status_code == 404:
            continue  # not made yet
        assert response.headers["Content-Type"] in ("image/png", "image/jpeg"), path
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


RANGES = ["bytes=0-", "bytes=-1", "bytes=5-2", "bytes=0-0,1-1," * 500, "bytes=0-18446744073709551615", "bytes=99999999999999999999-", "bytes=-0",
          "bytes=18446744073709551615-18446744073709551615", "bytes=--1", "items=0-1", "bytes=", "bytes=0-1-2", "bytes = 0-1", "bytes=0x0-0x1", "bytes=+1-2"]


@pytest.mark.parametrize("range_text", RANGES, ids=range(len(RANGES)))
def test_ranges_give_a_part_the_whole_or_416(client: Client, project: str, range_text: str) -> None:
    address = f"/api/v1/projects/{project}/samples/{client.ordinals(project)[0]}/media"
    whole = client.send("GET", address).content
    response = client.send("GET", address, headers={"Range": range_text})
    assert response.status_code in (200, 206, 416)
    if response.status_code == 200:
        assert response.content == whole
    elif response.status_code == 206:
        first, last = response.headers["Content-Range"].split(" ")[1].split("/")[0].split("-")
        assert response.content == whole[int(first) : int(last) + 1]


def memory(server: BurnishServer) -> int:
    assert server.process is not None
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_bodies_are_never_inflated(server: BurnishServer, client: Client) -> None:
    bomb = gzip.compress(bytes(200 << 20), 1)
    before = memory(server)
    for coding in ("gzip", "deflate", "br"):
        response = client.send("POST", "/api/v1/projects", data=bomb, key=new_key(), headers={"Content-Encoding": coding, "Content-Type": "application/json"})
        assert response.status_code in (400, 413, 415), response.text[:200]
    assert memory(server) - before < 100 << 20


def test_a_body_larger_than_its_route_takes_is_cut_off(server: BurnishServer, client: Client) -> None:
    head = (f"POST /api/v1/projects HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {client.cookie()}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {new_key()}\r\nTransfer-Encoding: chunked\r\n\r\n").encode()
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head)
        try:
            for _ in range(400):
                connection.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough
        try:
            answer = connection.recv(4096)
        except ConnectionResetError:
            pass
    assert answer == b"" or b" 413 " in answer.split(b"\r\n")[0], answer[:200]
    assert client.get("/api/v1/session")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"name":' + b'{"a":' * 5_000, b'{"name":"\xff\xfe"}', b'{"name":"\\ud800"}', b'{"name":1e400}', b"\x00", b"NaN",
                                  b'{"name":"a","name":"b","x":' + b"9" * 100_000 + b"}"], ids=range(8))
def test_json_that_nobody_means_is_a_400(client: Client, body: bytes) -> None:
    response = client.send("POST", "/api/v1/projects", data=body, key=new_key(), headers={"Content-Type": "application/json"})
    assert response.status_code == 400, response.text[:200]


SMUGGLED = [b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", b"Transfer-Encoding: xchunked", b"Content-Length: 5\r\nContent-Length: 6",
            b"Content-Length: -1", b"Content-Length: +4", b"Transfer-Encoding : chunked", b"Content-Length: 4\r\n Transfer-Encoding: chunked", b"Content-Length: 0x4"]


@pytest.mark.parametrize("headers", SMUGGLED, ids=range(len(SMUGGLED)))
def test_no_second_request_is_hidden_in_a_body(server: BurnishServer, client: Client, headers: bytes) -> None:
    hidden = b"GET /api/v1/projects HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\n\r\n" % (server.port, client.cookie().encode())
    request = (b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n" % server.port) + headers + b"\r\n\r\n0\r\n\r\n" + hidden
    answer = raw_request(server.port, request, timeout=45)
    assert b'"projects"' not in answer, answer[:500]


def test_many_slow_clients_keep_nobody_out(server: BurnishServer, client: Client) -> None:
    """Half a head each; those who ask properly are answered meanwhile, and the slow ones are gone after the head's time."""
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=40) for _ in range(500 if LONG else 150)]
    try:
        for each in slow:
            each.sendall(b"GET /api/v1/session HTTP/1.1\r\nX: ")
        for _ in range(20):
            assert client.get("/api/v1/session")
        deadline = time.monotonic() + 60
        for each in slow:
            each.settimeout(max(0.1, deadline - time.monotonic()))
            assert each.recv(1) == b""
    finally:
        for each in slow:
            each.close()


@pytest.mark.skipif(not LONG, reason="waits for the time of a body: --long")
def test_a_body_that_drips_is_cut_off(server: BurnishServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=90) as slow:
        slow.sendall(f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n".encode())
        slow.settimeout(1)
        ended: Any = None
        for _ in range(80):
            try:
                slow.sendall(b" ")
                if slow.recv(1) == b"":
                    ended = True
                    break
            except TimeoutError:
                continue
            except OSError:
                ended = True
                break
        assert ended, "still open after 80 seconds of one byte a second"
