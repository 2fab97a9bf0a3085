"""The pictures anywhere inside an item, whatever its kind."""

from collections.abc import Iterator

import msgspec

from item_bank.richtext import Image


def pictures_in(value: object) -> Iterator[str]:
    """The SHA-256 of every picture in a value made of structs and tuples, in reading order,
    repeated where shown again."""
    if isinstance(value, Image):
        yield value.sha256
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from pictures_in(getattr(value, name))
    elif isinstance(value, tuple):
        for entry in value:  # pyright: ignore[reportUnknownVariableType] -- whatever is in it is looked at the same way
            yield from pictures_in(entry)  # pyright: ignore[reportUnknownArgumentType]
