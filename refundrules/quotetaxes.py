"""How much of a refund is tax, tax by tax: what a credit memo says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from refundrules.itemquote import ItemQuote
from refundrules.ledger import PaidLine
from refundrules.levies import Levy, tax_on
from refundrules.minorunits import share
from refundrules.quoteparts import Part
from refundrules.quoting import Quoting
from refundrules.workings import Working


def taxes_of(work: Quoting) -> tuple[Part, ...]:
    """Return the taxes in what a quote gives for goods and for shipping, before what concerns the whole return.

    Kinds: `tax` and `shipping_tax` came on top, `included_tax` was inside the price. Fees leave them as they are.
    """
    found = [part for one in work.items for part in _of_item(work, one)]
    return (*found, *_of_shipping(work))


def _of_item(work: Quoting, one: ItemQuote) -> list[Part]:
    cut = sum([part.minor for part in one.parts if part.kind == "cap"])
    line = one.account.line
    if one.item.amount is None and not cut:
        return [*[part for part in one.parts if part.kind == "tax"], *one.inside()]
    if one.item.amount is not None and not cut and work.settings.stated_amounts == "before_tax":
        stated = work.minors.of(one.item.amount, "")
        return _on(stated, line.net, line.on_top, line.inside, work, "tax", line.id)
    given = one.net if one.item.amount is not None else one.worth + cut
    return _within(given, line, work)


def _within(given: int, line: PaidLine, work: Quoting) -> list[Part]:
    """Return the taxes in an amount given for a line: their shares, as the line was paid."""
    rest = line.duty if work.settings.duties == "share" else 0
    return _split(given, line.net + rest, line.on_top, line.inside, work, "tax", line.id)


def _of_shipping(work: Quoting) -> list[Part]:
    ledger, asked = work.ledger, work.request.shipping
    inside, on_top = ledger.shipping_inside, ledger.shipping_taxes
    if not work.shipping or not (inside or on_top):
        return []
    cut = any(part.kind == "cap" and part.name == "shipping" for part in work.parts)
    if isinstance(asked, Decimal) and not cut and work.settings.stated_amounts == "before_tax":
        stated = work.minors.of(asked, "")
        return _on(stated, ledger.shipping_net, on_top, inside, work, "shipping_tax", None)
    return _split(work.shipping, ledger.shipping_net, on_top, inside, work, "shipping_tax", None)


def _on(
    amount: int, net: int, on_top: Sequence[Levy], inside: Sequence[Levy], work: Quoting, kind: str, line: str | None
) -> list[Part]:  # fmt: skip
    """Return the taxes of an amount without taxes."""
    named = [*[(kind, levy) for levy in on_top], *[("included_tax", levy) for levy in inside]]
    return [
        Part(name, levy.name, line, minor, working, work.decimals)
        for name, levy in named
        for minor, working in [tax_on(levy, amount, net)]
        if minor
    ]


def _split(
    amount: int, net: int, on_top: Sequence[Levy], inside: Sequence[Levy], work: Quoting, kind: str, line: str | None
) -> list[Part]:  # fmt: skip
    """Return the taxes in an amount that is split as the whole was paid."""
    named = [*[(kind, levy) for levy in on_top], *[("included_tax", levy) for levy in inside]]
    weights = [net, *[levy.minor for _, levy in named]]
    whole, found = sum(weights), []
    if not whole:
        return []
    for (name, levy), weight, minor in zip(named, weights[1:], share(amount, weights)[1:], strict=True):
        working: Working = ("share", amount, weight, whole, minor - amount * weight // whole)
        if minor:
            found.append(Part(name, levy.name, line, minor, working, work.decimals))
    return found
