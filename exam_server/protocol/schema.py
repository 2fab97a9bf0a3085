"""JSON Schema of every message, from the message types themselves."""

from collections.abc import Iterator
from typing import Any

import msgspec

from exam_server import protocol


def export_schema() -> bytes:
    """One JSON Schema document: every type under ``$defs``, sorted, two-space indented, with a final newline."""
    types = (*protocol.SOCKET_TYPES, *protocol.FORM_TYPES, *protocol.HTTP_TYPES)
    _, components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    sparse = {struct.__name__ for struct in _subclasses(msgspec.Struct) if struct.__struct_config__.omit_defaults}
    closed = {name: _close(body, sparse=name in sparse) for name, body in components.items()}
    unions = {"ClientMessage": _union(protocol.SOCKET_TYPES[0]), "ServerMessage": _union(protocol.SOCKET_TYPES[1])}
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
    """The object without room for unknown fields. A type that is never sent sparsely has all its fields on the wire."""
    if body.get("type") != "object":
        return body
    required = body.get("required", []) if sparse else list(body["properties"])
    return {**body, "required": required, "additionalProperties": False}


def _union(union: Any) -> dict[str, Any]:
    ((root,), _) = msgspec.json.schema_components((union,), ref_template="#/$defs/{name}")
    return root
