"""What follows from one claim before any rule is read: the object every fact is derived from."""

from __future__ import annotations

from collections.abc import Mapping

from refundrules.case.models import Claim, Line, Order
from refundrules.case.order_context import OrderContext, Value, is_after
from refundrules.errors import Problem, did_you_mean, listed
from refundrules.money.currency import Minor
from refundrules.money.reading import Minors


class ClaimContext:
    """What follows from one claim: the object every fact is derived from."""

    __slots__ = (
        "case", "claim", "goods", "goods_paid", "index", "line", "money", "most", "opened", "order", "order_scene",
        "pack_facts", "paid", "shipping_share", "shop", "tests", "warranty",
    )  # fmt: skip

    def __init__(self, whole: OrderContext, index: int, problems: list[Problem]) -> None:
        case = whole.case
        claim: Claim = case.claims[index]
        self.order_scene, self.index, self.case = whole, index, case
        self.pack_facts: Mapping[str, Value] = {}
        self.order: Order = whole.order
        self.claim, self.goods, self.tests, self.shop = claim, claim.goods, claim.tests, case.shop
        self.money = _money_of(whole, claim, index, problems)
        self.line: Line = whole.order.lines[_line_at(whole, claim, index, problems)]
        if whole.plain_claims is not None:
            self.paid, self.shipping_share = whole.plain_claims[index]
            self.goods_paid = self.most = self.paid
        elif (found := whole.claims_money.claims[index]) is not None:  # else the order's line was not found
            self.paid, self.goods_paid, self.most = found.paid, found.pieces[0].minor, found.most
            self.shipping_share = self.worked("shipping_share")
        self.opened = whole.decided if claim.opened_at is None else whole.moment(claim.opened_at)
        if claim.opened_at is not None and is_after(self.opened, whole.decided):
            problems.append(Problem(f"claims[{index}].opened_at", "is after `decided_at`", "correct either time"))
        if claim.return_received_at is not None and is_after(whole.moment(claim.return_received_at), whole.decided):
            problems.append(
                Problem(f"claims[{index}].return_received_at", "is after `decided_at`", "correct either time")
            )
        self._read_warranty(whole)

    def worked(self, name: str) -> int:
        """Return an amount of the claim, a word of `claim_amounts.AMOUNTS`, in minor units."""
        return self.order_scene.claims_money.amount(name, self.index).minor

    def formula(self, name: str) -> str:
        """Return how an amount of the claim came about, with the numbers filled in."""
        return self.order_scene.claims_money.formula(name, self.index)

    def _read_warranty(self, whole: OrderContext) -> None:
        until = self.line.warranty_until
        self.warranty = until is not None and not is_after(self.opened, whole.moment(until, bounds=True))


_CLAIM_AMOUNTS = ("demanded", "assessed_loss", "rightful_price", "replacement_price")


def _money_of(whole: OrderContext, claim: Claim, index: int, problems: list[Problem]) -> dict[str, Minor | None]:
    read = Minors(whole.decimals, problems).maybe
    amounts = {
        name: read(value, f"claims[%d].{name}", index)
        for name in _CLAIM_AMOUNTS
        if (value := getattr(claim, name)) is not None
    }
    freight = claim.freight
    if freight.model_fields_set:
        amounts["return_quote"] = read(freight.return_quote, "claims[%d].freight.return_quote", index)
        amounts["replacement_quote"] = read(freight.replacement_quote, "claims[%d].freight.replacement_quote", index)
        read(freight.label, "claims[%d].freight.label", index)
        amounts["advanced"] = read(freight.advanced, "claims[%d].freight.advanced", index)
    return amounts


def _line_at(whole: OrderContext, claim: Claim, index: int, problems: list[Problem]) -> int:
    known = whole.line_index
    if claim.line is None:
        if len(known) > 1:
            problems.append(
                Problem(
                    f"claims[{index}].line",
                    "is missing, and the order has several lines",
                    f"one of {listed(list(known))}",
                )
            )
        return 0
    at = known.get(claim.line)
    if at is None:
        problems.append(
            Problem(
                f"claims[{index}].line",
                f"`{claim.line}` is not a line of the order",
                did_you_mean(claim.line, known, f"one of {listed(list(known))}"),
            )
        )
        return 0
    return at
