"""A traced condition as lines: what was wanted, what there was, and whether it holds.

Of what is nested, the parts that settle it are shown; the trace itself holds all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from refundrules.expr.traced import Traced, deciding, joined
from refundrules.text.words import phrase, safe, value_text

MARKS = {True: "✓", False: "✗", None: "?"}
_OPERATORS = {"above": ">", "below": "<", "at_most": "≤", "at_least": "≥"}
_NO_ANSWER = ("None", "conflict", "unsettled")
_BOOLS = {"False": False, "True": True}
_FEW = 4


class Node(NamedTuple):
    """One line of the tree: a mark (✓ ✗ ? ⊘), the text, a note beside it, and the lines under it."""

    text: str
    mark: str = ""
    note: str = ""
    children: tuple[Node, ...] = ()


class Conditions:
    """Shows the conditions of one claim's trace; a definition is spelled out where it first occurs."""

    def __init__(self, kinds: Mapping[str, str], language: str, decimals: int) -> None:
        self.kinds, self.language, self.decimals = kinds, language, decimals
        self.expanded: set[str] = set()

    def say(self, name: str, *parts: object) -> str:
        return phrase(name, self.language, *parts)

    def value(self, value: Any, kind: str) -> str:
        """Return a value with its unit; amounts with all their decimals."""
        if kind == "money" and isinstance(value, int | str) and not isinstance(value, bool):
            whole, _, decimals = str(value).partition(".")
            if self.decimals and whole.lstrip("-").isdigit():
                value = f"{whole}.{decimals.ljust(self.decimals, '0')}"
        return value_text(value, kind, self.language)

    def either(self, values: Sequence[Any]) -> str:
        """Return several values with "or" between them."""
        return self.say("or").join(value_text(value, "", self.language) for value in values)

    def possible(self, values: Sequence[Any]) -> str:
        """Return what an answer that is not settled may still be; only that it is open when that is nearly all."""
        found = [value for value in values if value is not None and value not in _NO_ANSWER]
        if not 0 < len(found) <= _FEW:
            return self.say("undecided")
        return self.say("may_be", self.either([_BOOLS.get(value, value) for value in found]))

    def lines(self, condition: Traced) -> Iterator[Node]:
        """Yield a rule's condition: the parts of a conjunction one by one."""
        for part in condition.get("all", (condition,)):
            yield from self.lines(part) if "all" in part else (self.line(part),)

    def line(self, condition: Traced) -> Node:
        """Return one condition as a line, and under it the parts that make it what it is."""
        mark = MARKS[condition["truth"]]
        word, _ = joined(condition)
        if word:
            under = tuple(map(self.line, deciding(condition)))
            return under[0] if len(under) == 1 else Node(self.say(f"{word}_of"), mark, "", under)
        if "not" in condition:
            return self._negated(condition["not"], mark)
        children: tuple[Node, ...] = ()
        if "means" in condition and condition["name"] not in self.expanded:
            self.expanded.add(condition["name"])
            children = tuple(self._means(condition["means"]))
        return Node(self.leaf(condition), mark, "", children)

    def _means(self, condition: Traced) -> Iterator[Node]:
        if "all" in condition:
            yield from map(self.line, deciding(condition))
        else:
            yield self.line(condition)

    def _negated(self, condition: Traced, mark: str) -> Node:
        if "name" in condition and "means" not in condition and "than" not in condition:
            return Node(self.leaf(condition, negated=True), mark)
        return Node(
            self.say("not_all_of" if "all" in condition else "none_of"), mark, "", tuple(self._means(condition))
        )

    def leaf(self, condition: Mapping[str, Any], *, negated: bool = False) -> str:
        """Return one comparison: what there is and, where it does not follow from that, what was wanted."""
        name, wanted, actual = safe(condition.get("name", "")), condition.get("wanted", ""), condition.get("actual")
        if wanted == "known":
            return f"{name} ({self.say('unknown' if negated else 'known')})"
        kind = self.kinds.get(condition.get("name", ""), "")
        if "than" in condition:
            than, limit = condition["than"], self.value(condition.get("which_is"), kind)
            shown = limit if str(condition.get("which_is")) == than else f"{safe(than)} = {limit}"
            wanted = self.say("wanted", f"{_OPERATORS.get(wanted, safe(wanted))} {shown}")
            return f"{name} = {self.value(actual, kind)} ({wanted})"
        text = self.possible(actual) if isinstance(actual, list) else self.value(actual, kind)
        text = f"{name} = {text}"
        if not negated and condition["truth"] and len(wanted) == 1:
            return text
        wanted = self.say("wanted_not" if negated else "wanted", self.either(wanted))
        return f"{text} ({wanted})"

    def blame(self, condition: Traced) -> str:
        """Return what makes a condition false, in one line."""
        if "all" in condition:
            return next((self.blame(part) for part in condition["all"] if part["truth"] is False), "")
        if "any" in condition:
            return "; ".join(self.blame(part) for part in condition["any"])
        if "not" in condition:
            inner = condition["not"]
            if "name" in inner:
                return self.leaf(inner, negated=True)
            return f"{self.say('none_of')}: {'; '.join(node.text for node in self.lines(inner))}"
        return self.leaf(condition)
