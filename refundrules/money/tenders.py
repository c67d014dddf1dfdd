"""To which means of payment a refund goes: back to where the money came from, points and vouchers in kind."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from refundrules.money.currency import share, to_decimal, to_text
from refundrules.money.formula_text import Working, formula_text
from refundrules.money.ledger import Held
from refundrules.money.models import ReturnRequest
from refundrules.money.reading import Minors, refuse
from refundrules.money.settings import CARD_FIRST, GIFT_CARD_FIRST, MoneySettings


class TenderRefund(NamedTuple):
    """What goes back for one means of payment."""

    at: int
    """Its place in the order's tenders."""
    kind: str
    id: str | None
    minor: int
    """The amount in minor units."""
    to: str | None
    """`original`, `store_credit`, or None: nothing can be sent to it, and the buyer has not agreed to another."""
    points: int | None
    """Points given back in kind; None for money."""
    working: Working
    decimals: int

    @property
    def amount(self) -> Decimal:
        """The amount in the order's currency."""
        return to_decimal(self.minor, self.decimals)

    @property
    def formula(self) -> str:
        """The formula with the numbers filled in."""
        return formula_text(self.working, self.decimals)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        data: dict[str, Any] = {"kind": self.kind, "amount": to_text(self.minor, self.decimals), "to": self.to}
        if self.id is not None:
            data["id"] = self.id
        if self.points is not None:
            data["points"] = self.points
        return data | {"formula": self.formula}


def destination(
    total: int, held: Sequence[Held], settings: MoneySettings, request: ReturnRequest, minors: Minors, root: str
) -> tuple[TenderRefund, ...]:
    """Return what of a refund goes to each means of payment; the amounts sum to `total`.

    `total` is at most what the means still hold; none gets more than it holds. Amounts that the request states come
    first. Empty when the order names none.
    """
    stated = _stated(total, held, settings, request, minors, root) if request.by_tender else [0] * len(held)
    if not held:
        return ()
    left, rest = [item.left - amount for item, amount in zip(held, stated, strict=True)], total - sum(stated)
    if settings.tender_order == "pro_rata":
        amounts, workings = _pro_rata(rest, left)
    else:
        amounts, workings = _one_after_another(rest, left, _ranks(held, settings))
    found = []
    for at, item in enumerate(held):
        minor, working = amounts[at] + stated[at], workings[at]
        if stated[at]:
            working = ("sum", working, stated[at]) if amounts[at] else ("plain", minor)
        if minor:
            kind, name, to = item.tender.kind, item.tender.id, channel(item, request)
            found.append(TenderRefund(at, kind, name, minor, to, _points(item, minor), working, minors.decimals))
    return tuple(found)


def _stated(
    total: int, held: Sequence[Held], settings: MoneySettings, request: ReturnRequest, minors: Minors, root: str
) -> list[int]:
    """Return what the request states for each means of payment; keep the problem when it is more than there is."""
    amounts, cut = [0] * len(held), settings.stated_above_cap == "cap"
    for place, stated in enumerate(request.by_tender):
        where = f"{root}.by_tender[{place}]"
        places = [
            at
            for at, item in enumerate(held)
            if item.tender.kind == stated.kind and stated.id in (None, item.tender.id)
        ]
        if len(places) != 1:
            what = "no means of payment" if not places else f"{len(places)} means of payment"
            minors.wrong(where, f"`{stated.id or stated.kind}` is {what} of the order", "name one by `kind` and `id`")
            continue
        minor, most = minors.of(stated.amount, where + ".amount"), held[places[0]].left - amounts[places[0]]
        if minor > most and not cut:
            refuse(minors, where + ".amount", minor, most, "what it still holds")
        amounts[places[0]] += min(minor, most)
        if sum(amounts) > total:
            if not cut:
                refuse(minors, where + ".amount", minor, minor - sum(amounts) + total, "what is left of the refund")
            amounts[places[0]] -= sum(amounts) - total
    return amounts


def _pro_rata(total: int, left: Sequence[int]) -> tuple[list[int], list[Working]]:
    whole = sum(left)
    amounts = share(total, left) if whole else [0] * len(left)
    return amounts, [
        ("share", total, weight, whole, amount - total * weight // whole if whole else 0)
        for weight, amount in zip(left, amounts, strict=True)
    ]


def _ranks(held: Sequence[Held], settings: MoneySettings) -> list[int]:
    """Return the places of the means of payment, in the order they are paid to."""
    order = settings.tender_order
    if order == "as_given":
        return list(range(len(held)))
    kinds = (
        {"card_first": CARD_FIRST, "gift_card_first": GIFT_CARD_FIRST}.get(order) if isinstance(order, str) else order
    )
    rank = {kind: at for at, kind in enumerate(kinds or ())}
    return sorted(range(len(held)), key=lambda at: (rank.get(held[at].tender.kind, len(rank)), at))


def _one_after_another(
    total: int, left: Sequence[int], places: Sequence[int]
) -> tuple[list[int], list[Working]]:  # fmt: skip
    amounts: list[int] = [0] * len(left)
    workings: list[Working] = [("plain", 0)] * len(left)
    rest, before = total, list[int]()
    for at in places:
        amounts[at] = min(rest, left[at])
        workings[at] = ("least", left[at], total, *before)
        before.append(-amounts[at])
        rest -= amounts[at]
    return amounts, workings


def channel(item: Held, request: ReturnRequest) -> str | None:
    """Return where money for a means of payment goes; None when it can be sent nowhere yet."""
    if request.to == "store_credit":
        return "store_credit"
    if not item.tender.closed:
        return "original"
    return "store_credit" if request.consent else None


def _points(item: Held, minor: int) -> int | None:
    """Return the points this amount stands for; over all refunds they add up to all the points."""
    points = item.tender.points
    if points is None or not item.captured:
        return None
    return points * (item.refunded + minor) // item.captured - points * item.refunded // item.captured
