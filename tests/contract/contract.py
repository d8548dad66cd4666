"""api/openapi.yaml as a judge: which operation a request was, and whether the answer is one that it promises."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import yaml
from burnish_server import ROOT, Client, parse_frame
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

OPENAPI = ROOT / "api/openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete")


class Contract:
    def __init__(self, path: Path = OPENAPI) -> None:
        self.document: dict[str, Any] = yaml.safe_load(path.read_text())
        self._registry = Registry().with_resource("urn:api", Resource.from_contents(self.document, default_specification=DRAFT202012))
        self._operations = {
            (method.upper(), template): operation
            for template, item in self.document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }
        self._patterns = [(method, re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(template)) + "$"), template) for method, template in self._operations]

    def operations(self) -> dict[str, dict[str, Any]]:
        """By operationId: method, path template, and the names of its query parameters."""
        found = {}
        for (method, template), operation in self._operations.items():
            parameters = [self._resolved(each) for each in [*self.document["paths"][template].get("parameters", []), *operation.get("parameters", [])]]
            found[operation["operationId"]] = {
                "method": method,
                "path": template,
                "query": sorted(each["name"] for each in parameters if each["in"] == "query"),
                "key": any(each["name"] == "Idempotency-Key" for each in parameters),
                "body": next(iter(operation["requestBody"]["content"])) if "requestBody" in operation else None,
                "public": operation.get("security") == [],
            }
        return found

    def _resolved(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in value:
            return value
        found: Any = self.document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return found

    def operation_of(self, method: str, path: str) -> dict[str, Any]:
        for known, pattern, template in self._patterns:
            if known == method and pattern.match(path):
                return self._operations[known, template]
        raise AssertionError(f"{method} {path} is no operation of the contract")

    def check(self, response: requests.Response) -> str:
        """The operationId that answered. Fails unless status, content type and body are what it promises."""
        request = response.request
        operation = self.operation_of(str(request.method), urlsplit(str(request.url)).path)
        where = f"{operation['operationId']} answered {response.status_code}"
        promised = operation["responses"]
        expected = promised.get(str(response.status_code))
        if expected is None:
            assert response.status_code >= 400, f"{where}, which the contract does not have: {response.text[:300]}"
            expected = promised["default"]
        content = self._resolved(expected).get("content")
        if not content:
            assert not response.content, f"{where} with a body"
            return str(operation["operationId"])
        kind = response.headers["Content-Type"].split(";")[0]
        media = content.get(kind) or content.get(kind.split("/")[0] + "/*")
        assert media, f"{where} as {kind}, promised: {list(content)}"
        if kind.endswith("json"):
            self.check_value(response.json(), media["schema"], where)
        elif kind == "application/vnd.burnish.arrays":
            parse_frame(response.content)
        return str(operation["operationId"])

    def check_value(self, value: Any, schema: Mapping[str, Any], where: str) -> None:
        rooted = json.loads(json.dumps(schema).replace('"#/components', '"urn:api#/components'))
        errors = sorted(Draft202012Validator(rooted, registry=self._registry).iter_errors(value), key=lambda error: list(error.absolute_path))
        assert not errors, f"{where}: " + "; ".join(f"{error.json_path}: {error.message[:200]}" for error in errors[:5])


class CheckedClient(Client):
    """A client whose every answer is held to the contract."""

    def __init__(self, client: Client, contract: Contract) -> None:
        super().__init__(client.origin)
        self.http = client.http
        self.contract = contract
        self.succeeded: set[str] = set()

    def send(self, method: str, path: str, **more: Any) -> requests.Response:
        response = super().send(method, path, **more)
        operation = self.contract.check(response)
        if response.status_code < 400:
            self.succeeded.add(operation)
        return response
