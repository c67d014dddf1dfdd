"""The choices about money on which good systems disagree, each with a name and a default.

The defaults take nothing off: what was paid for the goods goes back, to where it came from. Amounts are in the
order's currency; a share may be written `15%`, `0.15` or `1/3`. `docs/money.md` shows every choice with numbers.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema

from refundrules.io.fields import Amount
from refundrules.money.allocation import Remainder

_SHARE = re.compile(
    r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)(?P<percent>%)?|(?P<top>[0-9]{1,9})/(?P<under>[1-9][0-9]{0,8})"
)
_EXPONENTS = range(-18, 10)
_HOW = 'write it like "15%", "0.15" or "1/3"'


def _rate(value: object) -> Fraction:
    if isinstance(value, str):
        return _written(value)
    if isinstance(value, float):
        raise ValueError(f"is a binary float, which cannot hold a share exactly; {_HOW}")
    exact = isinstance(value, int | Fraction) or (isinstance(value, Decimal) and value.is_finite())
    if isinstance(value, bool) or not exact:
        raise ValueError(f"is not a share; {_HOW}")
    if isinstance(value, Decimal) and not (value.as_tuple().exponent in _EXPONENTS and value.adjusted() < 9):
        raise ValueError(f"has too many digits; {_HOW}")
    rate = Fraction(str(value))
    if rate < 0:
        raise ValueError("is below zero")
    return rate


@lru_cache(256)
def _written(text: str) -> Fraction:
    found = _SHARE.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError(f"is not a share; {_HOW}")
    part = found.groupdict()
    return Fraction(part["number"] or f"{part['top']}/{part['under']}") / (100 if part["percent"] else 1)


def _share(value: object) -> Fraction:
    rate = _rate(value)
    if rate > 1:
        raise ValueError(f"is above the whole; {_HOW}")
    return rate


def _marked(value: object) -> Fraction:
    """Return a rate; a plain number above one is most often a percentage whose sign was left out."""
    rate = _rate(value)
    if rate > 1 and not (isinstance(value, Fraction) or any(sign in str(value) for sign in "%/")):
        raise ValueError(f"is more than the whole; write `{value}%` if it is a percentage")
    return rate


def _rate_text(rate: Fraction) -> str:
    return f"{rate * 100}%" if rate > 1 and rate.denominator == 1 else str(rate)


def _json(most: int | None) -> WithJsonSchema:
    number = {"type": "number", "minimum": 0} | ({} if most is None else {"maximum": most})
    return WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?%?$|^[0-9]+/[0-9]+$"}, number]}
    )  # fmt: skip


Rate = Annotated[Fraction, PlainValidator(_rate), PlainSerializer(str), _json(None)]
"""A rate of zero or more, exact."""
TaxRate = Annotated[Fraction, PlainValidator(_marked), PlainSerializer(_rate_text), _json(1)]
"""A rate of zero or more, exact; above one it is written as a percentage or as a fraction."""
Share = Annotated[Fraction, PlainValidator(_share), PlainSerializer(str), _json(1)]
"""A share from zero to the whole, exact."""

TenderKind = Literal[
    "card", "wallet", "bank_transfer", "cash", "gift_card", "store_credit", "points", "voucher"
]  # fmt: skip
Shipping = Literal["none", "share", "with_last", "rest"]

CARD_FIRST: tuple[TenderKind, ...] = (
    "card", "wallet", "bank_transfer", "cash", "gift_card", "store_credit", "voucher", "points",
)  # fmt: skip
GIFT_CARD_FIRST: tuple[TenderKind, ...] = (
    "gift_card", "store_credit", "voucher", "points", "card", "wallet", "bank_transfer", "cash",
)  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Restocking(_Model):
    """What the shop keeps for taking goods back: a share of their price, a flat amount, or both."""

    percent: Share = Field(default=Fraction(0), description="share of the fee base")
    flat: Amount = Field(default=Decimal(0), description="flat amount")
    per: Literal["unit", "item", "return"] = Field(
        default="item", description="`unit`: the flat amount for every unit; `item`: once for every item of the return; "
        "`return`: once for all of it, the share reckoned on the sum"
    )  # fmt: skip


class Use(_Model):
    """What the shop keeps for goods that were used."""

    per_day: Share = Field(description="share of the fee base for every day that counts")
    free_days: Annotated[int, Field(ge=0, le=36_500)] = Field(default=0, description="days of use that cost nothing")
    free_months: Annotated[int, Field(ge=0, le=1_200)] = Field(
        default=0, description="calendar months that cost nothing; needs the dates of use"
    )
    counts: Literal["beyond", "all"] = Field(
        default="beyond", description="once the free time is over: the days `beyond` it, or `all` days of use"
    )
    most: Share = Field(default=Fraction(1), description="share of the fee base that is never exceeded")


class MoneySettings(_Model):
    """How refunds are worked out; every field has a default, so `MoneySettings()` is complete."""

    currency: str | None = Field(default=None, description="currency of the amounts here; absent: the order's")
    remainder: Remainder = Field(
        default="largest",
        description="Where the minor units go that rounding leaves over. `largest`: to the largest remainders, ties to "
        "the earlier line or unit; `largest_later`: the same, ties to the later line; `first`: rounded, then corrected from the first on; `down`: rounded down, the last "
        "takes the rest; `half_up`: rounded, the last takes the rest; `of_the_rest`: each takes its share of what the "
        "ones before it left",
    )
    last_return: Literal["takes_the_rest", "own_share"] = Field(
        default="takes_the_rest",
        description="The return that completes a line takes what is left of it, or only its own rounded share (with "
        "`down` and `half_up`: a minor unit may then stay with the shop)",
    )
    dearer_units: Literal["first", "last"] = Field(
        default="first",
        description="Which units of a line are worth the minor unit more where they cannot be worth the same (with `largest`, "
        "`largest_later` and `first`): `last` where the first ones bear more of a discount",
    )
    item_rounding: Literal["each", "sum"] = Field(
        default="each",
        description="An item's goods, taxes and duty are rounded each, or their sum is, and a part `rest` makes up the difference",
    )
    tax_rounding: Literal["line", "unit", "order"] = Field(
        default="line",
        description="At what a tax given by its rate is rounded: the line, each unit, or the sum of all lines with the same "
        "tax, shared over them",
    )
    discount_base: Literal["discounted", "list", "discounted_and_shipping"] = Field(
        default="discounted",
        description="Over what an order's discount is shared: lines by price after line discounts, by list price, or "
        "lines and outbound shipping together",
    )
    broken_promotion: Literal["keep", "recompute"] = Field(
        default="keep",
        description="When what is kept no longer earns a promotion: its share stays with what is kept, or what is kept is "
        "priced again without it",
    )
    broken_free_shipping: Literal["keep", "deduct"] = Field(
        default="keep",
        description="When what is kept falls below the free-shipping threshold: nothing happens, or the shop's cost of "
        "outbound shipping is deducted, once",
    )
    stated_above_cap: Literal["refuse", "cap"] = Field(
        default="refuse",
        description="An amount someone states above what is left: refused with the maximum, or cut to it",
    )
    stated_amounts: Literal["with_tax", "before_tax"] = Field(
        default="with_tax",
        description="An item's `amount`, or an amount of `shipping`, that somebody states has its taxes in it, or they come on "
        "top",
    )
    computed_above_cap: Literal["cap", "refuse"] = Field(
        default="cap",
        description="A computed refund above captured less refunded: cut to it, or refused with the maximum",
    )
    shipping: Shipping = Field(
        default="none",
        description="Outbound shipping the buyer paid. `none`: kept; `share`: refunded with the goods, by value; "
        "`with_last`: refunded when everything has come back; `rest`: all that is left of it, at once",
    )
    duties: Literal["share", "keep"] = Field(default="share", description="Duties are refunded with the goods, or kept")
    tender_order: (
        Literal["pro_rata", "card_first", "gift_card_first", "as_given"]
        | Annotated[tuple[TenderKind, ...], Field(strict=False, min_length=1)]
    ) = Field(
        default="pro_rata",
        description="To which means of payment a refund goes: to all, by what each still holds; money first; gift cards "
        "first; as the order lists them; or kinds in an order of your own",
    )
    fee_base: Literal["paid", "list"] = Field(
        default="paid",
        description="What the shares of fees, grades and use are taken of: the price paid, or the list price",
    )
    restocking: Restocking | None = Field(default=None, description="absent: no restocking fee")
    return_label: Amount = Field(
        default=Decimal(0), description="deducted once for every return whose label the shop paid"
    )
    handling: Amount = Field(default=Decimal(0), description="deducted once for every return")
    conditions: dict[str, Share] = Field(
        default_factory=dict, description="condition grades, and what share of the price each is given back"
    )
    use: Use | None = Field(default=None, description="absent: use costs nothing")
    exchange_credit: Literal["paid", "list"] = Field(
        default="paid",
        description="What goods given in exchange count for: the price paid, or the price before discounts",
    )
    exchange_difference: Literal["settle", "even"] = Field(
        default="settle", description="A difference in price is settled, or an exchange is always even"
    )
    waiver: Amount = Field(default=Decimal(0), description="a dearer exchange costs nothing up to this difference")
    waiver_above: Literal["whole", "excess"] = Field(
        default="whole", description="above the waiver the buyer owes the whole difference, or only what exceeds it"
    )


DEFAULTS = MoneySettings()
"""The settings with every default: nothing is deducted and nothing is withheld."""
