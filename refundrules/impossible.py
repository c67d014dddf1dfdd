"""What no case can be: how facts follow from each other, and what the pack assumes of them.

Each is listed by `check`, since a proof holds only as far as they do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from refundrules import condition as cn
from refundrules import formula as fm
from refundrules.arithmetic import Relation, minus
from refundrules.diagram import EVERY
from refundrules.facts import OUTBOUND_COST, OUTBOUND_SHARE, THRESHOLD_BROKEN, Words
from refundrules.formula import Apply, Formula, Ref
from refundrules.policyparts import Assumption
from refundrules.ruleset import Ruleset
from refundrules.space import LARGEST, FreeAnswers, Space, relation_of

ARRIVED, FINISHED = ("delivered", "completed", "closed"), ("completed", "closed")


class Known(NamedTuple):
    """Something that follows from how facts are derived from a case."""

    id: str
    facts: tuple[str, ...]
    """It says something where these are read."""
    words: Words
    made: Callable[[Space], int] | Relation
    """The cases that it leaves, or a relation between amounts."""


def _zero_unless(name: str, other: str, values: Sequence[object]) -> Callable[[Space], int]:
    def made(space: Space) -> int:
        zero = space.between(name, 0, 0)
        return EVERY if zero is None else space.diagrams.either(zero, space.values(other, values))

    return made


def _false_unless(name: str, other: str, values: Sequence[object]) -> Callable[[Space], int]:
    return lambda space: space.diagrams.either(space.values(name, [False]), space.values(other, values))


def _promised(space: Space) -> int:
    d, promise, told = space.diagrams, "order.free_shipping", "order.free_shipping_promised"
    yes, no = space.values(promise, ["unconditional"]), space.values(promise, ["none"])
    return d.both(
        d.either(d.without(yes), space.values(told, [True])), d.either(d.without(no), space.values(told, [False]))
    )


def _at_least_one(space: Space) -> int:
    found = space.between("claim.quantity", 1, LARGEST["count"])
    return EVERY if found is None else found


def _up_to(low: str | Formula, high: str | Formula) -> Relation:
    one, other = (Ref(side) if isinstance(side, str) else side for side in (low, high))
    return Relation(minus(other, one), strict=False)


KNOWN: tuple[Known, ...] = (
    Known(
        "DAYS-SINCE-DELIVERY", ("order.days_since_delivery", "order.status"),
        Words("签收前没有签收天数", "no days have passed since a delivery that has not happened"),
        _zero_unless("order.days_since_delivery", "order.status", ARRIVED),
    ),
    Known(
        "DAYS-SINCE-COMPLETION", ("order.days_since_completion", "order.status"),
        Words("完成前没有完成天数", "no days have passed since a completion that has not happened"),
        _zero_unless("order.days_since_completion", "order.status", FINISHED),
    ),
    Known(
        "DELIVERY-THEN-COMPLETION", ("order.days_since_completion", "order.days_since_delivery"),
        Words("订单先签收后完成", "an order is delivered before it completes"),
        _up_to("order.days_since_completion", "order.days_since_delivery"),
    ),
    Known(
        "FREE-SHIPPING-PROMISE", ("order.free_shipping", "order.free_shipping_promised"),
        Words("无条件包邮即已承诺，未包邮即未承诺", "unconditional free shipping is promised, and none is not"),
        _promised,
    ),
    Known(
        "THRESHOLD-BROKEN", (THRESHOLD_BROKEN, "order.free_shipping"),
        Words("没有包邮门槛就不会不足门槛", "only a free-shipping threshold can be broken"),
        _false_unless(THRESHOLD_BROKEN, "order.free_shipping", ["over_threshold"]),
    ),
    Known(
        "COST-SHARE", (OUTBOUND_SHARE, OUTBOUND_COST),
        Words("分摊的发货运费不超过发货运费", "a share of the outbound cost is no more than all of it"),
        _up_to(OUTBOUND_SHARE, OUTBOUND_COST),
    ),
    Known(
        "DEMANDED", ("claim.demanded", "claim.demands"),
        Words("没有索赔就没有索赔金额", "nothing is demanded where there is no demand"),
        _zero_unless("claim.demanded", "claim.demands", [True]),
    ),
    Known(
        "REPLACEMENT", ("claim.replacement_total", "claim.replacement_chosen"),
        Words("没选换货商品就没有其价格", "a replacement has no price until it is chosen"),
        _zero_unless("claim.replacement_total", "claim.replacement_chosen", [True]),
    ),
    Known(
        "PAID-OF-ORDER", ("claim.paid", "order.goods_paid"),
        Words("一件商品的实付不超过全部商品的实付", "what was paid for a line is part of what was paid for the order"),
        _up_to("claim.paid", "order.goods_paid"),
    ),
    Known(
        "SHIPPING-SHARE", ("claim.shipping_share", "order.shipping_charged"),
        Words("分摊的运费不超过收取的运费（税在价内）", "a share of the shipping charged is no more than all of it (taxes inside it)"),
        _up_to("claim.shipping_share", "order.shipping_charged"),
    ),
    Known(
        "PRICE-TIMES-QUANTITY", ("claim.paid", "line.unit_price"),
        Words("实付不超过单价乘数量（税在价内）", "what was paid for units is no more than their price (taxes inside it)"),
        _up_to("claim.paid", Apply("*", (Ref("line.unit_price"), Ref("claim.quantity")))),
    ),
    Known(
        "QUANTITY", ("claim.quantity",), Words("至少一件", "a claim is about one unit or more"), _at_least_one,
    ),
)  # fmt: skip


class Background(NamedTuple):
    """What holds of every case."""

    possible: tuple[int, ...]
    """The cases left by each thing that is not about amounts."""
    relations: tuple[Relation, ...]
    used: tuple[Known | Assumption, ...]


def background(space: Space, ruleset: Ruleset) -> Background:
    """Return what holds of every case of a ruleset, as far as its facts are read."""
    possible: list[int] = []
    relations: list[Relation] = []
    used: list[Known] = []
    for item in KNOWN:
        if isinstance(item.made, Relation):
            relations.append(item.made)
            if space.read.isdisjoint(item.facts):
                continue
        elif space.read.issuperset(item.facts):
            possible.append(item.made(space))
        else:
            continue
        used.append(item)
    for assumption in ruleset.policy.assumptions:
        relation = _as_relation(assumption, ruleset)
        if relation is not None:
            relations.append(relation)
        else:
            possible.append(space.condition(assumption.assume, ruleset, FreeAnswers(space)))
    return Background(tuple(possible), tuple(relations), (*used, *ruleset.policy.assumptions))


def _as_relation(assumption: Assumption, ruleset: Ruleset) -> Relation | None:
    if not isinstance(assumption.assume, cn.Compare):
        return None
    relation = relation_of(assumption.assume, ruleset)
    return relation if len(set(fm.names(relation.formula))) > 1 else None


def bearing_on(relations: Sequence[Relation], names: set[str]) -> Iterator[Relation]:
    """Yield the relations that tie facts of `names` to each other."""
    for relation in relations:
        reads = set(fm.names(relation.formula))
        if len(reads & names) > 1:
            yield relation
