"""Why something else was not decided: for every rule that could have led there, what it lacked.

Of a decision just made every rule of the policy is looked at. Of one read back from JSON there is the trace alone,
which lists the rules that could have held; the explanation then says that the others are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import ClaimDecision
from refundrules.engine.live_trace import Ground, LiveTrace, RuleStatement, ground_of, readable_trace, reads_trace
from refundrules.errors import CaseError, Problem
from refundrules.explain.explanation import Explanation
from refundrules.explain.targets import RULE, Target, answer_to, decided_answer, marks_of, matching, read_target
from refundrules.explain.why import in_language, places_of
from refundrules.expr.traced import joined, leaves_of, unmet, waits_on
from refundrules.io.catalog import say
from refundrules.money.currency import exponent
from refundrules.policy.questions import BY_ID
from refundrules.rendering.decision import view as decision_view
from refundrules.rendering.trace import ClaimTree
from refundrules.text.condition_tree import Conditions
from refundrules.text.document import ClaimView, Entry, Section, View
from refundrules.text.words import answer_words, safe

NEAREST = 5
_OPPOSITE = {"above": "at_most", "at_most": "above", "below": "at_least", "at_least": "below"}
_REASON = "claim.reason"


@reads_trace
def why_not(decision: Decision, target: str, claim: int | None = None, language: str | None = None) -> Explanation:
    """Return why `target` was not decided: an outcome, a resolution, `question=value` or a rule's id.

    Every claim answers, or the one at place `claim`. Raises `CaseError` when the target names nothing, when there is
    no such claim, and when the decision was kept without its trace.
    """
    decision = in_language(decision, language)
    trace = readable_trace(decision)
    if not trace:
        raise CaseError(
            [Problem("trace", "is not in this decision", "decide the case again, or keep decisions with it")]
        )
    grounds = {at: ground_of(decision, at) for at in places_of(decision, claim)}
    rules, marks = vocabulary(decision, grounds.values())
    aim = read_target(target, rules, marks)
    answers = {at: _Answering(decision, at, ground, aim) for at, ground in grounds.items()}
    shown = decision_view(decision)
    data = {
        "explains": "why not",
        "target": aim.text,
        "case": decision.case,
        "language": decision.language,
        "complete": all(ground.complete for ground in grounds.values()),
        "claims": [one.data() for one in answers.values()],
    }
    claims = tuple(one.view() for one in answers.values())
    return Explanation(View(decision.outcome, "", claims, (), shown.footer, shown.sources), data)


def vocabulary(decision: Decision, grounds: Iterable[Ground]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the rules there are to ask for, and the keys that rules answer questions with."""
    said = [item for ground in grounds for item in ground.said]
    rules = dict.fromkeys(item.rule for item in said)
    if isinstance(decision.trace, LiveTrace):
        rules |= dict.fromkeys(decision.trace.policy.rule)
    return list(rules), marks_of((item.question, item.key) for item in said)


class Way(NamedTuple):
    """One rule that leads to the target, and what became of it."""

    said: RuleStatement
    wants: Mapping[str, Any] | None
    """What its condition lacks, as `expr.traced.unmet` gives it; None when it holds or is not in force."""
    waits: tuple[str, ...]

    @property
    def distance(self) -> int:
        """How many comparisons it lacks."""
        return sum(1 for _ in leaves_of(self.wants))

    @property
    def for_another_reason(self) -> bool:
        """Whether it is for claims of other reasons, which nobody can change."""
        return _lacks_reason(self.wants)


def _lacks_reason(wants: Mapping[str, Any] | None) -> bool:
    """Return whether what is lacked cannot be had without another reason for the claim."""
    if wants is None:
        return False
    if "any" in wants:
        return all(map(_lacks_reason, wants["any"]))
    parts = wants.get("all", [wants["means"]] if wants.get("means") else ())
    return any(map(_lacks_reason, parts)) or wants.get("name") == _REASON


class _Answering:
    """Answers for one claim."""

    def __init__(self, decision: Decision, at: int, ground: Ground, target: Target) -> None:
        self.decision, self.ground, self.target = decision, ground, target
        self.claim: ClaimDecision = decision.claims[at]
        self.trace = decision.trace["claims"][at]
        self.language = decision.language
        self.answers = {item["question"]: item.get("answer") for item in self.trace.get("questions", ())}
        self.shown = Conditions(ground.kinds, self.language, exponent(decision.refund.currency))
        self.is_decided = decided_answer(target, self.claim, self.answers)
        self.ways = sorted(self._ways(), key=lambda way: (way.for_another_reason, way.distance, way.said.rule))

    def _ways(self) -> Iterator[Way]:
        seen = set()
        for item in matching(self.target, self.ground.said):
            if item.rule in seen:
                continue
            seen.add(item.rule)
            rule = self.ground.rules.get(item.rule)
            wants = None if rule is None else unmet(rule["when"])
            waits = () if rule is None else tuple(dict.fromkeys(waits_on(rule["when"])))
            yield Way(item, wants, waits)

    def say(self, name: str, *parts: object) -> str:
        return say(f"explain.{name}", self.language, *parts)

    def wanted(self) -> str:
        """Return the target in words."""
        question, value = self.target
        return (
            safe(value or question)
            if question == RULE or value is None
            else answer_words(question, value, self.language)
        )

    # -- what there is to read ----------------------------------------------------------------

    def view(self) -> ClaimView:
        head = self.say("is_decided" if self.is_decided else "not_decided", self.wanted())
        sections = (
            ("is", tuple(self.what_is())),
            ("nearest", tuple(self.nearest())),
            ("others", tuple(self.others())),
            ("note", tuple(self.notes())),
        )
        of = f"{safe(self.claim.line)}: " if len(self.decision.claims) > 1 else ""
        return ClaimView(
            self.claim.outcome, of + head, "",
            tuple(Section(name, self.say(name), entries) for name, entries in sections if entries),
        )  # fmt: skip

    def what_is(self) -> Iterator[Entry]:
        """Yield what was decided instead, and by which rules."""
        if self.target.question == RULE:
            return
        found = answer_to(self.target.question, self.claim, self.answers)
        if BY_ID[self.target.question].keyed:
            if not self.is_decided:
                words = [answer_words(self.target.question, key, self.language) for key in found or ()]
                yield Entry(" · ".join(words) or self.say("nothing_instead", self.target.question))
            return
        told = (
            self.say("nothing_instead", self.target.question)
            if found is None
            else answer_words(self.target.question, found, self.language)
        )
        by = self.standing(self.target.question)
        yield Entry(told)
        for rule in by:
            yield self.reason(rule)
        if self.claim.outcome == "decline" and not BY_ID[self.target.question].always:
            yield Entry(answer_words("outcome", "decline", self.language))
            yield from map(self.reason, self.standing("outcome"))
        review = self.trace.get("review")
        if self.claim.outcome == "manual_review" and review:
            tree = ClaimTree(self.trace, self.language, exponent(self.decision.refund.currency))
            for node in tree.review():
                yield Entry(node.text, "", tuple(node.note.split(", ")) if node.note else ())

    def reason(self, rule: str) -> Entry:
        traced = self.ground.rules[rule]
        return Entry(safe(traced["because"]), "", tuple(map(safe, (rule, *traced["cite"]))))

    def standing(self, question: str) -> list[str]:
        """Return the rules whose answer to a question stands."""
        return [item.rule for item in self.ground.said if item.question == question and item.verdict == "stands"]

    def nearest(self) -> Iterator[Entry]:
        for way in self.near():
            traced = self.ground.rules.get(way.said.rule)
            yield Entry(self.told(way), "", tuple(map(safe, traced["cite"])) if traced else ())

    def near(self) -> list[Way]:
        """Return the rules told in full: those for this claim's reason that lack least."""
        own = [way for way in self.ways if not way.for_another_reason]
        return (own or self.ways)[:NEAREST]

    def others(self) -> Iterator[Entry]:
        told = self.near()
        left = [way for way in self.ways if way not in told]
        for way in left:
            if not way.for_another_reason:
                yield Entry(self.say("further", safe(way.said.rule), self.first(way)))
        elsewhere = [safe(way.said.rule) for way in left if way.for_another_reason]
        if elsewhere:
            yield Entry(self.say("other_reasons", len(elsewhere), ", ".join(elsewhere)))

    def told(self, way: Way) -> str:
        """Return what became of a rule, in one sentence."""
        rule, said = safe(way.said.rule), way.said
        if said.verdict == "not in force":
            return self.say("not_in_force", rule)
        if said.verdict == "not asked":
            return self.say("not_asked", rule, said.question)
        if said.verdict == "stands":
            return (
                self.say("stands", rule) if self.is_decided else self.say("stands_unused", rule, self.say("reviewed"))
            )
        if said.verdict == "silenced":
            over = [name for name in said.silenced_by if self.ground.rules[name]["holds"]]
            reason = safe(self.ground.rules[over[0]]["because"]) if over else ""
            return self.say("silenced", rule, ", ".join(map(safe, over)), reason)
        if way.waits:
            return self.say("waiting", rule, ", ".join(map(safe, way.waits)))
        if way.wants is None:  # it holds, and something that may override it is open
            over = [safe(name) for name in said.silenced_by]
            names = dict.fromkeys(
                name for other in said.silenced_by for name in waits_on(self.ground.rules[other]["when"])
            )
            return self.say("waiting", f"{rule} ({', '.join(over)})", ", ".join(map(safe, names)))
        return self.say("needs", rule, self.lacks(way.wants))

    def first(self, way: Way) -> str:
        """Return the first thing a rule lacks, or what became of it."""
        if way.wants is None or way.waits:
            return self.told(way)
        leaf = next(leaves_of(way.wants))
        return self.leaf(leaf)

    def lacks(self, tree: Mapping[str, Any], depth: int = 0) -> str:
        """Return in words all that a condition lacks."""
        word, parts = joined(tree)
        if word:
            text = self.say("and").join(self.lacks(part, depth + 1) for part in parts)
            return (
                text if word == "all" and depth == 0 else f"({self.say('every' if word == 'all' else 'either', text)})"
            )
        if tree.get("means"):
            return self.say("that_is", self.leaf(tree), self.lacks(tree["means"], depth + 1))
        return self.leaf(tree)

    def leaf(self, leaf: Mapping[str, Any]) -> str:
        """Return one comparison: what there is and what was wanted, and who answered when it is an answer."""
        negated = not leaf["goal"]
        if negated and "than" in leaf:
            leaf, negated = {**leaf, "wanted": _OPPOSITE[leaf["wanted"]]}, False
        elif negated and "means" in leaf:
            leaf, negated = {**leaf, "wanted": [True not in leaf["wanted"]]}, False
        text = self.shown.leaf(leaf, negated=negated)
        by = self.standing(leaf["name"])
        return self.say("said_by", text, ", ".join(map(safe, by))) if by else text

    def notes(self) -> Iterator[Entry]:
        question, value = self.target
        policy = self.decision.policy
        if "questions" not in self.trace:
            yield Entry(self.say("elsewhere"))
            return
        if not self.ways and not self.is_decided:
            if (question, value) == ("outcome", "needs_information"):
                yield Entry(self.say("all_known"))
            elif self.ground.complete:
                yield Entry(self.say("no_rule", self.wanted()))
            else:
                yield Entry(self.say("no_rule_in_trace", self.wanted(), safe(policy.id), safe(policy.version)))
        elif not self.ground.complete:
            yield Entry(self.say("only_traced"))
        if (question, value) == ("outcome", "manual_review") and not self.is_decided:
            yield Entry(self.say("gap_free"))
        if question == "resolution" and value in self.claim.alternatives:
            yield Entry(self.say("is_alternative"))
        if question == "resolution" and self.claim.offer and self.claim.offer.fallback == value:
            yield Entry(self.say("is_fallback"))
        silence = BY_ID[question].silence if question in BY_ID else None
        if silence is not None and silence.means == value and not self.is_decided:
            yield Entry(self.say("by_silence", question, answer_words(question, value, self.language)))

    # -- the same as data ---------------------------------------------------------------------

    def data(self) -> dict[str, Any]:
        """Return the claim's answer as plain data."""
        question = self.target.question
        actual = None if question == RULE else answer_to(question, self.claim, self.answers)
        return {
            "line": self.claim.line,
            "decided": self.is_decided,
            "actual": list(actual) if isinstance(actual, tuple) else _plain(actual),
            "determined_by": [] if question == RULE else self.standing(question),
            "complete": self.ground.complete,
            "rules": [self._way(way) for way in self.ways],
            "notes": [entry.text for entry in self.notes()],
        }

    def _way(self, way: Way) -> dict[str, Any]:
        failing = [leaf for leaf in leaves_of(way.wants) if leaf["truth"] is not None]
        return {
            "rule": way.said.rule,
            "question": way.said.question,
            "says": way.said.says if way.said.key is None else way.said.key,
            "verdict": way.said.verdict,
            "cite": list(self.ground.rules.get(way.said.rule, {}).get("cite", ())),
            "first": self.leaf(failing[0]) if failing else None,
            "failing": [_leaf_data(leaf) for leaf in failing],
            "lacks": way.wants,
            "waits_on": list(way.waits),
            "silenced_by": list(way.said.silenced_by),
            "text": self.told(way),
        }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str) else str(value)


def _leaf_data(leaf: Mapping[str, Any]) -> dict[str, Any]:
    return {key: leaf[key] for key in ("name", "wanted", "than", "which_is", "actual", "goal") if key in leaf}
