"""What a backtest notes of one decided case: of the decision alone, against another policy's, against what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from refundrules.case.models import Case, Claim
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import ClaimDecision, Outcome, core_of
from refundrules.errors import Problem, did_you_mean, listed, quoted
from refundrules.money.currency import to_text
from refundrules.money.reading import read_number
from refundrules.policy.model import Policy
from refundrules.policy.questions import RESOLUTIONS

Key = tuple[str, ...]


class Example(NamedTuple):
    """One case worth looking at; the foremost have the smallest `rank`."""

    rank: tuple[int, str, str]
    """Less the money it moves, its id and where it stands: no two examples tie."""
    row: dict[str, Any]


class Tally:
    """Counts and sums of whole numbers under keys, and the foremost examples of each kind.

    Adding tallies is associative and commutative, so neither batches nor processes nor the order of
    files show in what comes out.
    """

    __slots__ = ("examples", "kept", "sums")

    def __init__(self, kept: int) -> None:
        self.kept = kept
        self.sums: dict[Key, int] = {}
        self.examples: dict[str, list[Example]] = {}

    def add(self, key: Key, amount: int = 1) -> None:
        """Add to what stands under a key."""
        self.sums[key] = self.sums.get(key, 0) + amount

    def show(self, kind: str, example: Example) -> None:
        """Keep an example if it is among the foremost of its kind."""
        found = self.examples.setdefault(kind, [])
        found.append(example)
        if len(found) >= 2 * self.kept + 8:
            self._trim(kind)

    def _trim(self, kind: str) -> None:
        self.examples[kind] = sorted(self.examples[kind], key=lambda item: item.rank)[: self.kept]

    def merge(self, other: Tally) -> None:
        """Add another tally to this one."""
        for key, amount in other.sums.items():
            self.add(key, amount)
        for kind, found in other.examples.items():
            self.examples[kind] = [*self.examples.get(kind, ()), *found]
            self._trim(kind)

    def foremost(self, kind: str) -> list[dict[str, Any]]:
        """Return the foremost examples of a kind, the first first."""
        self._trim(kind) if kind in self.examples else None
        return [example.row for example in self.examples.get(kind, ())]

    def under(self, *start: str) -> Iterator[tuple[Key, int]]:
        """Yield what stands under keys that begin so, without their beginning, in the order of the keys."""
        depth = len(start)
        for key in sorted(key for key in self.sums if key[:depth] == start):
            yield key[depth:], self.sums[key]

    def sum(self, *key: str) -> int:
        """Return what stands under a key; 0 when nothing does."""
        return self.sums.get(key, 0)


ACTUAL_FIELDS = ("outcome", "resolution", "refund")
DEFINITE = ("approve", "decline")
_QUIET = frozenset({"application", "deadlines", "instructions", "guardrails", "alternatives"})


class Actual(NamedTuple):
    """What really happened with a case; None: not said."""

    outcome: str | None
    resolution: str | None
    refund: int | None


def read_actual(data: Any, decimals: int) -> tuple[Actual | None, list[Problem]]:
    """Return what really happened (None when nothing is said), and what is wrong with it."""
    if data is None:
        return None, []
    if not isinstance(data, dict):
        return None, [Problem("actual", "is not a mapping", f"it may hold {listed(ACTUAL_FIELDS)}")]
    problems = [
        Problem(f"actual.{name}", f"unknown field `{name}`", did_you_mean(name, ACTUAL_FIELDS, listed(ACTUAL_FIELDS)))
        for name in data
        if name not in ACTUAL_FIELDS
    ]
    words: dict[str, str | None] = {}
    for name, known in (("outcome", get_args(Outcome)), ("resolution", (*RESOLUTIONS, "none"))):
        word = data.get(name)
        words[name] = word if word in known else None
        if word is not None and word not in known:
            problems.append(Problem(f"actual.{name}", f"{quoted(word)} is not one of its values", did_you_mean(word, known, f"one of {listed(known)}")))  # fmt: skip
    refund = None
    if data.get("refund") is not None:
        refund = _amount(data["refund"], decimals, problems)
    return Actual(words["outcome"], words["resolution"], refund), problems


def _amount(value: Any, decimals: int, problems: list[Problem]) -> int | None:
    try:
        return read_number(value, decimals)
    except ValueError as error:
        what = str(error).partition("; ")[0]
        problems.append(Problem("actual.refund", f"{quoted(value)} {what}", 'write it like "12.50"'))
        return None


def quiet_rules(policies: Iterable[Policy]) -> frozenset[str]:
    """Return the rules that answer nothing of a decision's core: they only follow from what the others decide."""
    return frozenset(
        rule.id
        for policy in policies
        for rule in policy.rules
        if all(answer.question in _QUIET for answer in rule.then)
    )


class Observer:
    """Notes decisions in a tally; amounts in minor units of a currency with so many decimals."""

    def __init__(self, tally: Tally, decimals: int, quiet: frozenset[str] = frozenset()) -> None:
        self.tally, self.decimals, self.quiet = tally, decimals, quiet

    def minor(self, amount: Decimal | None) -> int:
        return 0 if amount is None else int(amount.scaleb(self.decimals))

    def text(self, minor: int) -> str:
        return to_text(minor, self.decimals)

    # -- the decision alone -------------------------------------------------------------------

    def decided(self, case: Case, decision: Decision, works: Sequence[ClaimEvaluation]) -> None:
        """Note what a case was decided to be."""
        add = self.tally.add
        add(("cases",))
        add(("outcomes", decision.outcome))
        add(("refund", "cases"), self._refunded(decision))
        for given, claim, work in zip(case.claims, decision.claims, works, strict=True):
            add(("claims",))
            add(("reasons", given.reason, claim.outcome))
            add(("classes", claim.issue_class or "open", "claims"))
            for rule in claim.reasons:
                add(("rules", rule, "claims"))
            if claim.outcome == "approve":
                self._approved(given, claim)
            elif claim.outcome == "needs_information":
                add(("waiting",))
                for item in claim.missing:
                    add(("missing", item.fact))
            elif claim.outcome == "manual_review":
                kind, question, rules = why_reviewed(work)
                add(("reviews", kind, question, " ".join(rules)))

    def _approved(self, given: Claim, claim: ClaimDecision) -> None:
        add, minor = self.tally.add, self.minor
        total = minor(claim.refund.total) if claim.refund else 0
        resolution, about = claim.resolution or "none", claim.issue_class or "open"
        add(("resolutions", resolution, "claims"))
        if total:
            add(("refund", "claims"), total)
            add(("resolutions", resolution, "refund"), total)
            add(("classes", about, "refund"), total)
            add(("reasons", given.reason, "refund"), total)
        for part in claim.refund.parts if claim.refund else ():
            amount = minor(part.amount)
            add(("parts", part.kind), amount)
            if part.rule != "cap":
                add(("rules", part.rule, "refund"), amount)
        for extra in claim.extras:
            add(("extras", extra.kind), minor(extra.amount))
            add(("rules", extra.rule, "extras"), minor(extra.amount))
        if claim.offer is not None and claim.offer.steps:
            add(("offers", "claims"))
            add(("offers", "next"), minor(claim.offer.next))
            add(("offers", "last"), minor(claim.offer.steps[-1]))
        if claim.exchange is not None and claim.exchange.buyer_pays:
            add(("buyer_pays",), minor(claim.exchange.buyer_pays))
        self._leg("return", claim.freight.return_.payer, given.freight.return_quote)
        self._leg("replacement", claim.freight.replacement.payer, given.freight.replacement_quote)
        if claim.freight.return_.reimburse:
            add(("freight", "return", claim.freight.return_.payer or "open", "reimbursed"), minor(claim.freight.return_.reimburse))  # fmt: skip

    def _leg(self, leg: str, payer: str | None, quote: Decimal | None) -> None:
        if payer in (None, "none"):
            return
        self.tally.add(("freight", leg, str(payer), "claims"))
        if quote is None:
            self.tally.add(("freight", leg, str(payer), "unquoted"))
        else:
            self.tally.add(("freight", leg, str(payer), "quoted"), self.minor(quote))

    # -- against another policy ---------------------------------------------------------------

    def compared(self, case: Case, decision: Decision, other: Decision, where: str) -> bool:
        """Note where a case is decided otherwise than by the other policy; return whether it is."""
        flipped = False
        for given, claim, before in zip(case.claims, decision.claims, other.claims, strict=True):
            if told_apart_by(claim) == told_apart_by(before):
                continue
            flipped = True
            self._flip(case.id, given, claim, before, where)
        if flipped:
            self.tally.add(("flips", "cases"))
        self.tally.add(("against", "refund"), self._refunded(other))
        self.tally.add(("against", "outcomes", other.outcome))
        return flipped

    def _flip(self, case: str, given: Claim, claim: ClaimDecision, before: ClaimDecision, where: str) -> None:
        add = self.tally.add
        moved = self._granted(claim) - self._granted(before)
        freight = self._borne(given, claim) - self._borne(given, before)
        source, target = label(before), label(claim)
        if source == target:
            target = f"same, {'other amounts' if moved else 'other freight' if freight else 'otherwise'}"
        for key in (("flips",), ("flip", source, target)):
            add((*key, "claims"))
            add((*key, "moved"), moved)
            add((*key, "freight"), freight)
            add((*key, "up" if moved > 0 else "down"), moved)
        came = [rule for rule in claim.reasons if rule not in before.reasons and rule not in self.quiet]
        went = [rule for rule in before.reasons if rule not in claim.reasons and rule not in self.quiet]
        for rule, how in [*((rule, "in") for rule in came), *((rule, "out") for rule in went)]:
            add(("flip rules", rule, how, "claims"))
            add(("flip rules", rule, how, "moved"), moved)
            add(("flip rules", rule, how, "freight"), freight)
        row = {
            "case": case, "line": claim.line, "from": source, "to": target, "moves": self.text(moved),
            "from_refund": self.text(self._granted(before)), "to_refund": self.text(self._granted(claim)),
            "freight": self.text(freight), "rules_in": came, "rules_out": went, "where": where,
        }  # fmt: skip
        self.tally.show("flips", Example((-abs(moved) - abs(freight), case, f"{where} {claim.line}"), row))

    def _refunded(self, decision: Decision) -> int:
        """Return the refunds of a case's approved claims."""
        approved = [claim.refund for claim in decision.claims if claim.outcome == "approve"]
        return sum([self.minor(refund.total) for refund in approved if refund])

    def _borne(self, given: Claim, claim: ClaimDecision) -> int:
        """Return what of the freight the shop bears by the quotes; 0 where they are not known."""
        if claim.outcome != "approve":
            return 0
        back, forth = claim.freight.return_.payer == "seller", claim.freight.replacement.payer == "seller"
        quoted = given.freight
        return (self.minor(quoted.return_quote) if back else 0) + (self.minor(quoted.replacement_quote) if forth else 0)

    def _granted(self, claim: ClaimDecision) -> int:
        """Return refund and extras of an approved claim."""
        if claim.outcome != "approve":
            return 0
        return self.minor(claim.refund.total if claim.refund else None) + sum(
            self.minor(e.amount) for e in claim.extras
        )

    # -- against what happened ----------------------------------------------------------------

    def happened(self, decision: Decision, actual: Actual, where: str) -> bool | None:
        """Note whether what happened agrees; return that, or None where a person has to decide first."""
        add, first = self.tally.add, decision.claims[0]
        add(("actual",))
        if actual.outcome is not None:
            add(("actual outcomes", actual.outcome, decision.outcome))
        if decision.outcome not in DEFINITE:
            add(("actual left",))
            return None
        decided = self.minor(decision.refund.total)
        agrees = actual.outcome in (None, decision.outcome)
        if actual.resolution is not None:
            same = actual.resolution == first.resolution
            add(("actual resolution", "same" if same else "other"))
            agrees = agrees and same
            if not same:
                add(("actual resolutions", actual.resolution, str(first.resolution)))
        difference = 0
        if actual.refund is not None:
            difference = decided - actual.refund
            add(("actual refund", "cases"))
            add(("actual refund", "actual"), actual.refund)
            add(("actual refund", "decided"), decided)
            add(("actual refund", "same" if difference == 0 else "more" if difference > 0 else "less"))
            agrees = agrees and difference == 0
        add(("actual compared",))
        if agrees:
            add(("actual agrees",))
            return True
        paid = None if actual.refund is None else self.text(actual.refund)
        row = {
            "case": decision.case, "actual": label_of(actual.outcome, actual.resolution),
            "decided": label(first) if len(decision.claims) == 1 else label_of(decision.outcome, first.resolution),
            "actual_refund": paid, "decided_refund": self.text(decided), "moves": self.text(difference),
            "rules": [rule for rule in first.reasons if rule not in self.quiet], "where": where,
        }  # fmt: skip
        self.tally.show("disagreements", Example((-abs(difference), decision.case, where), row))
        return False


def told_apart_by(claim: ClaimDecision) -> tuple[Any, ...]:
    """Return what two policies are told apart by: the core of a claim's decision, and what is owed beside the refund."""
    extras = tuple((extra.kind, extra.amount) for extra in claim.extras)
    return core_of(claim), extras, claim.freight.return_.reimburse


def label(claim: ClaimDecision) -> str:
    """Return what came out in a word or two: the outcome, or the remedy granted."""
    return label_of(claim.outcome, claim.resolution)


def label_of(outcome: str | None, resolution: str | None) -> str:
    """Return the same of an outcome and a resolution."""
    if outcome in (None, "approve"):
        return resolution or outcome or "not said"
    return str(outcome)


def why_reviewed(work: ClaimEvaluation) -> tuple[str, str, tuple[str, ...]]:
    """Return why a person must decide: `gap`, `conflict`, `rule` …, about which question, and the rules concerned."""
    if not work.findings:
        return "jurisdiction", work.scene.order.jurisdiction, ()
    found = [
        (review.kind, review.question, finding.plan.ruleset.rules[at].id if at >= 0 else "")
        for finding in work.findings
        for result in finding.results
        if (review := result.review) is not None
        for at in (review.rules or (-1,))
    ]
    kinds, questions, rules = (sorted(set(words)) for words in zip(*found, strict=True))
    return " or ".join(kinds), " or ".join(questions), tuple(rule for rule in rules if rule)
