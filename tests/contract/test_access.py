"""Every route × caller × relation against access.csv, which people write (S-01).

A route without a row there fails, and a row without a route. `least` is the least role; `parent` and `child` name what
the path leads through. There is one account per installation so far, the owner: the other roles are held to `least` at
the registry here and at the gate in tests/http/gate_test.cpp.
"""

from __future__ import annotations

import csv
import json
import secrets
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from burnish_server import BurnishServer, Client, binary, new_key
from contract import Contract
from pictures import folder_per_class

TABLE = {row["operation"]: row for row in csv.DictReader(Path(__file__).with_name("access.csv").open())}
OPERATIONS = Contract().operations()
UNKNOWN = "0123456789abcdef0123456789abcdef"

# Bodies that would be right, so that nothing but the address can be the reason of a refusal.
BODIES: dict[str, Any] = {
    "updateProject": {"name": "Taken over"}, "createImport": {"kind": "upload", "name": "x"}, "checkImport": {}, "createResult": {},
    "computeFacets": {}, "createStoredSet": {"ordinals": [0]}, "createEdit": {"base": 0, "target": {"ordinals": [0]}, "set": {"class": "disc"}},
    "createClass": {"name": "Ring"}, "updateClass": {"base": 0, "name": "Ring"}, "mergeClass": {"base": 0, "into": 1},
    "evaluate": {"run": "probe"}, "compareRuns": {"a": "probe", "b": "probe"}, "createVersion": {"name": "v"},
    "diffVersions": {"from": "a", "to": "now"}, "createExport": {"format": "csv"}, "createProject": {"name": "Evil"},
    "putPreferences": {}, "createSession": {"token": UNKNOWN},
}
QUERIES = {"uploadImportFile": {"path": "a.png"}, "listImportProblems": {"code": "not_an_image"}, "getPosition": {"ordinal": 0},
           "getThumbnails": {"ordinals": "0"}, "getValues": {"by": "width"}}


@pytest.fixture(scope="module")
def projects(client: Client) -> dict[str, dict[str, Any]]:
    """One project with something of each kind in it, and an empty one."""
    full = client.create_project("Full")
    upload = client.upload_import(full, folder_per_class(3))
    client.check_import(full, upload)
    client.commit_import(full, upload)
    client.edit(full, {"ordinals": [0]}, {"excluded": True})
    export = client.post(f"/api/v1/projects/{full}/exports", {"format": "csv"})
    children = {"import": upload, "result": client.result(full)["id"], "ordinal": 0, "class": 0, "sequence": client.head(full), "export": export["id"]}
    return {"full": {"project": full, **children}, "empty": {"project": client.create_project("Empty"), **children}}


def call(client: Client, name: str, parameters: dict[str, Any], headers: dict[str, str] | None = None) -> requests.Response:
    operation = OPERATIONS[name]
    path = operation["path"].format(**({"root": "photos", "job": UNKNOWN} | parameters))
    data = b"x" if operation["body"] == "application/octet-stream" else None
    return client.send(operation["method"], path, body=BODIES.get(name) if data is None else None, data=data, query=QUERIES.get(name),
                       key=new_key() if operation["key"] else None, headers=headers)


def shown(response: requests.Response) -> Any:
    """An answer without what differs from request to request."""
    document = response.json()
    return response.status_code, {key: value for key, value in document.items() if key != "thing"}  # what was asked for


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert sorted(TABLE) == sorted(OPERATIONS)


def test_the_registry_asks_for_the_roles_of_the_table() -> None:
    printed = subprocess.run([str(binary()), "routes"], capture_output=True, text=True, check=True, timeout=60).stdout
    assert {route["operation"]: route["policy"] for route in json.loads(printed)} == {name: row["least"] for name, row in TABLE.items()}


def test_the_table_names_what_each_path_leads_through() -> None:
    for name, row in TABLE.items():
        named = [part[1:-1] for part in OPERATIONS[name]["path"].split("/") if part.startswith("{")]
        assert named == [each for each in (row["parent"], row["child"]) if each], name


def outsiders(server: BurnishServer) -> dict[str, Client]:
    """Who holds no session: nobody, a guess, a session that ended, and its cookie beside another's name."""
    nobody, guess, gone = Client(server.origin), Client(server.origin), server.login()
    ended = gone.cookie()
    gone.delete("/api/v1/session")
    name = ended.split("=")[0]
    guess.http.headers["Cookie"] = f"{name}={secrets.token_urlsafe(32)}"
    gone.http.cookies.clear()
    gone.http.headers["Cookie"] = ended
    broken = Client(server.origin)
    broken.http.headers["Cookie"] = f"{name}=; {name}='; x{name}={ended.split('=')[1]}"
    return {"nobody": nobody, "a guess": guess, "logged out": gone, "a broken cookie": broken}


def test_outsiders_learn_and_change_nothing(server: BurnishServer, client: Client, projects: dict[str, dict[str, Any]]) -> None:
    before = client.get("/api/v1/projects")
    cells = 0
    for who, caller in outsiders(server).items():
        for name in set(TABLE) - {"createSession"}:
            there = call(caller, name, projects["full"])
            nowhere = call(caller, name, {**projects["full"], "project": UNKNOWN})
            assert there.status_code == 401, (who, name, there.text[:200])
            assert shown(there) == shown(nowhere), (who, name)
            cells += 2
    assert client.get("/api/v1/projects") == before
    print(f"{cells} cells")


def test_a_project_that_does_not_exist_is_not_found(client: Client, projects: dict[str, dict[str, Any]]) -> None:
    for name in [name for name, row in TABLE.items() if row["parent"] == "project"]:
        for wrong in (UNKNOWN, "..", "%2e%2e%2f", "0", "' OR 1=1 --", "%00"):
            response = call(client, name, {**projects["full"], "project": wrong})
            assert response.status_code in (400, 404, 405), (name, wrong, response.status_code, response.text[:200])
            assert response.status_code == 404 or wrong != UNKNOWN, (name, response.text[:200])


def test_no_child_is_reached_through_another_project(client: Client, projects: dict[str, dict[str, Any]]) -> None:
    children = [name for name, row in TABLE.items() if row["child"]]
    guessed = {"import": UNKNOWN, "result": UNKNOWN, "export": UNKNOWN, "ordinal": 4_000_000, "class": 60_000, "sequence": 10**9}
    for name in children:
        other = call(client, name, projects["empty"])
        assert other.status_code == 404, (name, other.status_code, other.text[:200])
        nothing = call(client, name, {**projects["full"], **guessed})
        assert nothing.status_code == 404, (name, nothing.status_code, nothing.text[:200])
        kinds = [shown(each)[1]["code"] for each in (other, nothing)]
        assert kinds[0] == kinds[1], name


def check_stored_sets_stay_in_their_project(client: Client, full: str, empty: str) -> None:
    stored = client.post(f"/api/v1/projects/{full}/stored-sets", {"ordinals": [0, 1]})["id"]
    other = client.send("POST", f"/api/v1/projects/{empty}/results", body={"filter": {"stored_set": stored}})
    unknown = client.send("POST", f"/api/v1/projects/{empty}/results", body={"filter": {"stored_set": UNKNOWN}})
    assert shown(other) == shown(unknown), "a set of another project was found"
    own = client.send("POST", f"/api/v1/projects/{full}/results", body={"filter": {"stored_set": stored}})
    assert own.status_code == 200


def test_a_forgotten_scope_is_found(tmp_path: Path) -> None:
    server = BurnishServer(tmp_path / "data")
    server.environment["SEEDED_BUG"] = "stored_sets.any_project"
    server.run()
    try:
        client = server.login()
        projects = [client.create_project(name) for name in ("Full", "Empty")]
        for project in projects:
            upload = client.upload_import(project, folder_per_class(1))
            client.check_import(project, upload)
            client.commit_import(project, upload)
        with pytest.raises(AssertionError, match="of another project"):
            check_stored_sets_stay_in_their_project(client, *projects)
    finally:
        server.stop()


def test_what_a_body_names_is_looked_for_in_its_own_project(client: Client, projects: dict[str, dict[str, Any]]) -> None:
    full, empty = projects["full"]["project"], projects["empty"]["project"]
    check_stored_sets_stay_in_their_project(client, full, empty)
    at = client.get(f"/api/v1/projects/{empty}/changes", count=1)
    refused = client.send("POST", f"/api/v1/projects/{empty}/edits", key=new_key(),
                          body={"base": at["head"], "target": {"ordinals": [0]}, "set": {"class": "disc"}})
    assert refused.status_code in (400, 404), refused.text[:200]


def test_the_owner_reaches_every_reading_route(client: Client, projects: dict[str, dict[str, Any]]) -> None:
    """So that no refusal above is one of a route that refuses everybody."""
    for name in [name for name in TABLE if OPERATIONS[name]["method"] == "GET" and name != "openEvents"]:
        if name in ("getNeighbours", "getImpact", "listSuspects", "getMap", "listImportProblems"):
            continue  # need a model, or an import that had problems
        response = call(client, name, projects["full"])
        assert response.status_code == 200, (name, response.status_code, response.text[:200])


def test_nobody_gives_themselves_more(client: Client, projects: dict[str, dict[str, Any]]) -> None:
    """Fields that a server sets are refused in every body (S-02)."""
    full = projects["full"]
    for name in BODIES:
        if name == "putPreferences":
            continue  # keeps what the app remembers, as it is
        for field in ("role", "owner", "author", "revision", "sequence", "created_at", "project_id", "__proto__", "person"):
            operation = OPERATIONS[name]
            path = operation["path"].format(**({"root": "photos", "job": UNKNOWN} | full))
            body = BODIES[name] | {field: "owner"}
            response = client.send(operation["method"], path, body=body, key=new_key() if operation["key"] else None)
            assert response.status_code == 400, (name, field, response.status_code, response.text[:200])
