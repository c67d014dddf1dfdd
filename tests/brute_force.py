"""A second, deliberately naive reading of the design: decides one claim by trying every completion.

Nothing here comes from the library. It reads a pack and a case as plain data, of a small vocabulary, and follows
`docs/pack-format.md` and the meaning of the design word by word, in the slowest way that is obviously right.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

ONE_VALUED = (
    "issue_class", "fault", "outcome", "offer.ceiling", "resolution", "return_required", "freight.return",
    "freight.replacement", "exchange.waiver", "exchange.depreciation", "repair.payer", "application", "referral",
)  # fmt: skip
QUESTIONS = (
    "issue_class", "fault", "outcome", "offer.steps", "offer.ceiling", "resolution", "return_required",
    "freight.return", "freight.replacement", "freight.allowance", "exchange.propose", "exchange.waiver",
    "exchange.depreciation", "repair.payer", "parts", "extras", "application", "deadlines", "instructions",
    "guardrails", "alternatives", "referral",
)  # fmt: skip
ALWAYS = {"issue_class", "fault", "outcome", "deadlines", "instructions", "guardrails", "alternatives", "referral"}
FORMULAS = {"offer.ceiling", "exchange.waiver", "exchange.depreciation", "freight.allowance"}
SENT = ("exchange", "repair", "reship", "reship_part")
CORE = (
    "outcome", "issue_class", "fault", "resolution", "return_required", "refund.total", "freight.return",
    "freight.replacement", "buyer_pays",
)  # fmt: skip
REVIEW = ("manual_review",)

WISHES = (
    "return_and_refund", "refund_only", "exchange", "repair", "compensation", "reship", "price_adjustment",
    "amend_order",
)  # fmt: skip
HUGE = {"money": 10**12, "days": 10**6, "count": 10**6}
GRID = {kind: (*range(7), huge) for kind, huge in HUGE.items()}
INPUTS = {"order.days_since_delivery": "order.delivered_at", "order.days_since_completion": "order.completed_at"}
PLACED = "order.placed_at"


def minor(text: Any) -> int:
    """Return an amount in fen."""
    scaled = Fraction(str(text)) * 100
    assert scaled.denominator == 1
    return int(scaled)


def half_up(value: Fraction) -> int:
    """Return the nearest whole, halves away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def nested(data: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a path, or None."""
    for step in path.split("."):
        data = (data or {}).get(step)  # type: ignore[assignment]
    return data


def days_between(start: str | None, end: str) -> int | None:
    """Return calendar days between two bare dates."""
    return None if start is None else max(0, (date.fromisoformat(end) - date.fromisoformat(start)).days)


def facts_of(pack: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the small vocabulary's facts of a case with one line and one claim, all times bare dates."""
    claim, order, line = case["claims"][0], case["order"], case["order"]["lines"][0]
    today = case["decided_at"]
    replacement = claim.get("replacement_price")

    def money(path: str) -> int | None:
        found = nested(claim, path)
        return None if found is None else minor(found)

    facts = {
        "claim.reason": claim["reason"],
        "claim.requested": claim.get("requested"),
        "claim.insists": claim.get("insists", False),
        "claim.declined_offers": claim.get("declined_offers", 0),
        "claim.paid": minor(line["unit_price"]),
        "claim.goods.resalable": nested(claim, "goods.resalable"),
        "claim.goods.washed": nested(claim, "goods.washed"),
        "claim.goods.worn_days": nested(claim, "goods.worn_days"),
        "claim.assessed_loss": money("assessed_loss"),
        "claim.freight.return_quote": money("freight.return_quote"),
        "claim.replacement_chosen": replacement is not None,
        "claim.replacement_total": 0 if replacement is None else minor(replacement),
        "order.days_since_delivery": days_between(order.get("delivered_at"), today),
        "order.days_since_completion": days_between(order.get("completed_at"), today),
    }
    for name, item in pack.get("facts", {}).items():
        found = case.get("facts", {}).get(name.removeprefix("facts."))
        found = item.get("default") if found is None else found
        facts[name] = minor(found) if item["kind"] == "money" and found is not None else found
    return facts


def kind_of(pack: Mapping[str, Any], name: str) -> str:
    """Return what values a fact has: bool, enum, days, count or money."""
    if name in pack.get("facts", {}):
        kind: str = pack["facts"][name]["kind"]
        return kind
    if name in ("claim.assessed_loss", "claim.freight.return_quote"):
        return "money"
    if name in ("claim.goods.worn_days", "order.days_since_delivery", "order.days_since_completion"):
        return "days"
    return "enum" if name == "claim.requested" else "bool"


def grid(pack: Mapping[str, Any], name: str, amounts: Iterable[int] = ()) -> tuple[Any, ...]:
    """Return the values a fact may turn out to have, finer than any threshold of a small policy.

    `amounts` are more values that money may have.
    """
    if name == PLACED:
        return pack_dates(pack)
    kind = kind_of(pack, name)
    if kind == "bool":
        return (True, False)
    if kind == "enum":
        return WISHES if name == "claim.requested" else tuple(pack["facts"][name]["values"])
    return (*GRID[kind], *amounts) if kind == "money" else GRID[kind]


def meetings(pack: Mapping[str, Any], met: Iterable[int]) -> list[int]:
    """Return the sums, beyond the usual ones, at which a formula of an unknown sum meets amounts that came up.

    Formulas take a sum as it is, a share of it, or add up to six fen; two rules that give one amount agree only there.
    """
    shared = pack["parameters"].get("share", {"values": []})["values"]
    shares = {Fraction(1), *(World.share(value["value"]) for value in shared)}
    near = {
        whole + step
        for amount in met
        for share in shares
        for whole in (int(amount / share),)
        for step in range(-6 if share == 1 else -2, 3)
    }
    return sorted(value for value in near if 6 < value <= 250)


def pack_dates(pack: Mapping[str, Any]) -> tuple[date, ...]:
    """Return days on both sides of every date that selects by the order's date."""
    starts = {value["from"] for item in pack["parameters"].values() for value in item["values"]} - {"beginning"}
    starts |= {
        rule["in_force"][end] for rule in pack["rules"] for end in ("from", "until") if end in rule.get("in_force", {})
    }
    cuts = sorted(date.fromisoformat(start) for start in starts)
    return (date(2000, 1, 1), *cuts)


@cache
def parsed(text: str) -> ast.expr:
    """Return a formula's tree: Python reads the same operators in the same order."""
    return ast.parse(text, mode="eval").body


@cache
def dotted(node: ast.expr) -> str:
    """Return the name a part of a tree stands for."""
    return ast.unparse(node)


@dataclass
class World:
    """One completion: every fact has a value."""

    pack: Mapping[str, Any]
    facts: dict[str, Any]
    placed: date
    jurisdiction: str
    limit: int
    given: frozenset[str]
    """The facts that the case itself gives."""
    answers: dict[str, Any] = field(default_factory=dict)
    keyed: dict[str, dict[str, Any]] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    """Every amount that came up."""
    conflict: bool = False
    in_force: list[tuple[Mapping[str, Any], Mapping[str, Any]]] | None = None

    # -- formulas ---------------------------------------------------------------------------------

    def parameter(self, name: str) -> Fraction:
        item = self.pack["parameters"][name]
        chosen, since = None, date.min
        for value in item["values"]:
            start = date.min if value["from"] == "beginning" else date.fromisoformat(value["from"])
            if start <= self.placed and start >= since:
                chosen, since = value["value"], start
        number = self.share(chosen)
        return number * 100 if item["kind"] == "money" else number

    def number(self, text: Any) -> Fraction:
        return self._number(parsed(str(text)))

    def _number(self, node: ast.expr) -> Fraction:
        if isinstance(node, ast.Constant):
            return Fraction(node.value)  # type: ignore[arg-type]
        if isinstance(node, ast.UnaryOp):
            return -self._number(node.operand)
        if isinstance(node, ast.BinOp):
            left, right = self._number(node.left), self._number(node.right)
            if isinstance(node.op, ast.Add):
                return left + right
            if isinstance(node.op, ast.Sub):
                return left - right
            return left * right if isinstance(node.op, ast.Mult) else left / right
        if isinstance(node, ast.Call):
            args = [self._number(arg) for arg in node.args]
            what = dotted(node.func)
            if what in ("min", "max"):
                return min(args) if what == "min" else max(args)
            steps = args[0] / args[1]
            whole = steps.numerator // steps.denominator
            if what == "ceil" and whole != steps:
                whole += 1
            return (half_up(steps) if what == "round" else whole) * args[1]
        return self._named(dotted(node))

    def _named(self, name: str) -> Fraction:
        if name in self.pack["parameters"]:
            return self.parameter(name)
        if name in self.pack.get("definitions", {}):
            return self.number(self.pack["definitions"][name]["formula"])
        value = self.answers[name] if name == "refund_total" else self.facts[name]
        assert value is not None, name
        return Fraction(value)

    def amount(self, text: Any) -> int:
        found = half_up(self.number(text))
        self.met.add(found)
        return found

    @staticmethod
    def share(text: Any) -> Fraction:
        return Fraction(str(text).rstrip("%")) / (100 if str(text).endswith("%") else 1)

    # -- conditions -------------------------------------------------------------------------------

    def holds(self, condition: Mapping[str, Any]) -> bool:
        return all(self._entry(key, value) for key, value in condition.items())

    def _entry(self, key: str, value: Any) -> bool:
        if key == "all":
            return all(self.holds(item) for item in value)
        if key == "any":
            return any(self.holds(item) for item in value)
        if key == "not":
            return not self.holds(value)
        if key in ("known", "unknown"):
            names = value if isinstance(value, list) else [value]
            return all((name in self.given) == (key == "known") for name in names)
        if isinstance(value, Mapping):
            return all(self._operator(key, operator, operand) for operator, operand in value.items())
        return self._is(key, value)

    def _is(self, name: str, wanted: Any) -> bool:
        return self._actual(name) in (wanted if isinstance(wanted, list) else [wanted])

    def _actual(self, name: str) -> Any:
        if name in self.facts:
            assert self.facts[name] is not None, name
            return self.facts[name]
        definition = self.pack.get("definitions", {}).get(name)
        return self.answers.get(name) if definition is None else self.holds(definition["when"])

    def _operator(self, name: str, operator: str, operand: Any) -> bool:
        if operator == "not":
            return not self._is(name, operand)
        if operator in ("in", "not_in"):
            return self._is(name, self.pack["groups"][operand]["values"]) == (operator == "in")
        if operator == "between":
            return self.number(operand[0]) <= self.number(name) <= self.number(operand[1])
        left, right = self.number(name), self.number(operand)
        return {
            "below": left < right,
            "at_most": left <= right,
            "above": left > right,
            "at_least": left >= right,
        }[operator]

    # -- questions --------------------------------------------------------------------------------

    def rules(self) -> list[Mapping[str, Any]]:
        """Return the rules in force here."""
        found = []
        for rule in self.pack["rules"]:
            places = rule.get("jurisdictions", [self.jurisdiction])
            inside = self.jurisdiction in places or self.jurisdiction.partition("-")[0] in places
            span = rule.get("in_force", {})
            day = self.placed if span.get("by") == "order_placed" else date(2026, 6, 20)
            from_day = date.fromisoformat(span["from"]) if "from" in span else date.min
            until = date.fromisoformat(span["until"]) if "until" in span else date.max
            if inside and from_day <= day < until:
                found.append(rule)
        return found

    def speaking(self, question: str) -> list[tuple[Mapping[str, Any], Any]]:
        """Return the rules in force that answer a question, each with its answer."""
        if self.in_force is None:
            self.in_force = [(rule, flat(rule["then"])) for rule in self.rules()]
        return [(rule, then[question]) for rule, then in self.in_force if question in then]

    def standing(self, question: str) -> list[Any]:
        """Return the answers to a question of the rules that hold and that no rule which holds overrides there."""
        holding = [(rule, answer) for rule, answer in self.speaking(question) if self.holds(rule.get("when", {}))]
        silenced = {name for rule, _ in holding for name in rule.get("overrides", [])}
        return [answer for rule, answer in holding if rule["id"] not in silenced]

    def ask(self, question: str) -> None:
        said = self.standing(question)
        if question in FORMULAS:
            said = [self.amount(text) for text in said]
        if question in ("offer.steps", "parts", "extras"):
            found: dict[str, Any] = {}
            for mapping in said:
                for key, text in mapping.items():
                    value = self.amount(text)
                    if found.setdefault(str(key), value) != value:
                        self.conflict = True
            self.keyed[question] = found
        elif question in ("deadlines", "instructions", "guardrails", "alternatives"):
            pass
        else:
            if any(value != said[0] for value in said):
                self.conflict = True
            self.answers[question] = said[0] if said else None

    def decide(self) -> tuple[Any, ...]:
        """Return the core; `REVIEW` where a person must decide."""
        for question in QUESTIONS:
            if question not in ALWAYS and self.answers["outcome"] != "approve":
                self.answers[question] = None
                continue
            if question == "referral" and not self.conflict and self.answers["outcome"] != "manual_review":
                self.answers["refund_total"] = self.total()
            elif question == "referral":
                continue
            self.ask(question)
            if question == "offer.ceiling":
                self.answers["offer.open"] = self.declined() < len(self.steps())
        if self.conflict or self.is_gap() or self.answers["outcome"] == "manual_review" or self.answers.get("referral"):
            return REVIEW
        core = self.core()
        return core if all(self.keeps(guarantee, core) for guarantee in self.pack.get("guarantees", [])) else REVIEW

    def is_gap(self) -> bool:
        a = self.answers
        outcome = a["outcome"]
        if outcome in (None, "manual_review"):
            return True
        if a["issue_class"] is None:
            return True
        if outcome == "decline":
            return False
        back = a["return_required"] is True and a["freight.return"] is None
        forth = a["resolution"] in SENT and a["freight.replacement"] is None
        return a["fault"] is None or a["resolution"] is None or back or forth

    def declined(self) -> int:
        found: int = self.facts["claim.declined_offers"]
        return found

    def steps(self) -> list[int]:
        ceiling, rising = self.answers.get("offer.ceiling"), [0]
        for _, amount in sorted(self.keyed.get("offer.steps", {}).items()):
            step = amount if ceiling is None else min(amount, ceiling)
            if step > rising[-1]:
                rising.append(step)
        return rising[1:]

    def total(self) -> int:
        if self.answers["outcome"] != "approve":
            return 0
        parts = self.keyed.get("parts", {})
        goods = sum(amount for kind, amount in parts.items() if kind.startswith(("goods", "fee")))
        total = sum(parts.values()) - max(0, goods - self.facts["claim.paid"])
        if self.answers["resolution"] == "compensation" and self.answers["offer.open"]:
            total += self.steps()[self.declined()]
        return min(max(0, total), self.limit)

    def core(self) -> tuple[Any, ...]:
        a = self.answers
        if a["outcome"] == "decline":
            return ("decline", a["issue_class"], "none", "none", False, 0, "none", "none", None)
        returns = a["return_required"] or False
        back = a["freight.return"] or "none"
        forth = a["freight.replacement"] or "none"
        pays = self.buyer_pays() if a["resolution"] == "exchange" else None
        return ("approve", a["issue_class"], a["fault"], a["resolution"], returns, self.total(), back, forth, pays)

    def buyer_pays(self) -> int:
        pays: int = self.answers["exchange.depreciation"] or 0
        if self.facts["claim.replacement_chosen"]:
            difference = self.facts["claim.replacement_total"] - self.facts["claim.paid"]
            if difference > (self.answers["exchange.waiver"] or 0):
                pays += difference
        return pays

    def keeps(self, guarantee: Mapping[str, Any], core: tuple[Any, ...]) -> bool:
        """Return whether the decision is no worse than the guarantee; an open offer counts as what follows it."""
        if not self.holds(guarantee.get("when", {})) or self.is_above(guarantee["must"], core):
            return True
        if self.answers["resolution"] != "compensation" or not self.answers["offer.open"]:
            return False
        after = self.with_all_declined()
        return after is not None and self.is_above(guarantee["must"], after)

    def is_above(self, must: Mapping[str, Any], core: tuple[Any, ...]) -> bool:
        outcome, _, _, _, _, total, back, forth, _ = core
        if must.get("not_declined") and outcome == "decline":
            return False
        if "refund_at_least" in must and total < min(self.amount(must["refund_at_least"]), self.limit):
            return False
        return back != must.get("return_payer_not") and forth != must.get("replacement_payer_not")

    def with_all_declined(self) -> tuple[Any, ...] | None:
        facts = {**self.facts, "claim.declined_offers": 10**6}
        pack = {**self.pack, "guarantees": []}
        core = World(pack, facts, self.placed, self.jurisdiction, self.limit, self.given).decide()
        return None if core == REVIEW else core


def flat(then: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers by question, nested groups written out."""
    found: dict[str, Any] = {}
    for key, value in then.items():
        if key in ("freight", "exchange", "offer", "repair") and isinstance(value, Mapping):
            found |= {f"{key}.{inner}": answer for inner, answer in value.items()}
        else:
            found[key] = value
    return found


def names_in(data: Any, pack: Mapping[str, Any]) -> Iterator[str]:
    """Yield every word of a piece of a pack, definitions written out."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from names_in(key, pack)
            yield from names_in(value, pack)
    elif isinstance(data, list):
        for item in data:
            yield from names_in(item, pack)
    elif isinstance(data, str):
        for word in "".join(c if c.isalnum() or c in "._" else " " for c in data).split():
            yield word
            yield from names_in(pack.get("definitions", {}).get(word, {}), pack)


def read_by(pack: Mapping[str, Any]) -> set[str]:
    """Return every word that rules and guarantees use."""
    kept = ("when", "then", "must")
    items = [*pack["rules"], *pack.get("guarantees", [])]
    return {name for item in items for key in kept for name in names_in(item.get(key, {}), pack)}


@dataclass
class Answer:
    """What brute force says of a case."""

    cores: set[tuple[Any, ...]]
    missing: set[str]
    subject_to: bool
    """Whether the core rests on the inspection turning out well."""

    @property
    def outcome(self) -> str:
        return next(iter(self.cores))[0] if len(self.cores) == 1 else "needs_information"

    def settled(self, index: int) -> Any:
        """Return the value that a core field has in every completion; None where they differ or a person decides."""
        found = {core[index] if core != REVIEW else None for core in self.cores}
        return found.pop() if len(found) == 1 else None


def unknown_facts(pack: Mapping[str, Any], case: Mapping[str, Any]) -> list[str]:
    """Return the facts a policy reads and the case leaves unknown."""
    words = read_by(pack)
    facts = facts_of(pack, case)
    unknown = [name for name, value in facts.items() if value is None and name in words]
    if case["claims"][0].get("return_received_at") is None and "claim.goods.resalable" in unknown:
        unknown.remove("claim.goods.resalable")
    return unknown if PLACED.removeprefix("order.") in case["order"] else [*unknown, PLACED]


def completions(pack: Mapping[str, Any], case: Mapping[str, Any]) -> int:
    """Return how many completions there are to try."""
    count = 1
    for name in unknown_facts(pack, case):
        count *= len(grid(pack, name))
    return count


def decide(pack: Mapping[str, Any], case: Mapping[str, Any]) -> Answer:
    """Return what a policy makes of a case, by trying everything the unknown facts may be."""
    facts = facts_of(pack, case)
    assumed = facts["claim.goods.resalable"] is None and case["claims"][0].get("return_received_at") is None
    resalable = True if assumed else facts["claim.goods.resalable"]
    found = _cores(pack, case, {**facts, "claim.goods.resalable": resalable})
    cores, missing = set(found.values()), _missing(pack, case, found)
    rests = False
    if assumed:
        rests = set(_cores(pack, case, {**facts, "claim.goods.resalable": False}).values()) != cores
    return Answer(cores, missing, rests)


def _cores(
    pack: Mapping[str, Any], case: Mapping[str, Any], facts: dict[str, Any]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    found, met = _cores_with(pack, case, facts, ())
    amounts = meetings(pack, met)
    if amounts and any(kind_of(pack, name) == "money" for name in unknown_facts(pack, case) if name != PLACED):
        found, _ = _cores_with(pack, case, facts, amounts)
    return found


def _cores_with(
    pack: Mapping[str, Any], case: Mapping[str, Any], facts: dict[str, Any], amounts: Iterable[int]
) -> tuple[dict[tuple[Any, ...], tuple[Any, ...]], set[int]]:
    order = case["order"]
    limit = minor(order["captured"]) - minor(order.get("refunded", 0))
    unknown = unknown_facts(pack, case)
    given = frozenset(name for name, value in facts_of(pack, case).items() if value is not None)
    found, met = {}, set[int]()
    for values in product(*(grid(pack, name, amounts) for name in unknown)):
        chosen = dict(zip(unknown, values, strict=True))
        placed = chosen.pop(PLACED, None) or date.fromisoformat(order["placed_at"])
        complete = {**facts, **chosen}
        world = World(pack, complete, placed, order.get("jurisdiction", "CN"), limit, given)
        if all(_possible(world, item["assume"]) for item in pack.get("assumptions", [])):
            found[values] = world.decide()
            met |= world.met
    return found, met


def _possible(world: World, assume: Mapping[str, Any]) -> bool:
    names = [name for name in names_in(assume, world.pack) if name in world.facts]
    return any(world.facts[name] is None for name in names) or world.holds(assume)


def _missing(
    pack: Mapping[str, Any], case: Mapping[str, Any], found: Mapping[tuple[Any, ...], tuple[Any, ...]]
) -> set[str]:
    """Return the inputs of facts for which two completions that differ only in the fact differ in the core."""
    missing = set()
    for at, name in enumerate(unknown_facts(pack, case)):
        groups: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}
        for values, core in found.items():
            groups.setdefault((*values[:at], *values[at + 1 :]), set()).add(core)
        if any(len(cores) > 1 for cores in groups.values()):
            missing.add(INPUTS.get(name, name))
    return missing
