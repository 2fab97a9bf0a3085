"""The generated documents say what the message types say."""

from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from exam_server import protocol
from exam_server.protocol import schema, sitting

DOCUMENT: dict[str, Any] = msgspec.json.decode(schema.export_schema())
DEFINITIONS: dict[str, Any] = DOCUMENT["$defs"]


def test_the_committed_schema_is_the_exported_one() -> None:
    committed = Path(schema.__file__).with_name("schema.json").read_bytes()
    assert committed == schema.export_schema(), "run `make generate`"


def test_every_body_and_message_is_in_it() -> None:
    named = {kind.__name__ for kind in (*protocol.FORM_TYPES, *protocol.HTTP_TYPES)}
    messages = {kind.__name__ for union in protocol.SOCKET_TYPES for kind in get_args(union)}
    assert named | messages | {"ClientMessage", "ServerMessage"} <= DEFINITIONS.keys()


@pytest.mark.parametrize("kind", [kind for union in protocol.SOCKET_TYPES for kind in get_args(union)])
def test_a_message_is_told_by_its_tag_alone(kind: type[msgspec.Struct]) -> None:
    tag = DEFINITIONS[kind.__name__]["properties"]["type"]
    assert tag["enum"] == [kind.__struct_config__.tag]
    assert "type" in DEFINITIONS[kind.__name__]["required"]


@pytest.mark.parametrize("union", ["ClientMessage", "ServerMessage"])
def test_unions_are_discriminated(union: str) -> None:
    members = {member["$ref"].rsplit("/", 1)[1] for member in DEFINITIONS[union]["anyOf"]}
    assert set(DEFINITIONS[union]["discriminator"]["mapping"].values()) == {
        f"#/$defs/{name}" for name in members
    }


@pytest.mark.parametrize("name", [name for name, body in DEFINITIONS.items() if body.get("type") == "object"])
def test_objects_are_closed(name: str) -> None:
    assert DEFINITIONS[name]["additionalProperties"] is False


def test_what_is_required_is_what_is_sent() -> None:
    message = sitting.Hello(version=protocol.message.VERSION)
    assert set(msgspec.json.decode(msgspec.json.encode(message))) == set(DEFINITIONS["Hello"]["required"])


def test_times_and_scores_are_text_and_counts_are_numbers() -> None:
    shift = DEFINITIONS["ShiftRow"]["properties"]
    assert shift["opens_at"]["type"] == "string"
    assert shift["minutes"]["type"] == "integer"
    assert DEFINITIONS["PartScore"]["properties"]["score"]["type"] == "string"
