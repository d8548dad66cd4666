"""The server's routes and the contract name the same operations, in the same way (S-01's inventory)."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from burnish_server import binary
from contract import Contract


@pytest.fixture(scope="module")
def routes() -> dict[str, dict[str, Any]]:
    printed = subprocess.run([str(binary()), "routes"], capture_output=True, text=True, check=True, timeout=60).stdout
    return {route["operation"]: route for route in json.loads(printed)}


@pytest.fixture(scope="module")
def operations() -> dict[str, dict[str, Any]]:
    return Contract().operations()


def test_both_name_the_same_operations(routes: dict[str, Any], operations: dict[str, Any]) -> None:
    assert sorted(routes) == sorted(operations)


def test_each_has_the_method_path_and_parameters_of_the_contract(routes: dict[str, Any], operations: dict[str, Any]) -> None:
    bodies = {None: "none", "application/json": "json", "application/octet-stream": "upload"}
    for name in routes.keys() & operations.keys():
        route, operation = routes[name], operations[name]
        assert (route["method"], route["path"]) == (operation["method"], operation["path"])
        assert sorted(route["query"]) == operation["query"], name
        assert route["key"] == operation["key"], name
        assert route["body"] == bodies[operation["body"]], name


def test_only_coming_in_is_public(routes: dict[str, Any], operations: dict[str, Any]) -> None:
    assert [name for name, route in routes.items() if route["policy"] == "public"] == ["createSession"]
    assert [name for name, operation in operations.items() if operation["public"]] == ["createSession"]


def test_no_route_that_reads_has_effects(routes: dict[str, Any]) -> None:
    assert not [name for name, route in routes.items() if route["method"] == "GET" and (route["effects"] or route["destructive"])]
