"""Generated requests, right and wrong, against every operation (F-02): no crash, and only answers that the contract has.

A few hundred examples in a normal run; BURNISH_LONG=1 takes many more.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from burnish_server import BurnishServer, Client, new_key
from contract import OPENAPI
from hypothesis import HealthCheck, Phase, settings
from pictures import folder_per_class
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

EXAMPLES = 200 if os.environ.get("BURNISH_LONG") else 8

schema = schemathesis.openapi.from_path(str(OPENAPI))


@pytest.fixture(scope="module")
def target(server: BurnishServer) -> dict[str, Any]:
    """A project of its own, so that no other suite meets what is made here."""
    client = server.login()
    project = client.create_project("Fuzz")
    upload = client.upload_import(project, folder_per_class(3))
    client.check_import(project, upload)
    client.commit_import(project, upload)
    result = client.result(project)["id"]
    return {"client": client, "parameters": {"project": project, "import": upload, "result": result}}


@schema.exclude(operation_id=["createSession", "deleteSession", "openEvents"]).parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=list(HealthCheck))
def test_every_answer_conforms(case: schemathesis.Case, server: BurnishServer, target: dict[str, Any]) -> None:
    client: Client = target["client"]
    # Generated ids never exist: aim at the project that does, and keep the generated rest.
    for name, value in target["parameters"].items():
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = value
    if case.method == "PATCH" and case.path == "/api/v1/projects/{project}" and isinstance(case.body, dict):
        case.body.pop("trashed", None)
    headers = {"Cookie": client.cookie(), "X-Burnish": "1"}
    if "Idempotency-Key" in (case.headers or {}):
        headers["Idempotency-Key"] = new_key()
    response = case.call(base_url=server.origin, headers=headers, timeout=30)
    case.validate_response(response, checks=[not_a_server_error, content_type_conformance, response_schema_conformance])
    assert server.is_running()
