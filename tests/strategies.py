"""Random cases of the shop and random small policies, biased to the edges where a decision turns.

`cases()` draws valid cases for the shop's pack: 3.0 cm and a tenth beside it, day 7 and 8, 15 and 16, prices at the
round-trip freight and one fen beside it, several lines and claims, and facts that nobody knows yet. `situations()`
draws a small policy as pack data together with a case over the facts it reads; `brute_force` can decide those too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import brute_force
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from refundrules import Policy, load_policy
from refundrules.case.models import OF_THE_ORDER

Data = dict[str, Any]

QUALITY = (
    "size_deviation", "color_difference", "stain", "damage", "loose_threads", "pinhole", "asymmetry", "missing_part",
    "deformation", "shrinkage", "fading", "sole_separation", "seam_split", "malfunction", "wrong_item",
    "short_shipment", "counterfeit",
)  # fmt: skip
MIND = ("does_not_fit", "changed_mind")
LOGISTICS = ("not_received", "lost", "transit_damage", "late_shipment", "late_delivery")
PRICING = ("price_difference", "shipping_fee_charged", "wrong_address")
REASONS = (*QUALITY, *MIND, *LOGISTICS, *PRICING)
STATUSES = ("awaiting_payment", "paid", "shipped", "delivered", "completed", "closed")
CARRIERS = ("ZTO", "YTO", "SF")
WISHES = brute_force.WISHES

booleans = st.booleans()
sometimes = st.sampled_from([False, False, False, True])
seldom = st.sampled_from([*[False] * 9, True])


def examples(count: int) -> settings:
    """Return how hard a slow law looks: at `count` cases where an ordinary one looks at a hundred, never below three."""
    return settings(max_examples=max(3, count * settings().max_examples // 100))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return values, or None for a fact that nobody knows yet."""
    return st.one_of(values, values, values, st.none())


def given_only(data: Data) -> Data:
    """Return a mapping without what is unknown."""
    return {key: value for key, value in data.items() if value is not None}


def fen(amount: int) -> str:
    """Return fen as a decimal string of yuan."""
    return f"{amount // 100}.{amount % 100:02d}"


# -- cases of the shop --------------------------------------------------------------------------------------------

DECIDED = (
    "2026-06-20T12:00:00+08:00",
    "2026-06-21T00:00:00+08:00",
    "2026-03-01T23:59:59+08:00",
    "2025-02-14T09:00:00+08:00",
)
DAYS_AGO = (0, 0, 1, 1, 2, 6, 6, 7, 7, 8, 9, 14, 15, 16, 17, 31, 400)
PRICES = (1, 99, 500, 1199, 1200, 1201, 2399, 2400, 2401, 9900, 10000, 25999)
QUOTES = (0, 600, 1200, 1201, 1500)
DEVIATIONS = ("0", "2.9", "3", "3.0", "3.1", "4", "12.345")
LATE_EDGE = datetime.fromisoformat("2025-02-13T00:00:00+08:00")


@st.composite
def orders(draw: st.DrawFn, decided: datetime, status: str) -> Data:
    """Draw an order whose times fit its status, with totals that add up."""
    lines = [draw(lines_of_order(f"L{number}")) for number in range(1, draw(st.sampled_from([1, 1, 1, 2, 3])) + 1)]
    gross = [price_of(line) for line in lines]
    discount = draw(st.sampled_from([0, 0, 0, 1, 500, sum(gross)]).map(lambda cut: min(cut, sum(gross))))
    shipping = draw(st.sampled_from([0, 0, 1, 1000, 1200]))
    charged = 0 if status == "awaiting_payment" else sum(gross) - discount + shipping
    captured = draw(st.sampled_from([None, None, charged, max(0, charged - 1), charged // 2]))
    taken = charged if captured is None else captured
    refunded = draw(
        st.sampled_from([0, 0, 0, 1, taken // 2, max(0, taken - 1), taken]).map(lambda back: min(back, taken))
    )
    threshold = draw(maybe(st.sampled_from([sum(gross) - discount, sum(gross) - discount + 1, 9900, 1])))
    order = {
        "id": "O1",
        "currency": draw(st.sampled_from([None, "CNY"])),
        "jurisdiction": draw(st.sampled_from(["CN", "CN-ZJ", "CN-ZJ", "DE"])) if draw(sometimes) else None,
        "channel": draw(st.sampled_from([None, "online", "in_store"])),
        "status": status,
        "remote_area": draw(st.sampled_from([None, True])),
        "shipping_charged": fen(shipping),
        "shipping_cost": draw(maybe(st.sampled_from([0, 800, 1200]).map(fen))),
        "free_shipping": draw(st.sampled_from([None, "none", "unconditional", "over_threshold", "over_threshold"])),
        "free_shipping_threshold": None if threshold is None else fen(threshold),
        "discount": fen(discount) if discount else None,
        "captured": None if captured is None else fen(captured),
        "refunded": fen(refunded) if refunded else None,
        "lines": lines,
    }
    if draw(sometimes):
        order["tenders"] = draw(tenders(taken, refunded))
    return given_only(order | draw(times_of_order(decided, status)))


@st.composite
def lines_of_order(draw: st.DrawFn, name: str) -> Data:
    quantity, price = draw(st.sampled_from([1, 1, 1, 2, 3])), draw(st.sampled_from(PRICES))
    return given_only(
        {
            "id": name,
            "category": draw(st.sampled_from(["apparel", "footwear", "footwear", "appliance", "accessory", "other"])),
            "quantity": quantity,
            "unit_price": fen(price),
            "discount": draw(st.sampled_from([None, None, fen(1), fen(price)])),
            "promotional": draw(st.sampled_from([None, True])),
            "exclusion": draw(
                st.sampled_from([*[None] * 6, "custom_made", "digital", "hygiene", "near_expiry", "final_sale"])
            ),
            "exclusion_confirmed": draw(st.sampled_from([None, True])),
            "warranty_until": draw(st.sampled_from([None, None, "2026-06-20", "2026-06-19", "2027-01-01"])),
        }
    )


def price_of(line: Data) -> int:
    """Return what a line comes to, in fen, before the order's discount."""
    return brute_force.minor(line["unit_price"]) * line.get("quantity", 1) - brute_force.minor(line.get("discount", 0))


@st.composite
def tenders(draw: st.DrawFn, captured: int, refunded: int) -> list[Data]:
    """Draw means of payment that add up to what was captured and refunded."""
    first = draw(st.integers(0, captured))
    most, least = min(first, refunded), max(0, refunded - (captured - first))
    back = draw(st.integers(least, most))
    return [
        {"kind": "card", "captured": fen(first), "refunded": fen(back)},
        {"kind": "points", "captured": fen(captured - first), "refunded": fen(refunded - back)},
    ]


@st.composite
def times_of_order(draw: st.DrawFn, decided: datetime, status: str) -> Data:
    """Draw the order's events up to its status, in order, each possibly unknown."""
    happened = {"awaiting_payment": 1, "paid": 2, "shipped": 3, "delivered": 4}.get(status, 5)
    completed = decided - timedelta(
        days=draw(st.sampled_from(DAYS_AGO)), minutes=draw(st.sampled_from([0, 1, 719, 721]))
    )
    delivered = completed - timedelta(days=draw(st.sampled_from([0, 0, 1, 7, 8])))
    if status == "delivered":
        delivered = completed
    shipped = delivered - timedelta(days=draw(st.sampled_from([0, 1, 3])))
    placed = shipped - timedelta(days=draw(st.sampled_from([0, 1, 2, 3])))
    if draw(sometimes) and LATE_EDGE - timedelta(days=1) < shipped:
        placed = draw(st.sampled_from([LATE_EDGE, LATE_EDGE - timedelta(seconds=1)]))
        shipped, delivered, completed = (max(at, placed) for at in (shipped, delivered, completed))
    events = {
        "placed_at": placed,
        "paid_at": placed,
        "shipped_at": shipped,
        "delivered_at": delivered,
        "completed_at": completed,
    }
    known = dict(list(events.items())[:happened])
    shown: Data = {name: draw(maybe(st.just(at))) for name, at in known.items()}
    if draw(booleans):
        shown["ship_by"] = draw(
            st.sampled_from(
                [shipped, shipped - timedelta(seconds=1), placed + timedelta(hours=48), placed + timedelta(hours=49)]
            )
        )
    if draw(booleans):
        shown["deliver_by"] = draw(
            st.sampled_from([delivered, delivered - timedelta(seconds=1), decided, decided + timedelta(seconds=1)])
        )
    return {name: draw(written(at)) for name, at in shown.items() if at is not None}


def written(at: datetime) -> st.SearchStrategy[str]:
    """Return the ways to write one moment: with the shop's offset, in UTC."""
    return st.sampled_from([at.isoformat(), at.isoformat(), at.astimezone(UTC).isoformat()])


@st.composite
def claims(draw: st.DrawFn, order: Data, line: Data, left: int, decided: datetime, told: Collection[str]) -> Data:
    """Draw a claim, for another reason than those `told`, on a line of which `left` units are not claimed yet."""
    reason = draw(st.sampled_from([reason for reason in REASONS if reason not in told]))
    opened = draw(st.sampled_from([None, None, 0, 1, 9]))
    claim = {
        "line": line["id"] if len(order["lines"]) > 1 or draw(booleans) else None,
        "quantity": draw(st.integers(1, left)),
        "reason": reason,
        "severity": draw(maybe(st.sampled_from(["minor", "major"]))),
        "measurements": draw(maybe(measurements())) if reason == "size_deviation" or draw(sometimes) else None,
        "requested": draw(maybe(st.sampled_from([*WISHES, *WISHES[:5] * 2]))),
        "application": draw(maybe(st.sampled_from(["refund_only", "return_and_refund", "exchange"]))),
        "opened_at": None if opened is None else draw(written(decided - timedelta(days=opened))),
        "declined_offers": draw(st.sampled_from([None, None, 1, 2, 3, 4])),
        "insists": draw(st.sampled_from([None, None, True])),
        "demanded": draw(st.sampled_from(["0", "10.00", "10.01", "99.00", "1000"])) if draw(seldom) else None,
        "assessed_loss": draw(maybe(st.sampled_from(["0", "10.00", "24.01", "500.00"]))),
        "rightful_price": draw(maybe(st.sampled_from([line["unit_price"], "0", "5.00"]))),
        "return_received_at": draw(st.sampled_from([None, None, decided.isoformat()])),
        "repairs_of_same_part": draw(st.sampled_from([None, 1, 2])),
        "recoloring_declined": draw(st.sampled_from([None, True])),
        "replacement_price": draw(
            st.sampled_from([None, None, "0", line["unit_price"], fen(price_of(line) + 500), fen(price_of(line) + 501)])
        ),
        "parcel": draw(maybe(st.sampled_from(["in_transit", "lost", "delivered"]))),
    }
    for name, values in _PARTS_OF_CLAIM.items():
        if draw(booleans):
            claim[name] = given_only({key: draw(maybe(value)) for key, value in values.items()})
    return given_only(claim)


def measurements() -> st.SearchStrategy[list[Data]]:
    """Return one or two measured attributes, at the tolerance and beside it."""
    one = st.sampled_from(DEVIATIONS).map(
        lambda off: {
            "attribute": "chest",
            "declared_cm": "100",
            "actual_cm": str(100 - float(off)) if off != "12.345" else "112.345",
        }
    )
    return st.lists(one, min_size=0, max_size=2)


_PARTS_OF_CLAIM: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "goods": {
        "received": booleans, "worn_days": st.sampled_from([0, 1, 30, 31, 200, 201]), "washed": booleans,
        "care_label_followed": booleans, "labels_intact": st.sampled_from([True, True, False]),
        "soiled": st.sampled_from([False, False, True]), "resalable": booleans,
    },
    "tests": {
        "rub_test": st.sampled_from(["transfers", "clean"]), "soaking_marks": booleans,
        "batch_complaints": st.sampled_from([0, 1, 2]), "receipt_matches": st.sampled_from([True, True, False]),
        "cause": st.sampled_from(["seller", "buyer", "unclear"]),
    },
    "freight": {
        "return_quote": st.sampled_from(QUOTES).map(fen), "replacement_quote": st.sampled_from(QUOTES).map(fen),
        "advanced": st.sampled_from([0, 1199, 1200, 3000]).map(fen), "carrier": st.sampled_from(CARRIERS),
        "carriers_told": booleans,
    },
}  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Data:
    """Draw a valid case for the shop's pack, as plain data."""
    decided = datetime.fromisoformat(draw(st.sampled_from(DECIDED)))
    status = draw(st.sampled_from([*STATUSES, *["delivered", "completed"] * 5, "shipped"]))
    order = draw(orders(decided, status))
    left = {line["id"]: line["quantity"] for line in order["lines"]}
    made = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        free = [line for line in order["lines"] if left[line["id"]]]
        if not free:
            break
        line = draw(st.sampled_from(free))
        told = OF_THE_ORDER & {claim["reason"] for claim in made}
        made.append(draw(claims(order, line, left[line["id"]], decided, told)))
        if made[-1]["reason"] not in OF_THE_ORDER:
            left[line["id"]] -= made[-1]["quantity"]
    return given_only(
        {
            "id": "C1",
            "decided_at": decided.isoformat(),
            "language": draw(st.sampled_from([None, "zh", "en"])),
            "facts": draw(st.sampled_from([{}, {"dangerous": False}, {"dangerous": True}])) if draw(seldom) else None,
            "order": order,
            "claims": made,
            "shop": draw(st.sampled_from([None, {"listed_carriers": ["ZTO", "YTO"]}]))
            if draw(booleans)
            else {"listed_carriers": ["ZTO"], "in_stock": draw(booleans)},
            "customer": draw(st.sampled_from([None, None, {"tier": "gold"}, {"orders": 1}, {"orders": 2}])),
        }
    )


FORGETTABLE = {
    "order": (
        "placed_at", "shipped_at", "delivered_at", "completed_at", "ship_by", "deliver_by", "shipping_cost",
        "free_shipping_threshold",
    ),
    "shop": ("in_stock",),
    "claims": (
        "severity", "measurements", "requested", "application", "assessed_loss", "rightful_price", "parcel",
        "goods.received", "goods.worn_days", "goods.washed", "goods.care_label_followed", "goods.labels_intact",
        "goods.soiled", "tests.rub_test", "tests.soaking_marks", "tests.receipt_matches", "tests.cause",
        "freight.return_quote", "freight.replacement_quote", "freight.carrier", "freight.carriers_told",
    ),
}  # fmt: skip
"""What may be unknown, except `claim.goods.resalable`: a finding, which stands in `subject_to` instead."""


def known_spots(case: Data) -> list[tuple[str, int, str]]:
    """Return every place of a case where a fact is known that need not be: the section, the claim, the path."""
    spots = [("order", 0, name) for name in FORGETTABLE["order"] if name in case["order"]]
    spots += [("shop", 0, name) for name in FORGETTABLE["shop"] if name in case.get("shop", {})]
    for at, claim in enumerate(case["claims"]):
        spots += [("claims", at, path) for path in FORGETTABLE["claims"] if brute_force.nested(claim, path) is not None]
    return spots


def without(data: Data, path: str) -> Data:
    """Return a copy of nested data with one value left out."""
    head, _, rest = path.partition(".")
    if rest:
        return {**data, head: without(data[head], rest)}
    return {key: value for key, value in data.items() if key != head}


def with_value(data: Data, path: str, value: Any) -> Data:
    """Return a copy of nested data with one value set."""
    head, _, rest = path.partition(".")
    return {**data, head: with_value(data.get(head) or {}, rest, value) if rest else value}


def forgetting(case: Data, spot: tuple[str, int, str]) -> Data:
    """Return the case as it was before somebody knew what stands at a spot."""
    section, at, path = spot
    if section != "claims":
        return {**case, section: without(case[section], path)}
    claims = [without(claim, path) if index == at else claim for index, claim in enumerate(case["claims"])]
    return {**case, "claims": claims}


class Learning(NamedTuple):
    """A case, and the same case with one more fact known."""

    before: Data
    after: Data
    learnt: str


@st.composite
def learnings(draw: st.DrawFn) -> Learning:
    """Draw a case before and after one of its facts is known."""
    case = draw(cases())
    spots = known_spots(case)
    if not spots:
        return Learning(case, case, "")
    spot = draw(st.sampled_from(spots))
    return Learning(forgetting(case, spot), case, spot[2])


def sample(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Return the same `count` examples each time, for tests that need many at once."""
    found: list[Any] = []

    @settings(
        max_examples=count, database=None, derandomize=True, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found


# -- small policies -----------------------------------------------------------------------------------------------

TEXT = {"zh": "说明", "en": "a reason"}


class Situation(NamedTuple):
    """A small policy as pack data, and a case over its facts."""

    pack: Data
    case: Data

    def load(self) -> Policy:
        return load_pack(self.pack)


def load_pack(pack: Data) -> Policy:
    """Return the policy of pack data, by way of a file."""
    return load_text(json.dumps(pack))


def load_text(text: str) -> Policy:
    """Return the policy of a pack's text."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "small.yaml"
        place.write_text(text, encoding="utf-8")
        return load_policy(place)


PACK_FACTS: Data = {
    "facts.flag": {"kind": "bool", "question": TEXT},
    "facts.kind": {"kind": "enum", "values": ["a", "b", "c"], "question": TEXT},
    "facts.score": {"kind": "count", "question": TEXT},
    "facts.sum": {"kind": "money", "question": TEXT},
    "facts.closed": {"kind": "bool", "default": False},
}
DAYS = ("claim.goods.worn_days", "order.days_since_delivery", "order.days_since_completion")
SUMS = ("facts.sum", "claim.assessed_loss", "claim.freight.return_quote", "claim.paid", "both_sums")
OPERATORS = ("below", "at_most", "above", "at_least")
ANSWERED: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("issue_class", ("quality", "non_quality", "logistics")),
    ("fault", ("seller", "buyer", "none")),
    ("outcome", ("approve", "decline")),
    ("offer.open", (True, False)),
    ("resolution", ("return_and_refund", "refund_only", "exchange", "compensation", "repair")),
    ("return_required", (True, False)),
    ("freight.return", ("seller", "buyer")),
)


def _leaves() -> st.SearchStrategy[Data]:
    wishes = st.sampled_from(WISHES[:4])
    days = st.tuples(
        st.sampled_from(DAYS), st.sampled_from(OPERATORS), st.sampled_from(["few_days", "some_days", DAYS[1], "0"])
    )
    sums = st.tuples(
        st.sampled_from(SUMS),
        st.sampled_from(OPERATORS),
        st.sampled_from(["small", "claim.paid", "claim.assessed_loss", "small + small", "half_sum"]),
    )
    return st.one_of(
        st.sampled_from(
            ["facts.flag", "facts.closed", "claim.insists", "claim.goods.washed", "claim.goods.resalable", "named"]
        ).flatmap(lambda name: booleans.map(lambda value: {name: value})),
        wishes.map(lambda wish: {"claim.requested": wish}),
        wishes.map(lambda wish: {"claim.requested": {"not": wish}}),
        st.sampled_from([{"claim.requested": {"in": "money_back"}}, {"claim.requested": {"not_in": "money_back"}}]),
        st.sampled_from([{"facts.kind": "a"}, {"facts.kind": ["a", "b"]}, {"facts.kind": {"not": ["b"]}}]),
        st.sampled_from(OPERATORS).map(lambda sign: {"facts.score": {sign: "few"}}),
        st.just({"facts.score": {"between": ["few", "few + few"]}}),
        days.map(lambda found: {found[0]: {found[1]: found[2]}}),
        sums.map(lambda found: {found[0]: {found[1]: found[2]}}),
    )


def _nested(leaves: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    once = st.one_of(leaves, leaves, _joined(leaves))
    return st.one_of(once, once, _joined(once))


def _joined(inner: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda parts: {"all": parts}),
        several.map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
        st.tuples(inner, inner).map(lambda two: {**two[0], **two[1]}),
    )


_OVER_FACTS = _nested(_leaves())


def conditions(before: str) -> st.SearchStrategy[Data]:
    """Return conditions over facts and over answers to questions before `before`."""
    known = [name for name, _ in ANSWERED]
    at = known.index(before) if before in known else len(known)
    answers = [
        answered
        for name, values in ANSWERED[:at]
        for value in values
        for answered in ({name: value}, {name: {"not": value}})
    ]
    return _OVER_FACTS if not answers else _nested(st.one_of(_leaves(), _leaves(), st.sampled_from(answers)))


_AMOUNTS = st.sampled_from(
    [
        "claim.paid", "facts.sum", "claim.assessed_loss", "min(claim.assessed_loss, claim.paid)", "claim.paid * share",
        "facts.sum * share", "max(facts.sum, claim.freight.return_quote)", "floor(claim.paid * share, unit)",
        "ceil(facts.sum * share, unit)", "round(claim.assessed_loss * share, unit)", "small", "half_sum", "both_sums",
        "claim.paid - min(claim.paid, facts.sum)", "claim.paid * share * claim.goods.worn_days",
        "claim.paid * (1 - share)", "-min(claim.freight.return_quote, claim.paid)", "-small", "claim.paid / few",
    ]
)  # fmt: skip


@st.composite
def _split(draw: st.DrawFn, question: str, thens: st.SearchStrategy[Data]) -> list[Data]:
    """Draw rules for one question: one for all, two halves, a rule with an exception, or rules that may clash."""
    when = conditions(question)
    shape = draw(st.sampled_from(["one", "halves", "halves", "exception", "exception", "loose"]))
    if shape == "one":
        return [{"then": draw(thens)}]
    first = draw(when)
    halves = [{"when": first, "then": draw(thens)}, {"when": {"not": first}, "then": draw(thens)}]
    if shape == "halves":
        return halves
    if shape == "loose":
        return [{"when": draw(when), "then": draw(thens)} for _ in range(draw(st.integers(1, 3)))]
    found = halves if draw(booleans) else [{"then": draw(thens)}]
    exception = {"when": draw(when), "then": draw(thens), "silences": True}
    if draw(booleans):
        return [*found, exception, {"when": draw(when), "then": draw(thens), "silences": True}]
    return [*found, exception]


def _answer(question: str, values: Any) -> st.SearchStrategy[Data]:
    return st.sampled_from(values).map(lambda value: {question: value})


_CHAPTERS: tuple[tuple[str, st.SearchStrategy[Data], bool], ...] = (
    ("issue_class", st.sampled_from([{"issue_class": one, "fault": two} for one in ("quality", "non_quality") for two in ("seller", "none")]), True),
    ("outcome", _answer("outcome", ["approve", "approve", "approve", "decline", "manual_review"]), True),
    ("outcome", st.sampled_from([{"offer": {"steps": {"1": "small", "2": "claim.paid * share"}}}, {"offer": {"steps": {"1": "half_sum", "2": "both_sums", "3": "small"}, "ceiling": "claim.paid"}}, {"offer": {"steps": {"1": "small"}, "ceiling": "claim.assessed_loss"}}]), False),
    ("resolution", st.sampled_from([{"resolution": one, "return_required": two} for one in ANSWERED[4][1] for two in (True, False)]), True),
    ("freight.return", st.sampled_from([{"freight": {"return": one, "replacement": two}} for one in ("seller", "buyer") for two in ("seller", "buyer")]), True),
    ("parts", _AMOUNTS.map(lambda text: {"parts": {"goods": text}}), True),
    ("parts", _AMOUNTS.map(lambda text: {"parts": {"fee": text}}), False),
    ("parts", _AMOUNTS.map(lambda text: {"exchange": {"depreciation": text}}), False),
    ("parts", _AMOUNTS.map(lambda text: {"exchange": {"waiver": text}}), False),
    ("instructions", st.just({"instructions": ["note_it"]}), False),
    ("referral", st.just({"referral": "supervisor"}), False),
)  # fmt: skip


def _when_for(question: str) -> str:
    return "issue_class" if question in ("exchange", "parts") else question


@st.composite
def policies(draw: st.DrawFn) -> Data:
    """Draw a small policy as the data of one pack file."""
    rules: list[Data] = []
    for question, thens, usual in _CHAPTERS:
        if not usual and not draw(sometimes):
            continue
        drawn = draw(_split(_first_question(question), thens))
        start = len(rules)
        for rule in drawn:
            rules.append({"id": f"R-{len(rules) + 1:02d}", **rule})
        for at in range(start, len(rules)):
            if rules[at].pop("silences", False):
                earlier = [rule["id"] for rule in rules[start:at] if _share(rule, rules[at])]
                rules[at]["overrides"] = (
                    draw(st.sets(st.sampled_from(earlier), min_size=1).map(sorted)) if earlier else []
                )
    if draw(sometimes) and rules:
        rules[draw(st.integers(0, len(rules) - 1))]["jurisdictions"] = ["CN-ZJ"]
    if draw(sometimes) and rules:
        rules[draw(st.integers(0, len(rules) - 1))]["in_force"] = {"from": "2026-06-01", "by": "order_placed"}
    for rule in rules:
        if "referral" in rule["then"]:
            rule["when"] = {"refund_total": {draw(st.sampled_from(OPERATORS)): "small"}}
    for rule in rules:
        rule |= {"cite": ["S"], "because": TEXT}
    pack = HEAD | {"rules": rules, "parameters": draw(_parameters()), "definitions": draw(_definitions())}
    if draw(sometimes):
        pack["guarantees"] = [
            {"id": "FLOOR", "cite": ["S"], "because": TEXT, "when": draw(conditions("fault")), "must": draw(_FLOORS)}
        ]
    if draw(booleans):
        pack["assumptions"] = [
            {
                "id": "ORDER",
                "assume": {"order.days_since_completion": {"at_most": "order.days_since_delivery"}},
                "because": TEXT,
            }
        ]
    return pack


def _first_question(question: str) -> str:
    return {"parts": "parts", "instructions": "parts", "referral": "issue_class"}.get(question, question)


def _share(one: Data, other: Data) -> bool:
    return not set(brute_force.flat(one["then"])).isdisjoint(brute_force.flat(other["then"]))


_FLOORS = st.sampled_from(
    [
        {"not_declined": True}, {"refund_at_least": "claim.paid"}, {"refund_at_least": "claim.assessed_loss"},
        {"return_payer_not": "buyer"}, {"not_declined": True, "replacement_payer_not": "buyer", "refund_at_least": "small"},
    ]
)  # fmt: skip

HEAD_KEYS = ("pack", "version", "complete", "title", "jurisdictions", "currency", "time_zone", "language")
HEAD: Data = {
    "pack": "small",
    "version": "1.0.0",
    "complete": False,
    "title": TEXT,
    "jurisdictions": ["CN"],
    "currency": "CNY",
    "time_zone": "Asia/Shanghai",
    "language": "zh",
    "sources": {"S": {"title": TEXT}},
    "facts": PACK_FACTS,
    "groups": {"money_back": {"of": "claim.requested", "values": ["return_and_refund", "refund_only"]}},
    "instructions": {"note_it": TEXT},
}


@st.composite
def _parameters(draw: st.DrawFn) -> Data:
    def one(kind: str, values: list[Any]) -> Data:
        dated = [{"from": "beginning", "value": draw(st.sampled_from(values)), "cite": ["S"], "verified": False}]
        if draw(sometimes):
            dated.append(
                {"from": "2026-06-01", "value": draw(st.sampled_from(values)), "cite": ["S"], "verified": False}
            )
        return {"kind": kind, "title": TEXT, "better": "higher", "values": dated}

    return {
        "few": one("count", [1, 2]),
        "few_days": one("days", [1, 2]),
        "some_days": one("days", [3, 4]),
        "small": one("money", ["0.01", "0.02"]),
        "unit": one("money", ["0.01", "0.02"]),
        "share": one("share", ["1/2", "5/6", "30%", "1"]),
    }


def _definitions() -> st.SearchStrategy[Data]:
    named = _nested(_leaves().filter(lambda leaf: "named" not in leaf))
    half = st.sampled_from(["facts.sum * share", "claim.paid * share", "min(facts.sum, claim.assessed_loss)"])
    return st.tuples(named, half).map(
        lambda two: {
            "named": {"title": TEXT, "when": two[0]},
            "half_sum": {"title": TEXT, "formula": two[1]},
            "both_sums": {"title": TEXT, "formula": "facts.sum + claim.freight.return_quote"},
        }
    )


_DAYS_BEFORE: Callable[[int], str] = lambda days: f"2026-06-{20 - days:02d}"  # noqa: E731


@st.composite
def small_cases(draw: st.DrawFn, pack: Data, most: int = 700) -> Data:
    """Draw a case over the facts of a small policy, with no more completions than `most`."""
    delivered, completed = sorted([draw(st.integers(0, 5)), draw(st.integers(0, 5))], reverse=True)
    paid = draw(st.integers(0, 6))
    captured = draw(st.sampled_from([paid, paid, paid, paid + 1, 0]))
    facts = given_only(
        {
            "flag": draw(maybe(booleans)),
            "kind": draw(maybe(st.sampled_from(["a", "b", "c"]))),
            "score": draw(maybe(st.integers(0, 5))),
            "sum": draw(maybe(st.integers(0, 5).map(fen))),
            "closed": draw(st.sampled_from([None, True])),
        }
    )
    order = given_only(
        {
            "id": "O1",
            "status": "completed",
            "jurisdiction": draw(st.sampled_from([None, None, "CN-ZJ"])),
            "placed_at": draw(st.sampled_from(["2026-06-01", "2026-05-31", "2026-06-01", None])),
            "delivered_at": draw(maybe(st.just(_DAYS_BEFORE(delivered)))),
            "completed_at": draw(maybe(st.just(_DAYS_BEFORE(completed)))),
            "captured": fen(captured),
            "refunded": fen(draw(st.sampled_from([0, 0, min(1, captured)]))),
            "lines": [{"id": "L1", "category": "apparel", "unit_price": fen(paid)}],
        }
    )
    claim = given_only(
        {
            "reason": "stain",
            "requested": draw(maybe(st.sampled_from(WISHES[:5]))),
            "insists": draw(st.sampled_from([None, True])),
            "declined_offers": draw(st.sampled_from([None, None, 1, 2])),
            "assessed_loss": draw(maybe(st.integers(0, 6).map(fen))),
            "replacement_price": draw(st.sampled_from([None, fen(paid), fen(paid + 1), fen(paid + 2)])),
            "return_received_at": draw(st.sampled_from([None, None, "2026-06-20"])),
            "goods": given_only(
                {
                    "resalable": draw(maybe(booleans)),
                    "washed": draw(maybe(booleans)),
                    "worn_days": draw(maybe(st.integers(0, 5))),
                }
            ),
            "freight": given_only({"return_quote": draw(maybe(st.integers(0, 5).map(fen)))}),
        }
    )
    case = {"id": "C1", "decided_at": "2026-06-20", "language": "en", "facts": facts, "order": order, "claims": [claim]}
    return _small_enough(pack, case, most)


_FILLS: tuple[tuple[str, Any], ...] = (
    ("order.completed_at", "2026-06-20"),
    ("order.delivered_at", "2026-06-15"),
    ("claim.requested", "refund_only"),
    ("claim.freight.return_quote", "0.02"),
    ("claim.assessed_loss", "0.03"),
    ("facts.score", 2),
    ("claim.goods.worn_days", 2),
    ("facts.sum", "0.02"),
    ("facts.kind", "b"),
)


def _small_enough(pack: Data, case: Data, most: int) -> Data:
    for path, value in _FILLS:
        if brute_force.completions(pack, case) <= most:
            break
        root, _, rest = path.partition(".")
        if root == "claim":
            claim = case["claims"][0]
            case = {
                **case,
                "claims": [with_value(claim, rest, value) if brute_force.nested(claim, rest) is None else claim],
            }
        elif brute_force.nested(case, path) is None:
            case = with_value(case, path, value)
    return case


@st.composite
def situations(draw: st.DrawFn, most: int = 700) -> Situation:
    """Draw a small policy and a case over the facts it reads."""
    pack = draw(policies())
    return Situation(pack, draw(small_cases(pack, most)))
