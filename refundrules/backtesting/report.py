"""The report of a backtest: what it says, as plain data, as tables and as rows for a dataframe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from refundrules.backtesting.history import BadRow
from refundrules.backtesting.observer import Tally
from refundrules.case.models import Reason
from refundrules.engine.decision_models import Outcome
from refundrules.expr.formula import round_half_up
from refundrules.money.currency import exponent, to_decimal
from refundrules.policy.model import Policy
from refundrules.policy.questions import ISSUE_CLASSES, RESOLUTIONS
from refundrules.text.sentences import Sentences

SCHEMA = "refundrules.backtest/1"
Row = dict[str, Any]
_OUTCOMES: tuple[str, ...] = get_args(Outcome)
_PARTS = ("goods", "shipping", "compensation", "fee", "cap")
_PAYERS = ("seller", "buyer", "insurer")


@dataclass(frozen=True, eq=False)
class Backtest:
    """What a policy decides of past cases. Amounts are `Decimal` in the policy's currency, shares percentages."""

    policy: Policy
    against: Policy | None
    tally: Tally
    bad: tuple[BadRow, ...]
    """The first rows that could not be read or decided; `bad_rows` counts them all."""

    @property
    def cases(self) -> int:
        """How many cases were decided."""
        return self.tally.sum("cases")

    @property
    def claims(self) -> int:
        """How many claims they hold; everything but outcomes and order refunds is counted by claim."""
        return self.tally.sum("claims")

    @property
    def bad_rows(self) -> int:
        """How many rows could not be read or decided."""
        return self.tally.sum("bad")

    @property
    def flipped(self) -> int:
        """How many cases the two policies decide differently; 0 without `against`."""
        return self.tally.sum("flips", "cases")

    @property
    def refund(self) -> Decimal:
        """What the approved cases are refunded in all."""
        return self.amount("refund", "cases")

    @property
    def moved(self) -> Decimal:
        """What the approved refunds and extras of flipped claims come to, less what they come to by `against`."""
        return self.amount("flips", "moved")

    @property
    def moved_freight(self) -> Decimal:
        """What the shop bears of flipped claims' freight by the quotes, less what it bears by `against`."""
        return self.amount("flips", "freight")

    def amount(self, *key: str) -> Decimal:
        """Return a sum of the tally in the policy's currency."""
        return to_decimal(self.tally.sum(*key), exponent(self.policy.currency))

    def share(self, count: int, whole: int) -> Decimal:
        """Return a share in per cent, with one decimal; 0 of nothing."""
        return to_decimal(round_half_up(1000 * count, whole) if whole else 0, 1)

    # -- tables -------------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables there is something in."""
        return tuple(name for name in _TABLES if self.rows(name))

    def rows(self, table: str) -> list[Row]:
        """Return a table as flat rows for a dataframe, the largest first or in the order of the words they are about.

        Tables: `outcomes resolutions issue_classes reasons money freight review rules flips flip_rules flip_examples
        actual actual_outcomes actual_resolutions disagreements`. A table of which nothing is known is empty.
        """
        return _TABLES[table](self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data; amounts and shares are texts."""
        head: dict[str, Any] = {"schema": SCHEMA, "policy": _ref(self.policy)}
        head["against"] = _ref(self.against) if self.against else None
        head |= {
            "currency": self.policy.currency,
            "cases": self.cases,
            "claims": self.claims,
            "refund": str(self.refund),
        }
        head |= (
            {"flipped": self.flipped, "moved": str(self.moved), "moved_freight": str(self.moved_freight)}
            if self.against
            else {}
        )
        head["bad"] = {
            "rows": self.bad_rows,
            "first": [{"where": row.where, "problems": [str(problem) for problem in row.problems]} for row in self.bad],
        }
        tables = {
            name: [{key: _plain(value) for key, value in row.items()} for row in self.rows(name)] for name in _TABLES
        }
        return head | {"tables": tables}

    def __repr__(self) -> str:
        against = f" against {self.against.id}: {self.flipped} flipped" if self.against else ""
        return f"<Backtest of {self.policy.id}: {self.cases} cases{against}, {self.bad_rows} bad rows>"


def _ref(policy: Policy) -> dict[str, str]:
    return {"id": policy.id, "version": policy.version, "digest": policy.digest}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _grouped(tally: Tally, *start: str) -> dict[tuple[str, ...], dict[str, int]]:
    """Return what stands under a beginning, grouped by all but the last word of the keys."""
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for key, amount in tally.under(*start):
        found.setdefault(key[:-1], {})[key[-1]] = amount
    return found


def _by_words(words: Sequence[str], found: Mapping[tuple[str, ...], Any]) -> list[str]:
    return [word for word in words if (word,) in found]


def _outcomes(report: Backtest) -> list[Row]:
    tally, rows = report.tally, []
    for outcome in _OUTCOMES:
        count, before = tally.sum("outcomes", outcome), tally.sum("against", "outcomes", outcome)
        if not count and not before:
            continue
        row: Row = {"outcome": outcome, "cases": count, "share": report.share(count, report.cases)}
        if report.against:
            row |= {"against": before, "change": count - before}
        rows.append(row)
    return rows


def _resolutions(report: Backtest) -> list[Row]:
    found, approved = _grouped(report.tally, "resolutions"), 0
    approved = sum(sums["claims"] for sums in found.values())
    return [
        {
            "resolution": word, "claims": found[word,]["claims"], "share": report.share(found[word,]["claims"], approved),
            "refund": report.amount("resolutions", word, "refund"),
        }
        for word in _by_words(RESOLUTIONS, found)
    ]  # fmt: skip


def _classes(report: Backtest) -> list[Row]:
    found = _grouped(report.tally, "classes")
    return [
        {
            "issue_class": word, "claims": found[word,]["claims"], "share": report.share(found[word,]["claims"], report.claims),
            "refund": report.amount("classes", word, "refund"),
        }
        for word in _by_words((*ISSUE_CLASSES, "open"), found)
    ]  # fmt: skip


def _reasons(report: Backtest) -> list[Row]:
    rows = []
    for (word,), sums in _grouped(report.tally, "reasons").items():
        counts = {outcome: sums.get(outcome, 0) for outcome in _OUTCOMES}
        rows.append({"reason": word, "claims": sum(counts.values()), **counts, "refund": report.amount("reasons", word, "refund")})  # fmt: skip
    words = get_args(Reason)
    return sorted(rows, key=lambda row: (-row["claims"], words.index(row["reason"])))


def _money(report: Backtest) -> list[Row]:
    tally = report.tally
    rows = [
        {"what": f"refund.{kind}", "amount": report.amount("parts", kind)}
        for kind in _PARTS
        if tally.sum("parts", kind)
    ]
    rows.append({"what": "refund", "amount": report.refund})
    rows += [
        {"what": f"extras.{kind}", "amount": report.amount("extras", kind)} for (kind,), _ in tally.under("extras")
    ]
    reimbursed = sum(tally.sum("freight", "return", payer, "reimbursed") for payer in (*_PAYERS, "none", "open"))
    if reimbursed:
        rows.append({"what": "freight.reimbursed", "amount": to_decimal(reimbursed, exponent(report.policy.currency))})
    if tally.sum("buyer_pays"):
        rows.append({"what": "exchange.buyer_pays", "amount": report.amount("buyer_pays")})
    if tally.sum("offers", "claims"):
        rows.append({"what": "offers.next", "amount": report.amount("offers", "next")})
        rows.append({"what": "offers.last", "amount": report.amount("offers", "last")})
    return rows


def _freight(report: Backtest) -> list[Row]:
    found = _grouped(report.tally, "freight")
    return [
        {
            "leg": leg, "payer": payer, "claims": found[leg, payer].get("claims", 0),
            "quoted": report.amount("freight", leg, payer, "quoted"),
            "unquoted": found[leg, payer].get("unquoted", 0),
            "reimbursed": report.amount("freight", leg, payer, "reimbursed"),
        }
        for leg in ("return", "replacement")
        for payer in _PAYERS
        if (leg, payer) in found
    ]  # fmt: skip


def _review(report: Backtest) -> list[Row]:
    missing = [
        {"outcome": "needs_information", "why": "missing", "about": fact, "rules": "", "claims": count}
        for (fact,), count in report.tally.under("missing")
    ]
    reviews = [
        {"outcome": "manual_review", "why": kind, "about": question, "rules": rules, "claims": count}
        for (kind, question, rules), count in report.tally.under("reviews")
    ]
    rows = [*_largest(missing, "claims"), *_largest(reviews, "claims")]
    return [{**row, "share": report.share(row["claims"], report.claims)} for row in rows]


def _rules(report: Backtest) -> list[Row]:
    rows = [
        {
            "rule": rule, "claims": sums.get("claims", 0), "share": report.share(sums.get("claims", 0), report.claims),
            "refund": report.amount("rules", rule, "refund"), "extras": report.amount("rules", rule, "extras"),
            "because": _because(report, rule),
        }
        for (rule,), sums in _grouped(report.tally, "rules").items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-abs(row["refund"]) - abs(row["extras"]), -row["claims"]))


def _because(report: Backtest, name: str) -> str:
    """Return what a rule says for itself, with what a case fills in by name in brackets."""
    for policy in filter(None, (report.policy, report.against)):
        if name in policy.rule:
            return Sentences(policy).because(policy.rule[name].because).en
    return ""


def _flips(report: Backtest) -> list[Row]:
    rows = [
        {
            "from": source, "to": target, "claims": sums["claims"], "moved": report.amount("flip", source, target, "moved"),
            "up": report.amount("flip", source, target, "up"), "down": report.amount("flip", source, target, "down"),
            "freight": report.amount("flip", source, target, "freight"),
        }
        for (source, target), sums in _grouped(report.tally, "flip").items()
    ]  # fmt: skip
    return _largest(rows, "claims")


def _flip_rules(report: Backtest) -> list[Row]:
    rows = [
        {
            "rule": rule, "now": how, "claims": sums["claims"], "moved": report.amount("flip rules", rule, how, "moved"),
            "freight": report.amount("flip rules", rule, how, "freight"), "because": _because(report, rule),
        }
        for (rule, how), sums in _grouped(report.tally, "flip rules").items()
    ]  # fmt: skip
    return _largest(rows, "claims")


def _examples(kind: str, amounts: Sequence[str]) -> Callable[[Backtest], list[Row]]:
    def rows(report: Backtest) -> list[Row]:
        found = report.tally.foremost(kind)
        return [
            {
                key: " ".join(value)
                if isinstance(value, list)
                else Decimal(value)
                if key in amounts and value
                else value
                for key, value in row.items()
            }
            for row in found
        ]

    return rows


def _actual(report: Backtest) -> list[Row]:
    tally = report.tally
    if not tally.sum("actual"):
        return []
    compared, paid = tally.sum("actual compared"), tally.sum("actual refund", "cases")
    rows: list[Row] = [
        {"what": "cases with `actual`", "cases": tally.sum("actual"), "amount": None},
        {"what": "left to a person", "cases": tally.sum("actual left"), "amount": None},
        {"what": "compared", "cases": compared, "amount": None},
        {"what": "agree in all that is said", "cases": tally.sum("actual agrees"), "amount": None},
    ]
    if paid:
        refund = {which: tally.sum("actual refund", which) for which in ("actual", "decided")}
        decimals = exponent(report.policy.currency)
        rows += [
            {"what": "refunded in fact", "cases": paid, "amount": to_decimal(refund["actual"], decimals)},
            {"what": "refund decided", "cases": paid, "amount": to_decimal(refund["decided"], decimals)},
            {"what": "difference", "cases": paid, "amount": to_decimal(refund["decided"] - refund["actual"], decimals)},
        ]
    return rows


def _actual_outcomes(report: Backtest) -> list[Row]:
    rows = [
        {"actual": actual, "decided": decided, "cases": count}
        for (actual, decided), count in report.tally.under("actual outcomes")
    ]
    return _largest(rows, "cases")


def _actual_resolutions(report: Backtest) -> list[Row]:
    rows = [
        {"actual": actual, "decided": decided, "cases": count}
        for (actual, decided), count in report.tally.under("actual resolutions")
    ]
    return _largest(rows, "cases")


def _largest(rows: Sequence[Row], by: str) -> list[Row]:
    """Return the rows with the largest first, ties in the order they were in."""
    return sorted(rows, key=lambda row: -row[by])


_TABLES: dict[str, Callable[[Backtest], list[Row]]] = {
    "outcomes": _outcomes, "resolutions": _resolutions, "issue_classes": _classes, "reasons": _reasons, "money": _money,
    "freight": _freight, "review": _review, "rules": _rules, "flips": _flips, "flip_rules": _flip_rules,
    "flip_examples": _examples("flips", ("moves", "from_refund", "to_refund", "freight")),
    "actual": _actual, "actual_outcomes": _actual_outcomes, "actual_resolutions": _actual_resolutions,
    "disagreements": _examples("disagreements", ("moves", "actual_refund", "decided_refund")),
}  # fmt: skip
