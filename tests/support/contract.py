"""Whether what the API answers is what the committed OpenAPI document promises."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx2

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "api" / "openapi.json"
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


@cache
def document() -> dict[str, Any]:
    """Read the committed document."""
    read: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return read


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """Find the operation that serves a path; a template in it takes one part."""
    parts = path.split("/")
    for template, operations in document()["paths"].items():
        wanted = template.split("/")
        fits = len(parts) == len(wanted) and all(
            w == p or w.startswith("{") for w, p in zip(wanted, parts, strict=True)
        )
        if fits and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    return None


async def check(answer: httpx2.Response) -> None:
    """Check an answer, as a hook of a client: its status, its code, every member of its body."""
    request = answer.request
    operation = operation_of(request.method, request.url.path)
    if operation is None:
        return
    responses = operation["responses"]
    promised = responses.get(str(answer.status_code), responses["default"])
    what = f"{request.method} {request.url.path} → {answer.status_code}"
    content = promised.get("content", {})
    body = await answer.aread()
    if not content:
        assert body == b"", f"{what}: a body where none is promised"
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in content, f"{what}: {media_type}, promised {list(content)}"
    if not media_type.endswith("json"):  # what stands in a file is its own tests' business
        return
    told = json.loads(body)
    faults = list(compare(told, content[media_type]["schema"], "body"))
    assert not faults, f"{what}: {faults}"
    if "code" in told and answer.status_code >= 400:
        codes = promised["description"].split(" · ")
        assert told["code"] in codes, f"{what}: {told['code']}, promised {codes}"


def compare(value: Any, schema: dict[str, Any], where: str) -> list[str]:
    """Compare a value with a schema, in the subset that our document uses; list the faults."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return compare(value, document()["components"]["schemas"][name], where)
    if "anyOf" in schema:
        each = [compare(value, one, where) for one in schema["anyOf"]]
        return [] if [] in each else [fault for faults in each for fault in faults]
    choices = schema.get("enum", [schema["const"]] if "const" in schema else [value])
    if value not in choices:
        return [f"{where}: {value!r} is none of {choices}"]
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (kind == "integer" and value is True)):
        return [f"{where}: {value!r} is not of type {kind}"]
    if kind == "array":
        each = [compare(v, schema["items"], f"{where}[{n}]") for n, v in enumerate(value)]
        return [fault for faults in each for fault in faults]
    return _compare_members(value, schema, where) if kind == "object" else []


def _compare_members(value: dict[str, Any], schema: dict[str, Any], where: str) -> list[str]:
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    faults = [
        f"{where}.{name}: missing" for name in schema.get("required", ()) if name not in value
    ]
    for name, member in value.items():
        if name in known:
            faults += compare(member, known[name], f"{where}.{name}")
        elif isinstance(others, dict) and others:
            faults += compare(member, others, f"{where}.{name}")
        elif schema.get("title") != "Problem":
            faults.append(f"{where}.{name}: not in the document")
    return faults
