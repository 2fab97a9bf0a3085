"""JSON Schema of every message, from the message types themselves."""

from collections.abc import Iterator
from typing import Any

import msgspec

from exam_server import protocol


def export_schema() -> bytes:
    """One JSON Schema document: every type under ``$defs``, sorted; indented by two, final newline."""
    types = (*protocol.SOCKET_TYPES, *protocol.FORM_TYPES, *protocol.HTTP_TYPES)
    _, components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    structs = _subclasses(msgspec.Struct)
    sparse = {struct.__name__ for struct in structs if struct.__struct_config__.omit_defaults}
    closed = {name: _close(body, sparse=name in sparse) for name, body in components.items()}
    client, server = protocol.SOCKET_TYPES
    unions = {"ClientMessage": _union(client), "ServerMessage": _union(server)}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "KhaoThi",
        "$defs": dict(sorted({**closed, **unions}.items())),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _subclasses(parent: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for child in parent.__subclasses__():
        yield child
        yield from _subclasses(child)


def _close(body: dict[str, Any], *, sparse: bool) -> dict[str, Any]:
    """The object without room for unknown fields; what is never sent sparsely requires all of its own."""
    if body.get("type") != "object":
        return body
    required = body.get("required", []) if sparse else list(body["properties"])
    description = " ".join(body.get("description", "").split())
    return {**body, "description": description, "required": required, "additionalProperties": False}


def _union(union: Any) -> dict[str, Any]:
    ((root,), _) = msgspec.json.schema_components((union,), ref_template="#/$defs/{name}")
    return root
