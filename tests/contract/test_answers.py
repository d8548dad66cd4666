"""Every operation of the contract is called on a real server, and each answer, good or bad, is one that it promises."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from burnish_server import BurnishServer, Client, Problem, new_key, parse_frame, wait_for
from contract import CheckedClient, Contract
from pictures import folder_per_class, picture

FLOW = "/api/v1/projects/{project}"


@pytest.fixture(scope="module")
def checked(client: Client) -> CheckedClient:
    return CheckedClient(client, Contract())


@pytest.fixture(scope="module")
def project(checked: CheckedClient) -> str:
    """24 pictures of two classes, imported by upload."""
    made = checked.create_project("Shapes")
    upload = checked.upload_import(made, folder_per_class(), "shapes")
    plan = checked.check_import(made, upload)["plan"]
    assert plan["format"] == "folder_per_class"
    assert plan["samples"] == 24
    assert plan["can_commit"]
    done = checked.commit_import(made, upload)
    assert done["state"] == "done", done
    assert done["report"]["samples"] == 24
    return made


@pytest.fixture(scope="module")
def at(project: str) -> str:
    return FLOW.format(project=project)


@pytest.fixture(scope="module")
def ready(checked: CheckedClient, project: str) -> dict[str, Any]:
    return checked.wait_ready(project)


def test_session_preferences_and_about(checked: CheckedClient) -> None:
    assert checked.get("/api/v1/session")["role"] == "owner"
    checked.put("/api/v1/preferences", {"layout": {"grid": 160}})
    assert checked.get("/api/v1/preferences") == {"layout": {"grid": 160}}
    about = checked.get("/api/v1/about")
    assert about["parts"][0]["name"] == "Burnish"


def test_folders_of_a_media_root(checked: CheckedClient) -> None:
    assert checked.get("/api/v1/media-roots") == {"roots": [{"name": "photos"}]}
    # Other suites of the session export into this root, too.
    assert "empty" in checked.get("/api/v1/media-roots/photos/folders")["folders"]
    for path in ["../", "/etc", "empty/../..", "nothing"]:
        assert checked.send("GET", "/api/v1/media-roots/photos/folders", query={"path": path}).status_code in (400, 404)


def test_a_project_is_renamed_trashed_and_brought_back(checked: CheckedClient) -> None:
    made = checked.create_project("Old name")
    assert checked.patch(f"/api/v1/projects/{made}", {"name": "New name"})["name"] == "New name"
    assert checked.patch(f"/api/v1/projects/{made}", {"trashed": True})["trashed"]
    assert made in [card["id"] for card in checked.get("/api/v1/projects", trashed="true")["projects"]]
    assert not checked.patch(f"/api/v1/projects/{made}", {"trashed": False})["trashed"]


def test_imports_are_listed_and_an_open_one_can_be_cancelled(checked: CheckedClient, project: str, at: str) -> None:
    upload = checked.upload_import(project, [("a.txt", b"no picture")])
    found = checked.check_import(project, upload)
    assert not found["plan"]["can_commit"]
    problem = found["plan"]["problems"][0]
    assert checked.get(f"{at}/imports/{upload}/problems", code=problem["code"])["total"] >= 1
    checked.delete(f"{at}/imports/{upload}")
    states = [each["state"] for each in checked.get(f"{at}/imports")["imports"]]
    assert "done" in states


def test_results_tiles_positions_and_ordinals(checked: CheckedClient, project: str, at: str) -> None:
    result = checked.result(project, {"split": ["train"]}, {"by": "path"})
    assert result["count"] == 16
    header, tiles = checked.frame(f"{at}/results/{result['id']}/tiles", offset=2, count=5)
    assert header["total"] == 16
    assert [len(tiles[name]) for name in ("ordinal", "truth", "state", "split", "excluded", "predicted", "confidence", "revision")] == [5] * 8
    ordinals = checked.ordinals(project, {"split": ["train"]})
    assert len(ordinals) == 16
    position = checked.get(f"{at}/results/{result['id']}/position", ordinal=tiles["ordinal"][0])
    assert position["index"] == 2


def test_facets_map_values_and_thumbnails(checked: CheckedClient, ready: dict[str, Any], at: str) -> None:
    facets = {facet["key"]: facet for facet in checked.post(f"{at}/facets", {"filter": {"split": ["test"]}}, key=None)["facets"]}
    assert {value["value"]: value["now"] for value in facets["label"]["values"]} == {"disc": 4, "square": 4}
    header, arrays = checked.frame(f"{at}/map")
    assert header["ready"]
    assert len(arrays["x"]) == len(arrays["y"]) == 24
    assert checked.frame(f"{at}/values", by="label")[0]["names"]
    assert checked.frame(f"{at}/values", by="brightness")[0]["kind"] == "numbers"
    header, arrays = checked.frame(f"{at}/thumbnails", ordinals="0,1,2")
    assert [each["ordinal"] for each in header["thumbnails"]] == [0, 1, 2]
    assert sum(each["bytes"] for each in header["thumbnails"]) == len(arrays["data"])


def test_a_stored_set_names_a_selection(checked: CheckedClient, project: str, at: str) -> None:
    made = checked.post(f"{at}/stored-sets", {"ordinals": [3, 1, 2]})
    assert checked.ordinals(project, {"stored_set": made["id"]}) == [1, 2, 3]


def test_a_sample_with_its_media(checked: CheckedClient, ready: dict[str, Any], at: str) -> None:
    sample = checked.get(f"{at}/samples/0")
    assert sample["truth"]["class"] in ("disc", "square")
    assert sample["predictions"][0]["run"] == "probe"
    media = checked.send("GET", f"{at}/samples/0/media")
    assert media.headers["Content-Type"] == "image/png"
    assert "sandbox" in media.headers["Content-Security-Policy"]
    again = checked.http.get(media.url, headers={"If-None-Match": media.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = checked.http.get(media.url, headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, b"\x89PNG\r\n\x1a\n")
    assert checked.send("GET", f"{at}/samples/0/thumbnail", query={"size": 160}).status_code == 200
    assert all(near["score"] >= 0.6 for near in sample["near_duplicates"])
    neighbours = checked.get(f"{at}/samples/0/neighbours", split="train", count=3)
    assert len(neighbours["neighbours"]) == 3
    assert checked.get(f"{at}/samples/0/history")["entries"]


def test_edits_undo_redo_and_history(checked: CheckedClient, project: str, at: str) -> None:
    base = checked.head(project)
    edited = checked.edit(project, {"ordinals": [0]}, {"class": "square", "add_tags": ["odd"]}, reason="It has corners")
    assert edited["changed"] == 1
    assert checked.get(f"{at}/samples/0", at_least=edited["sequence"])["tags"] == ["odd"]
    stale = checked.send("POST", f"{at}/edits", body={"base": base, "target": {"ordinals": [0]}, "set": {"class": "disc"}}, key=new_key())
    assert stale.status_code == 409
    assert stale.json()["conflicts"][0]["present"] == "square"
    assert checked.post(f"{at}/undo")["changed"] == 1
    assert checked.post(f"{at}/redo")["changed"] == 1
    changes = checked.get(f"{at}/changes")
    assert changes["can_undo"]
    assert checked.post(f"{at}/changes/{edited['sequence']}/undo")["changed"] == 1
    bulk = checked.edit(project, {"filter": {"split": ["test"]}}, {"split": "validation"})
    assert bulk["changed"] == 8
    checked.post(f"{at}/undo")


def test_a_retry_of_a_write_has_one_effect(checked: CheckedClient, project: str, at: str) -> None:
    key, base = new_key(), checked.head(project)
    first = checked.edit(project, {"ordinals": [5]}, {"add_tags": ["twice"]}, base=base, key=key)
    assert checked.edit(project, {"ordinals": [5]}, {"add_tags": ["twice"]}, base=base, key=key) == first
    assert checked.head(project) == first["sequence"]


def test_classes_are_added_renamed_and_merged(checked: CheckedClient, project: str, at: str) -> None:
    checked.post(f"{at}/classes", {"name": "Ring"})
    ring = next(each for each in checked.get(f"{at}/classes")["classes"] if each["name"] == "Ring")
    checked.patch(f"{at}/classes/{ring['id']}", {"base": checked.head(project), "name": "Hoop"})
    checked.post(f"{at}/classes/{ring['id']}/merge", {"base": checked.head(project), "into": 0})
    assert "Hoop" not in [each["name"] for each in checked.get(f"{at}/classes")["classes"]]
    with pytest.raises(Problem) as refused:
        checked.post(f"{at}/classes", {"name": "disc"})
    assert refused.value.status == 409


def test_runs_metrics_comparison_suspects_and_impact(checked: CheckedClient, ready: dict[str, Any], at: str) -> None:
    assert "probe" in [run["id"] for run in checked.get(f"{at}/runs")["runs"]]
    evaluation = checked.post(f"{at}/evaluations", {"run": "probe"}, key=None)
    assert evaluation["n"] == 8
    assert [len(row) for row in evaluation["confusion"]] == [len(evaluation["classes"]) + 1] * len(evaluation["classes"])
    comparison = checked.post(f"{at}/comparisons", {"a": "probe", "b": "probe"}, key=None)
    assert comparison["verdict"] == "no_change"
    checked.get(f"{at}/suspects")
    checked.get(f"{at}/impact")


def test_versions_differences_and_exports(checked: CheckedClient, project: str, at: str) -> None:
    version = checked.post(f"{at}/versions", {"name": "first", "note": "As it came"})
    assert version["digest"]
    with pytest.raises(Problem) as taken:
        checked.post(f"{at}/versions", {"name": "first"})
    assert taken.value.status == 409
    checked.edit(project, {"ordinals": [1]}, {"excluded": True})
    diff = checked.post(f"{at}/diffs", {"from": "first", "to": "now"}, key=None)
    assert diff["excluded"]["excluded"] == 1
    checked.post(f"{at}/undo")
    assert [each["name"] for each in checked.get(f"{at}/versions")["versions"]] == ["first"]
    assert {each["format"] for each in checked.get("/api/v1/export-formats")["formats"]} == {"folder_per_class", "csv", "parquet"}
    made = checked.post(f"{at}/exports", {"format": "folder_per_class", "version": "first"})
    archive = checked.send("GET", made["archive"])
    assert archive.headers["Content-Disposition"].startswith("attachment; ")
    names = zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    assert len([name for name in names if name.endswith(".png")]) == 24
    assert any(name.endswith("manifest.json") for name in names)


def test_jobs_are_listed_and_can_be_stopped(checked: CheckedClient, project: str) -> None:
    jobs = checked.get("/api/v1/jobs", project=project)["jobs"]
    assert jobs
    assert checked.send("POST", f"/api/v1/jobs/{jobs[-1]['id']}/cancel").json()["id"] == jobs[-1]["id"]
    assert checked.send("POST", "/api/v1/jobs/nothing/cancel").status_code == 404


def test_wrong_requests_are_problem_documents(checked: CheckedClient, project: str, at: str) -> None:
    for method, path, body, status in [
        ("GET", "/api/v1/projects/nothing", None, 404),
        ("GET", f"{at}/samples/99999", None, 404),
        ("GET", f"{at}/samples/99999/media", None, 404),
        ("GET", f"{at}/imports/nothing", None, 404),
        ("GET", f"{at}/exports/nothing/archive", None, 404),
        ("GET", f"{at}/values", None, 400),
        ("POST", f"{at}/results", {"filter": {"nonsense": 1}}, 400),
        ("POST", f"{at}/results", {"sort": {"by": "nonsense"}}, 400),
        ("POST", f"{at}/evaluations", {"run": "nothing"}, 400),
        ("POST", f"{at}/facets", {"unknown": 1}, 400),
        ("POST", f"{at}/diffs", {"from": "nothing", "to": "now"}, 404),
    ]:
        response = checked.send(method, path, body=body)
        assert response.status_code == status, (method, path, response.text)
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("asked", [{"accept_suggestion": True, "confirm": True, "class": None}, {"accept_suggestion": True, "class": "disc"}, {"confirm": True, "class": None}])
def test_an_edit_that_contradicts_itself_is_refused(checked: CheckedClient, project: str, at: str, asked: dict[str, Any]) -> None:
    head = checked.head(project)
    refused = checked.send("POST", f"{at}/edits", body={"base": head, "target": {"ordinals": [2]}, "set": asked, "generation": 0}, key=new_key())
    assert refused.status_code == 400, refused.text
    assert refused.json()["thing"].startswith("set.")
    assert checked.head(project) == head


@pytest.mark.parametrize("character", ["t", "\u00e4", "\U0001f9e5"])
def test_a_tag_may_have_the_120_characters_of_the_contract(checked: CheckedClient, project: str, at: str, character: str) -> None:
    longest = character * 120
    edited = checked.edit(project, {"ordinals": [4]}, {"add_tags": [longest]})
    assert longest in checked.get(f"{at}/samples/4", at_least=edited["sequence"])["tags"]
    body = {"base": checked.head(project), "target": {"ordinals": [4]}, "set": {"add_tags": [longest + character]}}
    assert checked.send("POST", f"{at}/edits", body=body, key=new_key()).status_code == 400
    checked.post(f"{at}/undo")


def test_a_ranking_that_is_not_kept_is_a_conflict(checked: CheckedClient, project: str, at: str) -> None:
    body = {"base": checked.head(project), "target": {"ordinals": [2]}, "set": {"accept_suggestion": True}, "generation": 999_999}
    refused = checked.send("POST", f"{at}/edits", body=body, key=new_key())
    assert (refused.status_code, refused.json()["code"], refused.json()["thing"]) == (409, "conflict", "generation")


def test_similar_samples_before_the_embeddings_are_a_conflict(tmp_path: Path) -> None:
    """Not the server's failure, and nothing to try again and again: without a model the embeddings may never come."""
    (tmp_path / "models").mkdir()
    with BurnishServer.start(tmp_path / "data", arguments=["--models", str(tmp_path / "models")]) as server:
        checked = CheckedClient(server.login(), Contract())
        project = checked.create_project("No model")
        upload = checked.upload_import(project, folder_per_class(1))
        checked.check_import(project, upload)
        checked.commit_import(project, upload)
        at, similar = FLOW.format(project=project), {"similar": {"to": [0]}}
        for path, body in [
            ("results", {"filter": similar}),
            ("facets", {"filter": similar}),
            ("edits", {"base": checked.head(project), "target": {"filter": similar}, "set": {"confirm": True}}),
        ]:
            refused = checked.send("POST", f"{at}/{path}", body=body, key=new_key())
            assert (refused.status_code, refused.json()["code"]) == (409, "conflict"), (path, refused.text)
            assert "embeddings" in refused.json()["detail"]


def test_another_person_sees_nothing_without_a_login(server: BurnishServer, at: str) -> None:
    outsider = Client(server.origin)
    for path in [at, f"{at}/samples/0", f"{at}/samples/0/media", f"{at}/jobs", "/api/v1/jobs"]:
        assert outsider.send("GET", path).status_code == 401


@pytest.fixture(scope="module", autouse=True)
def every_operation_was_reached(request: pytest.FixtureRequest, checked: CheckedClient) -> Iterator[None]:
    yield
    if request.session.testsfailed or len(request.session.items) < 10:
        return
    missing = checked.contract.operations().keys() - checked.succeeded - {"createSession", "deleteSession", "openEvents"}
    assert not missing, f"never answered well in this module: {sorted(missing)}"
