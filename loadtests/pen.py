"""What a student does to the paper, as messages without their number."""

from random import Random
from typing import Literal

from loadtests.outbox import Value
from loadtests.paper import Item, response

Stroke = Literal["visit", "answer", "change", "flag", "submit"]


class Pen:
    """Goes through the items in order and round again. ``change`` answers one that is answered already."""

    def __init__(self, items: list[Item], random: Random) -> None:
        self._items = items
        self._random = random
        self._place: int | None = None
        self._answered: list[int] = []

    @property
    def item(self) -> int | None:
        """The item in view."""
        return None if self._place is None else self._items[self._place]["id"]

    def stroke(self, what: Stroke, at_ms: int) -> dict[str, Value]:
        """The message."""
        if what == "submit":
            return {"type": "submit", "at_ms": at_ms}
        if what == "visit":
            self._place = 0 if self._place is None else (self._place + 1) % len(self._items)
            return {"type": "visit", "item": self.item, "at_ms": at_ms}
        place = self._place or 0
        if what == "flag":
            on = self._random.random() < 0.8
            return {"type": "flag", "item": self._items[place]["id"], "on": on, "at_ms": at_ms}
        if what == "change" and self._answered:
            place = self._random.choice(self._answered)
        self._answered.append(place)
        item = self._items[place]
        return {
            "type": "answer",
            "item": item["id"],
            "response": response(item, self._random),
            "at_ms": at_ms,
        }
