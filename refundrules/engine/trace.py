"""The trace: enough for a person to redo the decision by hand.

A pure function of policy and facts, worked out when somebody reads it. Conditions are evaluated
here by their reference meaning; if that ever disagreed with the decision, `EngineError` is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from refundrules.case.facts import WORKED
from refundrules.engine.build_decision import show_name
from refundrules.engine.cache import fresh_copy, kept_text
from refundrules.engine.claim_evaluation import ClaimEvaluation, RulesetOutcome
from refundrules.engine.decision_models import ClaimDecision, OrderRefund
from refundrules.engine.environment import Environment
from refundrules.engine.limits import CAP_RULE
from refundrules.engine.messages import told as messages_told
from refundrules.engine.result import CONFLICT, ClaimResult
from refundrules.engine.ruleset import RuleAnswer
from refundrules.errors import EngineError
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.io.catalog import say
from refundrules.io.numbers import exact_text
from refundrules.money.currency import exponent
from refundrules.policy.dump import answer_data
from refundrules.policy.model import Policy
from refundrules.policy.parts import Guarantee, Rule
from refundrules.policy.questions import POSITION, QUESTIONS
from refundrules.text.values import filled, plain

SCHEMA = "refundrules.trace/1"
_TRUTH = {0: False, 1: True, 2: None}


def build_trace(
    policy: Policy,
    works: Sequence[ClaimEvaluation],
    claims: Sequence[ClaimDecision],
    language: str,
    refund: OrderRefund,
) -> dict[str, Any]:
    """Return the trace of a decision as plain JSON data (schema `refundrules.trace/1`)."""
    return {
        "schema": SCHEMA,
        "policy": {"id": policy.id, "version": policy.version, "packs": list(policy.packs)},
        "time_zone": policy.time_zone,
        "texts": _texts(policy, claims, language),
        "claims": [_claim(work, claim, language) for work, claim in zip(works, claims, strict=True)],
        "messages": messages_told(policy, claims, refund),
    }


def _texts(policy: Policy, claims: Sequence[ClaimDecision], language: str) -> dict[str, dict[str, str]]:
    """Return the policy's words for the codes the decision uses."""
    used = {
        "instructions": {code for claim in claims for code in claim.instructions},
        "guardrails": {code for claim in claims for code in claim.guardrails},
        "cites": {code for claim in claims for code in claim.cites},
    }
    words = {
        "instructions": policy.instructions,
        "guardrails": policy.guardrails,
        "cites": {key: source.title for key, source in policy.sources.items()},
    }
    return {
        section: {code: words[section][code].to(language) for code in sorted(codes) if code in words[section]}
        for section, codes in used.items()
    }


def _claim(work: ClaimEvaluation, claim: ClaimDecision, language: str) -> dict[str, Any]:
    data: dict[str, Any] = {"line": claim.line, "reason": work.scene.claim.reason, "outcome": claim.outcome}
    if not work.findings:
        jurisdiction = work.scene.order.jurisdiction
        data["review"] = {"kind": "jurisdiction", "question": None, "detail": jurisdiction, "rules": []}
        return data
    finding = work.findings[0]
    result = finding.results[0] if len(finding.results) == 1 else finding.first
    tracing = TraceWriter(work, finding, result, language)
    data["facts"] = tracing.facts_used()
    data["parameters"] = tracing.parameters_used()
    data["rules"] = tracing.rules()
    data["questions"] = tracing.questions()
    data["money"] = tracing.money(claim)
    data["guarantees"] = tracing.guarantees()
    data["review"] = tracing.review()
    data["completion"] = tracing.completion(claim)
    return data


class TraceWriter:
    """Says of one claim what was read, which rules held, and what they came to."""

    def __init__(self, work: ClaimEvaluation, finding: RulesetOutcome, result: ClaimResult, language: str) -> None:
        self.work, self.finding, self.result, self.language = work, finding, result, language
        self.plan = finding.plan
        self.ruleset = self.plan.ruleset
        self.policy = self.ruleset.policy
        self.reading = Environment(self.ruleset, result.facts, result.answers, finding.known)
        self.spoken = self.plan.layout(result.candidates)
        self._told = kept_text(result)
        self._held: dict[int, bool | None] = {}
        self._conditions: dict[int, dict[str, Any]] = {}
        self._meanings: dict[str, dict[str, Any]] = {}

    # -- what was read ------------------------------------------------------------------------

    def _names(self) -> set[str]:
        readers: list[Rule | Guarantee] = [self.ruleset.rules[at] for at in self.result.candidates]
        readers += [guarantee for guarantee, *_ in self.plan.floors]
        return set().union(*[self.ruleset.names_read(reader) for reader in readers])

    def facts_used(self) -> list[dict[str, Any]]:
        """Return the facts that candidate rules and guarantees read, and where each came from."""
        used = self._fresh("facts", lambda: sorted(self.ruleset.index.get(name, -1) for name in self._names()))
        return [self._fact(at) for at in used if at >= 0]

    def _fresh(self, name: str, make: Callable[[], Any]) -> Any:
        return fresh_copy(self._told, (name, self.language), make)

    def _fact(self, at: int) -> dict[str, Any]:
        fact, value = self.ruleset.facts[at], self.result.facts[at]
        shown = value if value is None or value.__class__ is str else plain(value, fact.kind, self.policy.currency)
        data = {"fact": fact.name, "kind": fact.kind, "value": shown}
        path = fact.inputs[0]
        if at in self.finding.assumed:
            data["origin"] = "assumed"
        elif value is None:
            data |= {"origin": "unknown", "input": path}
        elif fact.derivation:
            data |= {"how": fact.derivation, "origin": "derived", "input": path}
            if fact.name in WORKED:
                data["formula"] = self.work.scene.formula(WORKED[fact.name])
        elif fact.optional or self._is_given(path):
            data |= {"origin": "given", "input": path}
        else:
            data["origin"] = "default"
        return data

    def _is_given(self, path: str) -> bool:
        scene = self.work.scene
        root, *steps = path.split(".")
        at: Any = {"claim": scene.claim, "order": scene.order, "line": scene.line, "shop": scene.case.shop}.get(
            root, scene.case.customer if root == "customer" else scene.case.facts
        )
        for step in steps:
            if isinstance(at, Mapping):
                return step in at
            if step not in at.model_fields_set:
                return False
            at = getattr(at, step)
        return True

    def parameters_used(self) -> list[dict[str, Any]]:
        """Return the parameters read, with the value's date and citation."""
        return self._fresh("parameters", self._parameters)  # type: ignore[no-any-return]

    def _parameters(self) -> list[dict[str, Any]]:
        names = self._names()
        found = []
        for name, value in self.ruleset.values.items():
            if name in names:
                parameter = self.policy.parameters[name]
                found.append(
                    {
                        "parameter": name,
                        "kind": parameter.kind,
                        "value": plain(self.ruleset.scaled[name], parameter.kind, self.policy.currency),
                        "from": value.start.isoformat() if value.start else "beginning",
                        "chosen_by": parameter.by,
                        "cite": list(value.cite),
                        "verified": value.verified.isoformat() if value.verified else False,
                    }
                )
        return found

    # -- rules and questions ------------------------------------------------------------------

    def held(self, at: int) -> bool | None:
        """Return whether a rule holds, by the reference meaning; None when unknown."""
        if at not in self._held:
            self._conditions[at] = self._condition(self.ruleset.rules[at].when)
            self._held[at] = self._conditions[at]["truth"]
        return self._held[at]

    def rules(self) -> list[dict[str, Any]]:
        """Return every candidate rule with its conditions."""
        plain_rules = [at for at in self.result.candidates if self.ruleset.is_plain(at)]
        ready = self._fresh("rules", lambda: {at: self.rule(at) for at in plain_rules})
        return [ready[at] if at in ready else self.rule(at) for at in self.result.candidates]

    def rule(self, at: int) -> dict[str, Any]:
        rule = self.ruleset.rules[at]
        held = self.held(at)
        decided = self.result.truths.get(at)
        if decided is not None and _TRUTH[decided] is not held:
            raise EngineError(f"rule `{rule.id}` was found {_TRUTH[decided]} but means {held}; please report this")
        because = rule.because.to(self.language)
        return {
            "rule": rule.id,
            "holds": held,
            "because": filled(because, self._show) if "{" in because else because,
            "cite": list(rule.cite),
            "when": self._conditions[at],
        }

    def _show(self, name: str) -> str:
        return show_name(self.ruleset, self.result.facts, name, self.language)

    def _condition(self, condition: Condition) -> dict[str, Any]:
        """Return a condition with what it found, truths worked out from the parts upwards."""
        if isinstance(condition, cn.Group):
            parts = [self._condition(part) for part in condition.parts]
            word, stop = ("all", False) if isinstance(condition, cn.All) else ("any", True)
            return {word: parts, "truth": _joined([part["truth"] for part in parts], stop=stop)}
        if isinstance(condition, cn.Not):
            part = self._condition(condition.part)
            return {"not": part, "truth": None if part["truth"] is None else not part["truth"]}
        data: dict[str, Any] = {"name": condition.name}
        if isinstance(condition, cn.Known):
            data |= {"wanted": "known", "truth": self.reading.known(condition.name)}
        elif isinstance(condition, cn.Is):
            self._equality(condition, data)
        else:
            left = cn.number(condition.name, self.reading)
            right = cn.number(condition.right, self.reading)
            kind, currency = self._kind(condition.name), self.policy.currency
            data |= {
                "wanted": condition.operator,
                "than": fm.to_text(condition.right),
                "which_is": None if right is None else _exact(right, kind, currency),
                "actual": None if left is None else _exact(left, kind, currency),
                "truth": None if left is None or right is None else cn.HOLDS[condition.operator](left, right),
            }
        return data

    def _equality(self, condition: cn.Is, data: dict[str, Any]) -> None:
        data["wanted"] = list(condition.values)
        body = self.ruleset.defined(condition.name)
        if isinstance(body, cn.Condition):
            means = self._meanings.get(condition.name) or self._condition(body)
            self._meanings[condition.name] = means
            data |= {"actual": means["truth"], "means": means}
            data["truth"] = None if means["truth"] is None else means["truth"] in condition.values
            return
        value = self.reading.value(condition.name)
        data["actual"] = sorted(str(item) for item in value) if isinstance(value, frozenset) else value
        data["truth"] = cn.truth(condition, self.reading)

    def _kind(self, name: str) -> str:
        at = self.ruleset.index.get(name)
        if at is not None:
            return self.ruleset.facts[at].kind
        definition = self.policy.definitions.get(name)
        return definition.kind if definition else "money"

    def questions(self) -> list[dict[str, Any]]:
        """Return each question asked: its answer, and every rule that spoke or could have."""
        asked: list[dict[str, Any]] = self._fresh("questions", self._questions)
        for data in asked:
            position = POSITION[data["question"]]
            if QUESTIONS[position].kind == "formula" and "answer" in data:
                data["answer"] = self._answer(position)
        return asked

    def _questions(self) -> list[dict[str, Any]]:
        found = []
        for position, question in enumerate(QUESTIONS):
            spoken = self.spoken[position]
            asked = question.always or self.result.answers[POSITION["outcome"]] not in ("decline", "manual_review")
            if not asked or (not spoken and question.keyed):
                continue
            data: dict[str, Any] = {"question": question.id}
            if not question.keyed:
                data["answer"] = self._answer(position)
            data["rules"] = [self._said(item, question.id) for item in spoken]
            found.append(data)
        return found

    def _answer(self, position: int) -> Any:
        value = self.result.answers[position]
        if isinstance(value, frozenset):
            return {"may_be": sorted((item for item in value if item not in (CONFLICT, "unsettled")), key=str)}
        if isinstance(value, int) and not isinstance(value, bool):
            return plain(value, "money", self.policy.currency)
        return value

    def _said(self, item: RuleAnswer, question: str) -> dict[str, Any]:
        rule = self.ruleset.rules[item.rule]
        data: dict[str, Any] = {"rule": rule.id}
        if item.key is not None:
            data["key"] = item.key
        if item.value is not True or question == "return_required":
            data["says"] = answer_data(item.value)
        held = self.held(item.rule)
        over = [at for at in item.silencers if self.held(at) is not False]
        sure = [at for at in over if self.held(at)]
        if held is False:
            data["verdict"] = "does not hold"
        elif sure:
            data["verdict"] = "silenced"
        elif held is None or over:
            data["verdict"] = "open"
        else:
            data["verdict"] = "stands"
        if over and held is not False:
            data["silenced_by"] = [self.ruleset.rules[at].id for at in over]
        return data

    # -- money, guarantees, review ------------------------------------------------------------

    def money(self, claim: ClaimDecision) -> list[dict[str, Any]]:
        steps = []
        for kind, amount, item in self.result.parts:
            if item is None:
                steps.append(self._cut(kind, amount))
            elif item.amount is None:
                steps.append(self._offered(kind, amount, item))
            else:
                steps.append(self._computed(kind, item))
        extras = self.result.collected.get(POSITION["extras"], ())
        steps += [self._computed(f"extra {item.key}", item) for item in extras]
        offers = sorted(self.result.collected.get(POSITION["offer.steps"], ()), key=lambda item: item.key or "")
        steps += [self._capped(self._computed(f"offer step {item.key}", item), item) for item in offers]
        steps += self._freight(claim)
        steps += [self._cut(key, cut) for key, cut in self.work.cuts]
        return steps

    def _cut(self, key: str, amount: int | None) -> dict[str, Any]:
        amount_text = plain(amount, "money", self.policy.currency)
        return {"kind": key, "amount": amount_text, "rule": CAP_RULE, "why": say(f"why.{key}", self.language)}

    def _offered(self, kind: str, amount: int | None, item: RuleAnswer) -> dict[str, Any]:
        rule, shown = self.ruleset.rules[item.rule].id, plain(amount, "money", self.policy.currency)
        return {"kind": kind, "amount": shown, "rule": rule, "formula": "the current step of the offer"}

    def _computed(self, kind: str, item: RuleAnswer) -> dict[str, Any]:
        assert item.amount is not None
        value = item.amount.compute(self.result.facts)
        formula = fm.expanded(item.value, self.ruleset.defined)
        exact = cn.number(formula, self.reading)
        return {
            "kind": kind,
            "rule": self.ruleset.rules[item.rule].id,
            "formula": item.amount.text,
            "filled_in": fm.to_text(formula, self._filled),
            "exact": None if exact is None else _exact(exact, "money", self.policy.currency),
            "amount": plain(value, "money", self.policy.currency),
        }

    def _capped(self, step: dict[str, Any], item: RuleAnswer) -> dict[str, Any]:
        """Add the ceiling that cut a step of an offer."""
        ceiling = self.result.answers[POSITION["offer.ceiling"]]
        value = item.amount.compute(self.result.facts) if item.amount else None
        if isinstance(ceiling, int) and value is not None and value > ceiling:
            cut = plain(ceiling, "money", self.policy.currency)
            return {**step, "amount": cut, "cut_to": cut}
        return step

    def _freight(self, claim: ClaimDecision) -> list[dict[str, Any]]:
        """Return how what is reimbursed of the return freight came about."""
        position = POSITION["freight.allowance"]
        reimbursed = claim.freight.return_.reimburse
        said = [item for item in self.spoken[position] if item.rule in self.result.reasons.get(position, ())]
        if reimbursed is None or not said:
            return []
        return [{**self._computed("freight", said[0]), "amount": str(reimbursed)}]

    def _filled(self, name: str) -> str:
        value = self.reading.value(name)
        if value is None:
            return "?"
        parameter = self.policy.parameters.get(name)
        return str(plain(value, parameter.kind if parameter else self._kind(name), self.policy.currency))

    def guarantees(self) -> list[dict[str, Any]]:
        """Return the guarantees that apply or may, and whether each was kept."""
        return self._fresh("guarantees", self._guarantees)  # type: ignore[no-any-return]

    def _guarantees(self) -> list[dict[str, Any]]:
        found = []
        for guarantee, *_ in self.plan.floors:
            applies = cn.truth(guarantee.when, self.reading)
            if applies is not False:
                review = self.result.review
                broken = review is not None and review.kind == "guarantee" and review.question == guarantee.id
                found.append(
                    {"guarantee": guarantee.id, "applies": applies, "kept": not broken, "cite": list(guarantee.cite)}
                    | {"because": filled(guarantee.because.to(self.language), self._show)}
                )
        return found

    def review(self) -> dict[str, Any] | None:
        review = self.result.review
        if review is None and self.work.outcome == "manual_review":
            return self._reviews()
        if review is None:
            return None
        rules = [self.ruleset.rules[at].id for at in review.rules]
        return {"kind": review.kind, "question": review.question, "rules": rules}

    def _reviews(self) -> dict[str, Any]:
        """Return why every completion of an open claim goes to a person."""
        results = [one for finding in self.work.findings for one in finding.results]
        reviews = [(one.plan.ruleset.rules, one.review) for one in results if one.review]
        kinds, questions = {review.kind for _, review in reviews}, {review.question for _, review in reviews}
        named = sorted({rules[at].id for rules, review in reviews for at in review.rules})
        return {"kind": " or ".join(sorted(kinds)), "question": " or ".join(sorted(questions)), "rules": named}

    def completion(self, claim: ClaimDecision) -> dict[str, Any] | None:
        finding = self.finding
        if finding.first.settled:
            return None
        return {
            "bounded": finding.bounded,
            "results": len(finding.results),
            "cores": len(finding.cores),
            "missing": [item.fact for item in claim.missing],
        }


def _joined(truths: list[bool | None], *, stop: bool) -> bool | None:
    if stop in truths:
        return stop
    return None if None in truths else not stop


def _exact(value: Fraction, kind: str, currency: str) -> Any:
    if kind == "money":
        return exact_text(value / 10 ** exponent(currency))
    return plain(value, kind, currency)
