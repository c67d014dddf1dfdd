"""Reading what a quote is made from: every problem at once, with path, value and a way out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from refundrules.errors import CaseError, Problem, did_you_mean, listed
from refundrules.io.pydantic_errors import problems_of
from refundrules.money.currency import Minor, to_minor, to_text

_NOTHING = Minor(0)
_M = TypeVar("_M", bound=BaseModel)


def read(readings: Iterable[tuple[type[BaseModel], object, str]]) -> list[Any]:
    """Return the models of several inputs, each a model already or a mapping, under its name in messages.

    Raises `CaseError` with the problems of all of them.
    """
    made: list[Any] = []
    problems: list[Problem] = []
    for model, data, root in readings:
        if isinstance(data, model):
            made.append(data)
            continue
        try:
            made.append(model.model_validate(data))
        except ValidationError as error:
            problems += problems_of(error, model, root)
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return made


def read_number(value: object, decimals: int) -> int:
    """Return a number of zero or more, times 10^`decimals`. Raises `ValueError` with what is wrong and what to do."""
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal):
        raise ValueError('is not an exact number; write it like "12.50"')
    try:
        number = to_minor(Decimal(value), decimals)
    except ArithmeticError:
        raise ValueError("is not a number") from None
    if number < 0:
        raise ValueError("is below zero")
    return number


class Minors:
    """Turns decimals into minor units of a currency, and keeps what is wrong with them."""

    __slots__ = ("decimals", "problems")

    def __init__(self, decimals: int, problems: list[Problem] | None = None) -> None:
        """Keep problems in a list of one's own, or in `problems`."""
        self.decimals = decimals
        self.problems: list[Problem] = [] if problems is None else problems

    def of(self, amount: Decimal | None, where: str, *at: int) -> Minor:
        """Return `amount` in minor units; 0, and a problem at the path, when it does not fit the currency."""
        if not amount:
            return _NOTHING
        try:
            return to_minor(amount, self.decimals)
        except ValueError as error:
            remedy = "round it to the currency's minor unit" if "decimals" in str(error) else ""
            self.wrong(where % at if at else where, f"`{amount}` {error}", remedy)
            return _NOTHING

    def maybe(self, amount: Decimal | None, where: str, *at: int) -> Minor | None:
        """Return the same; None where there is no amount."""
        return None if amount is None else self.of(amount, where, *at)

    def text(self, minor: int) -> str:
        """Return minor units as a decimal string."""
        return to_text(minor, self.decimals)

    def wrong(self, where: str, what: str, remedy: str = "") -> None:
        """Keep a problem."""
        self.problems.append(Problem(where, what, remedy))

    def no_line(self, where: str, line: str, known: Iterable[str]) -> None:
        """Keep the problem that a line is not one of the order."""
        ids = list(known)
        self.wrong(where, f"`{line}` is not a line of the order", did_you_mean(line, ids, f"one of {listed(ids)}"))

    def same_currency(self, given: str | None, wanted: str, where: str) -> None:
        """Keep the problem that an amount is in another currency than the order."""
        if given is not None and given != wanted:
            self.wrong(where, f"`{given}` is not the order's currency", f"convert it to `{wanted}` first")

    def check(self) -> None:
        """Raise `CaseError` if anything is wrong."""
        if self.problems:
            raise CaseError(dict.fromkeys(self.problems))


def refuse(minors: Minors, where: str, stated: int, most: int, what: str) -> None:
    """Keep the problem that a stated amount is above what is left, with the maximum."""
    minors.wrong(where, f"`{minors.text(stated)}` is above {what}", f"at most `{minors.text(most)}`")
