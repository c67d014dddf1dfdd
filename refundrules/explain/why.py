"""Why a decision is what it is, on one page: the rules that determined it, the facts that mattered, the money.

It reads the decision and its trace alone, so a decision read back from JSON explains itself as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import ClaimDecision
from refundrules.engine.live_trace import in_other_language, readable_trace, reads_trace
from refundrules.errors import CaseError, Problem, did_you_mean, listed
from refundrules.explain.explanation import Explanation
from refundrules.expr import formula as fm
from refundrules.expr.traced import causes, names_in, waits_on
from refundrules.io.catalog import languages, say
from refundrules.money.currency import exponent
from refundrules.policy.questions import BY_ID
from refundrules.rendering.decision import view as decision_view
from refundrules.rendering.trace import ClaimTree
from refundrules.text.condition_tree import Node
from refundrules.text.document import ClaimView, Entry, Section, View
from refundrules.text.words import answer_words, phrase, safe, word

Level = Literal["line", "agent", "auditor"]
LEVELS: tuple[str, ...] = get_args(Level)
_SIDE = frozenset({"deadlines", "instructions", "guardrails"})
"""What goes with a remedy, rather than being why it was chosen; an auditor sees it too."""


@reads_trace
def why(decision: Decision, level: str = "agent", language: str | None = None, claim: int | None = None) -> Explanation:
    """Return why the decision is what it is, for a `line`, an `agent` or an `auditor`.

    Every claim is told, or the one at place `claim`. Without its trace a decision says only its headline and its money.
    Raises `CaseError` for another level, when there is no such claim, and for a language other than that of a decision
    read back, whose reasons are text.
    """
    if level not in LEVELS:
        remedy = did_you_mean(level, LEVELS, "one of `line`, `agent`, `auditor`")
        raise CaseError([Problem("level", f"`{level}` is not a level", remedy)])
    decision = in_language(decision, language)
    places = places_of(decision, claim)
    shown = decision_view(decision)
    trace = readable_trace(decision)
    traced = trace.get("claims") or [{}] * len(decision.claims)
    tellings = [
        ClaimExplanation(decision, one, its, old)
        for at, (one, its, old) in enumerate(zip(decision.claims, traced, shown.claims, strict=True))
        if at in places
    ]
    claims = tuple(telling.view(level) for telling in tellings)
    tree = _tree(decision, trace, tellings) if level == "auditor" and trace else None
    headline = shown.headline if level != "line" else ""
    footer = "" if level == "line" else shown.footer
    data = {
        "explains": "why",
        "level": level,
        "case": decision.case,
        "policy": decision.policy.model_dump(),
        "language": decision.language,
        "outcome": decision.outcome,
        "claims": [telling.data() for telling in tellings],
    }
    return Explanation(View(decision.outcome, headline, claims, (), footer, shown.sources), data, tree)


def places_of(decision: Decision, claim: int | None) -> Sequence[int]:
    """Return the places of the claims to tell of: all, or the one asked for."""
    places = range(len(decision.claims))
    if claim is None:
        return places
    if claim not in places:
        raise CaseError([Problem("claim", f"`{claim}` is not a claim of this case", f"0 to {places[-1]}")])
    return (claim,)


def in_language(decision: Decision, language: str | None) -> Decision:
    """Return the decision in a language; None: as it is."""
    if language is None:
        return decision
    if language not in languages():
        raise CaseError(
            [Problem("language", f"`{language}` is not a language of texts", f"one of {listed(languages())}")]
        )
    told = in_other_language(decision, language)
    if told is None:
        what = f"this decision was kept in `{decision.language}`, so its reasons are not there in `{language}`"
        raise CaseError([Problem("language", what, "decide the case again")])
    return told


class ClaimExplanation:
    """Tells why one claim was decided as it was."""

    def __init__(self, decision: Decision, claim: ClaimDecision, trace: Mapping[str, Any], shown: ClaimView) -> None:
        self.decision, self.claim, self.trace, self.shown = decision, claim, trace, shown
        self.language = decision.language
        self.rules: dict[str, Any] = {item["rule"]: item for item in trace.get("rules", ())}
        self.tree = ClaimTree(trace, self.language, exponent(decision.refund.currency))

    def say(self, name: str, *parts: object) -> str:
        return say(f"explain.{name}", self.language, *parts)

    def view(self, level: str) -> ClaimView:
        """Return the claim's explanation at a level."""
        if level == "line":
            of = f"{safe(self.claim.line)}: " if len(self.decision.claims) > 1 else ""
            return ClaimView(self.claim.outcome, of + self.line(), "", ())
        sections = [
            Section(name, self.say(name), entries)
            for name, levels, make in _SECTIONS
            if level in levels and (entries := tuple(make(self)))
        ]
        return ClaimView(self.claim.outcome, self.shown.headline, self.shown.about, tuple(sections))

    def line(self) -> str:
        """Return the headline with what weighed most in it."""
        if self.claim.missing:
            return " — ".join((self.shown.headline, *(safe(item.question) for item in self.claim.missing)))
        rule = self.weightiest()
        if rule is None:
            review = " ".join(entry.text for entry in self.review())
            return " — ".join(part for part in (self.shown.headline, review) if part)
        refs = " ".join(safe(ref) for ref in (rule["rule"], *rule["cite"]))
        return f"{self.shown.headline} — {safe(rule['because'])} [{refs}]"

    def weightiest(self) -> Mapping[str, Any] | None:
        """Return the rule that weighed most: of a person's case the one that handed it over; None without one."""
        review = self.trace.get("review") or {}
        if review and not review["rules"]:
            return None
        for rule in review.get("rules", ()):
            return self.rules.get(rule)
        for question in ("resolution", "outcome", "issue_class"):
            for rule in self.claim.reasons:
                if rule in self.rules and any(name == question for name, _ in self.answered(rule)):
                    found: Mapping[str, Any] = self.rules[rule]
                    return found
        return next((self.rules[rule] for rule in self.claim.reasons if rule in self.rules), None)

    def answered(self, rule: str) -> Iterator[tuple[str, Any]]:
        """Yield the questions a rule answered, with what it said, or the key it said it to."""
        for question in self.trace.get("questions", ()):
            for said in question["rules"]:
                if said["rule"] == rule and said["verdict"] in ("stands", "open"):
                    yield question["question"], said.get("key", said.get("says", True))

    # -- sections -----------------------------------------------------------------------------

    def because(self) -> Iterator[Entry]:
        for rule in self.claim.reasons:
            traced = self.rules.get(rule)
            if traced is None:
                continue
            answered = list(self.answered(rule))
            if answered and all(question in _SIDE for question, _ in answered):
                continue
            answers = [
                answer_words(question, value, self.language)
                for question, value in answered
                if BY_ID[question].kind in ("enum", "bool")
            ]
            told = f" → {' · '.join(answers)}" if answers else ""
            yield Entry(safe(traced["because"]) + told, "", _refs(traced))

    def review(self) -> Iterator[Entry]:
        for node in self.tree.review():
            yield Entry(node.text, "", (node.note,) if node.note else ())

    def facts(self) -> Iterator[Entry]:
        for fact in self.mattered():
            origin = word("origin", fact["origin"], self.language)
            source = f" · {safe(fact['input'])}" if "how" in fact else ""
            yield Entry(f"{self.tree.fact(fact).text} · {origin}{source}")

    def facts_in_full(self) -> Iterator[Entry]:
        read = self.read_by()
        for fact in self.mattered():
            node = self.tree.fact(fact)
            yield Entry(f"{node.text} · {node.note}", "", tuple(map(safe, read[fact["fact"]])))

    def mattered(self) -> Iterator[Mapping[str, Any]]:
        """Yield the known facts that what determined the decision read."""
        read = self.read_by()
        for fact in self.trace.get("facts", ()):
            if fact["fact"] in read and fact["origin"] != "unknown":
                yield fact

    def read_by(self) -> dict[str, list[str]]:
        """Return the names that mattered: those read by what made the determining rules hold, with these rules."""
        found: dict[str, list[str]] = {}
        for rule in self.claim.reasons:
            answered = {question for question, _ in self.answered(rule)}
            if rule not in self.rules or (answered and answered <= _SIDE):
                continue
            names = [name for leaf in causes(self.rules[rule]["when"]) for name in names_in(leaf)]
            for step in self.trace.get("money", ()):
                if step["rule"] == rule and "filled_in" in step:
                    names += fm.names(fm.parse(step["formula"]))
            for name in dict.fromkeys(names):
                found.setdefault(name, []).append(rule)
        return found

    def money(self) -> Iterator[Entry]:
        steps = [step for step in self.trace.get("money", ()) if step["amount"] is not None]
        if not steps and self.claim.refund is not None:
            for part in self.claim.refund.parts:
                yield Entry(f"{word('part', safe(part.kind), self.language)} · {safe(part.why)}", str(part.amount))
        for step in steps:
            node = self.tree.money(step)
            name = node.text.rpartition(" ")[0]
            yield Entry(f"{name} · {node.note}" if node.note else name, str(step["amount"]))
        if self.claim.refund is not None and self.claim.refund.parts:
            yield Entry(f"{self.say('total')} ({safe(self.decision.refund.currency)})", str(self.claim.refund.total))

    def overruled(self) -> Iterator[Entry]:
        for rule, question, said in self.silenced():
            over = [item for item in said["silenced_by"] if self.rules.get(item, {}).get("holds")]
            for other in over[:1]:
                answer = answer_words(question, said.get("key", said.get("says", True)), self.language)
                reason = safe(self.rules[other]["because"])
                named = ", ".join(map(safe, over))
                yield Entry(self.say("overrides", safe(rule), answer, named, reason), "", _refs(self.rules[rule]))

    def silenced(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield each rule that held and was overridden, once, with its first question."""
        seen = set()
        for question in self.trace.get("questions", ()):
            for said in question["rules"]:
                if said["verdict"] == "silenced" and said["rule"] not in seen:
                    seen.add(said["rule"])
                    yield said["rule"], question["question"], said

    def waits(self) -> Iterator[Entry]:
        waiting: dict[str, list[str]] = {}
        inputs = {fact["fact"]: fact.get("input", fact["fact"]) for fact in self.trace.get("facts", ())}
        for rule in self.trace.get("rules", ()):
            for name in dict.fromkeys(waits_on(rule["when"])):
                waiting.setdefault(inputs.get(name, name), []).append(rule["rule"])
        for missing in self.claim.missing:
            rules = [safe(rule) for rule in waiting.get(missing.fact, ())]
            text = safe(missing.question)
            if rules:
                text = f"{text} · {self.say('waits_for', ', '.join(rules))}"
            yield Entry(text, "", (safe(missing.fact),))

    def provided(self) -> Iterator[Entry]:
        for section in self.shown.sections:
            if section.name == "subject_to":
                yield from section.entries

    def note(self) -> Iterator[Entry]:
        if not self.trace:
            yield Entry(self.say("no_trace"))

    # -- the same as data ---------------------------------------------------------------------

    def data(self) -> dict[str, Any]:
        """Return the claim's explanation as plain data."""
        read = self.read_by()
        return {
            "line": self.claim.line,
            "outcome": self.claim.outcome,
            "summary": self.line(),
            "rules": [
                {
                    **{key: self.rules[rule][key] for key in ("rule", "because", "cite")},
                    "answers": [{"question": question, "says": value} for question, value in self.answered(rule)],
                }
                for rule in self.claim.reasons
                if rule in self.rules
            ],
            "facts": [
                {**fact, "read_by": read[fact["fact"]]} for fact in self.trace.get("facts", ()) if fact["fact"] in read
            ],
            "money": list(self.trace.get("money", ())),
            "overruled": [
                {"rule": rule, "question": question, "by": list(said["silenced_by"])}
                for rule, question, said in self.silenced()
            ],
            "missing": [item.fact for item in self.claim.missing],
            "review": self.trace.get("review"),
        }

    # -- an auditor's tree --------------------------------------------------------------------

    def nodes(self) -> Iterator[Node]:
        """Yield what an auditor follows: each answer with the rules behind it, parameters and guarantees."""
        tree, trace = self.tree, self.trace
        wanted = {*self.claim.reasons, *(rule for rule, _, _ in self.silenced())}
        for question in trace.get("questions", ()):
            kept = [
                said
                for said in question["rules"]
                if said["rule"] in wanted and said["verdict"] in ("stands", "open", "silenced")
            ]
            if kept:
                yield tree.question({**question, "rules": kept})
        read = self.read_by()
        used = [item for item in trace.get("parameters", ()) if item["parameter"] in read]
        for name, nodes in (
            ("parameters", [tree.parameter(item) for item in used]),
            ("guarantees", [tree.guarantee(item) for item in trace.get("guarantees", ())]),
            ("completion", list(tree.completion())),
        ):
            if nodes:
                yield Node(word("label", name, self.language), "", "", tuple(nodes))


def _refs(traced: Mapping[str, Any]) -> tuple[str, ...]:
    return (safe(traced["rule"]), *map(safe, traced["cite"]))


def _tree(decision: Decision, trace: Mapping[str, Any], tellings: list[ClaimExplanation]) -> Node:
    language = decision.language
    if len(tellings) == 1:
        children = list(tellings[0].nodes())
    else:
        children = [
            Node(phrase("claim", language, safe(t.claim.line), t.claim.quantity), "", "", tuple(t.nodes()))
            for t in tellings
        ]
    titles = trace.get("texts", {}).get("cites", {})
    if titles:
        sources = tuple(Node(f"{safe(code)}   {safe(title)}") for code, title in titles.items())
        children.append(Node(say("explain.sources", language), "", "", sources))
    policy = decision.policy
    made_by = say(
        "explain.digest", language, safe(policy.id), safe(policy.version), policy.digest, decision.engine.version
    )
    children.append(Node(say("explain.policy", language), "", made_by))
    return Node(say("explain.how", language), "", "", tuple(children))


_BOTH = ("agent", "auditor")
_SECTIONS: tuple[tuple[str, tuple[str, ...], Callable[[ClaimExplanation], Iterator[Entry]]], ...] = (
    ("waits", _BOTH, ClaimExplanation.waits),
    ("review", _BOTH, ClaimExplanation.review),
    ("because", ("agent",), ClaimExplanation.because),
    ("facts", ("agent",), ClaimExplanation.facts),
    ("facts", ("auditor",), ClaimExplanation.facts_in_full),
    ("money", _BOTH, ClaimExplanation.money),
    ("overruled", _BOTH, ClaimExplanation.overruled),
    ("provided", _BOTH, ClaimExplanation.provided),
    ("note", _BOTH, ClaimExplanation.note),
)
"""An auditor finds the rules in the tree below, each with its conditions."""
