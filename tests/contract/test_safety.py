"""What every answer carries, and what no other site can do (S-04, S-13, section 5 "Browser")."""

from __future__ import annotations

import socket
import stat
import time

import pytest
import requests
import websocket
from burnish_server import BurnishServer, Client, new_key, raw_request

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def policy(response: requests.Response) -> dict[str, str]:
    parts = [part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";")]
    return {part[0]: (part[1] if len(part) > 1 else "") for part in parts}


def assert_safe(response: requests.Response) -> None:
    for name, value in ALWAYS.items():
        assert response.headers.get(name) == value, name
    rules = policy(response)
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in rules.get("script-src", "")
    assert not [name for name in response.headers if name.lower().startswith("access-control-")]


def test_every_kind_of_answer_has_the_safety_headers(server: BurnishServer, client: Client) -> None:
    anonymous = requests.Session()
    answers = {
        "json": client.send("GET", "/api/v1/session"),
        "no content": client.send("PUT", "/api/v1/preferences", body={}),
        "not found": client.send("GET", "/api/v1/nothing"),
        "unauthenticated": anonymous.get(server.origin + "/api/v1/session"),
        "wrong method": client.send("DELETE", "/api/v1/projects"),
        "wrong host": anonymous.get(server.origin + "/", headers={"Host": "evil.example"}),
        "wrong origin": client.send("GET", "/api/v1/session", headers={"Origin": "http://evil.example"}),
        "bad body": client.send("POST", "/api/v1/projects", body=[], key=new_key()),
        "page": anonymous.get(server.origin + "/"),
        "login page": anonymous.get(server.origin + "/login"),
        "script": anonymous.get(server.origin + "/login.js"),
        "refused socket": client.send("GET", "/api/v1/events"),
    }
    for name, response in answers.items():
        try:
            assert_safe(response)
        except (AssertionError, KeyError) as missing:
            raise AssertionError(f"{name}: {missing}") from missing


def test_private_answers_are_not_kept(client: Client) -> None:
    assert client.send("GET", "/api/v1/projects").headers["Cache-Control"] == "no-store"
    assert client.send("GET", "/api/v1/nothing").headers["Cache-Control"] == "no-store"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(server: BurnishServer) -> None:
    response = requests.post(server.origin + "/api/v1/session", json={"token": server.new_token()})
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith(f"burnish_session_{server.port}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


def test_a_login_token_works_once(server: BurnishServer) -> None:
    token = server.new_token()
    assert requests.post(server.origin + "/api/v1/session", json={"token": token}).status_code == 200
    again = requests.post(server.origin + "/api/v1/session", json={"token": token})
    assert again.status_code == 401
    assert again.json()["code"] == "unauthenticated"


def test_logging_out_ends_the_session_and_its_sockets(server: BurnishServer) -> None:
    leaving = server.login()
    events = websocket.create_connection(server.origin.replace("http", "ws") + "/api/v1/events", cookie=leaving.cookie(), timeout=5)
    time.sleep(0.1)
    cookie = leaving.cookie()
    leaving.delete("/api/v1/session")
    assert requests.get(server.origin + "/api/v1/session", headers={"Cookie": cookie}).status_code == 401
    with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
        events.recv()


FOREIGN = {
    "a form": {"Origin": "http://evil.example", "Content-Type": "application/x-www-form-urlencoded"},
    "plain text": {"Origin": "http://evil.example", "Content-Type": "text/plain"},
    "JSON from elsewhere": {"Origin": "http://evil.example", "Content-Type": "application/json"},
    "a null origin": {"Origin": "null", "Content-Type": "application/json"},
    "another port": {"Origin": "http://127.0.0.1:1", "Content-Type": "application/json"},
    "a sub-domain": {"Origin": "http://a.localhost:{port}", "Content-Type": "application/json"},
    "another scheme's name": {"Origin": "http://127.0.0.1.evil.example:{port}", "Content-Type": "application/json"},
    "cross-site by the browser's word": {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"},
    "same site by the browser's word": {"Sec-Fetch-Site": "same-site", "Content-Type": "application/json"},
    "multipart without origin": {"Content-Type": "multipart/form-data; boundary=x"},
}


@pytest.mark.parametrize("shape", FOREIGN)
def test_other_sites_change_nothing(server: BurnishServer, client: Client, shape: str) -> None:
    headers = {name: value.format(port=server.port) for name, value in FOREIGN[shape].items()}
    before = client.get("/api/v1/projects")
    for method, path in [("POST", "/api/v1/projects"), ("PUT", "/api/v1/preferences"), ("DELETE", "/api/v1/session")]:
        if "Origin" not in headers and "Sec-Fetch-Site" not in headers and method != "POST":
            continue
        response = requests.request(method, server.origin + path, data=b'{"name":"Evil"}', headers=headers | {"Cookie": client.cookie()})
        assert response.status_code == 403, (method, path)
    assert client.get("/api/v1/projects") == before


def test_method_overrides_are_not_known(client: Client, server: BurnishServer) -> None:
    response = client.send("GET", "/api/v1/session", headers={"X-HTTP-Method-Override": "DELETE"})
    assert response.status_code == 200
    assert client.get("/api/v1/session")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "localhost.evil.example:{port}", "[::ffff:127.0.0.1]:{port}", "0.0.0.0:{port}", "169.254.169.254"])
def test_no_other_name_is_answered(server: BurnishServer, client: Client, host: str) -> None:
    headers = {"Host": host.format(port=server.port), "Cookie": client.cookie()}
    for path in ["/", "/api/v1/session", "/login"]:
        assert requests.get(server.origin + path, headers=headers).status_code == 421
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(f"ws://127.0.0.1:{server.port}/api/v1/events", host=headers["Host"], cookie=client.cookie(), timeout=5)


def test_the_event_socket_wants_a_login_and_our_own_page(server: BurnishServer, client: Client) -> None:
    url = f"ws://127.0.0.1:{server.port}/api/v1/events"
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(url, timeout=5)
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(url, origin="http://evil.example", cookie=client.cookie(), timeout=5)
    websocket.create_connection(url, origin=server.origin, cookie=client.cookie(), timeout=5).close()


def test_the_event_socket_tells_of_changes(server: BurnishServer, client: Client) -> None:
    import json

    project = client.create_project("Events")
    events = websocket.create_connection(f"ws://127.0.0.1:{server.port}/api/v1/events", cookie=client.cookie(), timeout=10)
    events.send(json.dumps({"project": project}))
    time.sleep(0.2)
    client.post(f"/api/v1/projects/{project}/classes", {"name": "Shirt"})
    heard = []
    while not any(message["kind"] == "change" for message in heard):
        heard.append(json.loads(events.recv()))
    change = next(message for message in heard if message["kind"] == "change")
    assert change["project"] == project
    assert change["sequence"] == 1
    events.close()


def test_hostile_requests_get_a_short_answer(server: BurnishServer) -> None:
    host = f"Host: 127.0.0.1:{server.port}\r\n".encode()
    shapes = {
        b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 20_000 + b"\r\n\r\n": b" 413 ",
        b"GET / HTTP/1.1\r\n" + host + b"".join(b"X%d: a\r\n" % i for i in range(150)) + b"\r\n": b" 431 ",
        b"GET / HTTP/1.1\r\n" + host + host + b"\r\n": b" 421 ",
        b"GET / HTTP/1.1\r\n\r\n": b" 421 ",
        b"NONSENSE\r\n\r\n": b" 400 ",
        b"POST /api/v1/session HTTP/1.1\r\n" + host + b"Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n": b" 413 ",
        b"POST /api/v1/session HTTP/1.1\r\n" + host + b"Content-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n": b" 400 ",
        b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + host + b"\r\n": b" ",
    }
    for request, status in shapes.items():
        answer = raw_request(server.port, request)
        assert status in answer.split(b"\r\n")[0], (request[:100], answer[:100])
        assert b"root:" not in answer


def test_a_head_that_never_ends_is_cut_off(server: BurnishServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        started = time.monotonic()
        assert slow.recv(100) == b""
        assert time.monotonic() - started < 15


def test_many_requests_share_one_connection(server: BurnishServer, client: Client) -> None:
    request = f"GET /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {client.cookie()}\r\n\r\n".encode()
    answer = raw_request(server.port, request * 5)
    assert answer.count(b"HTTP/1.1 200 OK") == 5


def test_the_data_folder_is_for_its_owner_alone(server: BurnishServer) -> None:
    for path in [server.data, *server.data.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_only_the_loopback_port_listens(server: BurnishServer) -> None:
    import subprocess

    assert server.process is not None
    sockets = [f"socket:[{line.split()[9]}]" for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").readlines()[1:] if line.split()[3] == "0A"]
    own = subprocess.run(["ls", "-l", f"/proc/{server.process.pid}/fd"], capture_output=True, text=True).stdout
    assert sum(own.count(each) for each in sockets) == 1


def test_no_secret_stands_in_the_log(server: BurnishServer, client: Client) -> None:
    text = "\n".join(server.log)
    for cookie in client.http.cookies:
        assert str(cookie.value) not in text
    assert "login#" not in text
