"""The trace as a tree of lines: question by question, then facts, parameters, money and guarantees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from refundrules.engine.decision import Decision
from refundrules.engine.live_trace import readable_trace
from refundrules.money.currency import exponent
from refundrules.text.condition_tree import MARKS, Conditions, Node
from refundrules.text.words import phrase, safe, value_text, word

_UNTOLD: dict[str, Any] = {"because": "", "cite": [], "when": {"all": [], "truth": True}}
"""What is said of a rule that a trace names and does not list."""
_VERDICT_MARKS = {"stands": "✓", "silenced": "⊘", "open": "?", "does not hold": "✗"}


def trace_tree(decision: Decision) -> Node | None:
    """Return the decision's trace as a tree; None when it holds none that can be read."""
    trace, language = readable_trace(decision), decision.language
    if not trace:
        return None
    policy, claims = trace["policy"], trace["claims"]
    decimals = exponent(decision.refund.currency)
    trees = [ClaimTree(claim, language, decimals) for claim in claims]
    if len(trees) == 1:
        children = tuple(trees[0].nodes())
    else:
        children = tuple(
            Node(phrase("claim", language, safe(claim.line), claim.quantity), "", "", tuple(tree.nodes()))
            for claim, tree in zip(decision.claims, trees, strict=True)
        )
    packs = " ← ".join(safe(pack) for pack in reversed(policy["packs"]))
    return Node(word("label", "trace", language), "", packs, children)


class ClaimTree:
    """Shows the parts of one claim's trace as lines of a tree."""

    def __init__(self, trace: Mapping[str, Any], language: str, decimals: int) -> None:
        self.trace, self.language = trace, language
        self.rules = {rule["rule"]: rule for rule in trace.get("rules", ())}
        self.told: set[str] = set()
        kinds = {fact["fact"]: fact["kind"] for fact in trace.get("facts", ())}
        kinds |= {item["parameter"]: item["kind"] for item in trace.get("parameters", ())}
        self.shown = Conditions(kinds, language, decimals)

    def nodes(self) -> Iterator[Node]:
        trace = self.trace
        silent = []
        for question in trace.get("questions", ()):
            if question["rules"] or question.get("answer") is not None:
                yield self.question(question)
            else:
                silent.append(safe(question["question"]))
        if silent:
            yield Node(self.shown.say("silent", ", ".join(silent)))
        groups = (
            ("money", [self.money(step) for step in trace.get("money", ())]),
            ("facts", [self.fact(fact) for fact in trace.get("facts", ())]),
            ("parameters", [self.parameter(item) for item in trace.get("parameters", ())]),
            ("guarantees", [self.guarantee(item) for item in trace.get("guarantees", ())]),
            ("review", list(self.review())),
            ("completion", list(self.completion())),
        )
        for name, nodes in groups:
            if nodes:
                yield Node(word("label", name, self.language), "", "", tuple(nodes))

    # -- questions and rules --------------------------------------------------------------------

    def question(self, question: Mapping[str, Any]) -> Node:
        children, named = [], []
        for said in question["rules"]:
            rule = said["rule"]
            if said["verdict"] == "does not hold" and rule in self.told:
                named.append(safe(rule))
            else:
                children.append(self.said(said))
            self.told.add(rule)
        if named:
            children.append(Node(self.shown.say("named_above", ", ".join(dict.fromkeys(named))), "✗"))
        text = safe(question["question"])
        if "answer" in question:
            text = self.shown.say("answer", text, self._answer(question["answer"]))
        return Node(text, "", "", tuple(children))

    def _answer(self, answer: Any) -> str:
        if isinstance(answer, Mapping):
            return self.shown.possible(answer["may_be"])
        return self.shown.say("none") if answer is None else value_text(answer, "", self.language)

    def said(self, said: Mapping[str, Any]) -> Node:
        rule, verdict = self.rules.get(said["rule"], _UNTOLD), said["verdict"]
        first = said["rule"] not in self.told
        text = safe(said["rule"])
        if "key" in said or "says" in said:
            text = f"{text} → {self._says(said)}"
        notes = [word("verdict", verdict, self.language)] if verdict != "stands" else []
        if said.get("silenced_by"):
            notes = [self.shown.say("silenced_by", ", ".join(safe(item) for item in said["silenced_by"]))]
        if verdict == "does not hold":
            notes = [self.shown.blame(rule["when"])]
        elif first:
            notes += [safe(rule["because"]), " ".join(safe(cite) for cite in rule["cite"])]
        children = tuple(self.shown.lines(rule["when"])) if first and verdict != "does not hold" else ()
        return Node(text, _VERDICT_MARKS.get(verdict, "?"), " · ".join(note for note in notes if note), children)

    def _says(self, said: Mapping[str, Any]) -> str:
        parts = [safe(said["key"])] if "key" in said else []
        if "says" in said:
            says = said["says"]
            if isinstance(says, Mapping):
                parts.append(f"{safe(says['within_hours'])}, {word('after', says['after'], self.language)}")
            else:
                parts.append(value_text(says, "", self.language))
        return ": ".join(parts)

    # -- what was read, and what it came to -----------------------------------------------------

    def fact(self, fact: Mapping[str, Any]) -> Node:
        origin = word("origin", fact["origin"], self.language)
        if fact["origin"] == "unknown":
            return Node(safe(fact["fact"]), "?", origin)
        if "how" in fact:
            origin += f" · {safe(fact['input'])} · {safe(fact['how'])}"
            formula = fact.get("formula", "")
            if " " in formula:
                origin += f" · {safe(formula)}"
        return Node(f"{safe(fact['fact'])} = {self.shown.value(fact['value'], fact['kind'])}", "", origin)

    def parameter(self, item: Mapping[str, Any]) -> Node:
        start = item["from"]
        notes = [self.shown.say("beginning") if start == "beginning" else self.shown.say("from", safe(start))]
        notes.append(
            self.shown.say("verified", safe(item["verified"])) if item["verified"] else self.shown.say("unverified")
        )
        notes.append(" ".join(safe(cite) for cite in item["cite"]))
        value = self.shown.value(item["value"], item["kind"])
        return Node(f"{safe(item['parameter'])} = {value}", "", " · ".join(notes))

    def money(self, step: Mapping[str, Any]) -> Node:
        notes = [safe(step["rule"])]
        if "filled_in" in step:
            notes = [f"{safe(step['formula'])} = {safe(step['filled_in'])}", *notes]
            if step["exact"] is not None and step["amount"] is not None and not _same(step["exact"], step["amount"]):
                notes[0] += f" = {safe(step['exact'])}, {self.shown.say('rounded', safe(step['amount']))}"
        elif "formula" in step:
            notes = [self.shown.say("current_step"), *notes]
        elif "why" in step:
            notes = [safe(step["why"])]
        return Node(
            f"{self._kind(step['kind'])} {value_text(step['amount'], '', self.language)}", "", " · ".join(notes)
        )

    def _kind(self, kind: str) -> str:
        table, _, key = kind.rpartition(" ")
        if table == "offer step":
            return self.shown.say("step", safe(key))
        return word(table or "part", safe(key), self.language)

    def guarantee(self, item: Mapping[str, Any]) -> Node:
        notes = [self.shown.say("kept_guarantee" if item["kept"] else "broken")]
        if item["applies"] is None:
            notes.insert(0, self.shown.say("may_apply"))
        notes.append(" ".join(safe(cite) for cite in item["cite"]))
        return Node(safe(item["guarantee"]), MARKS[item["kept"]], " · ".join(notes))

    def review(self) -> Iterator[Node]:
        review = self.trace.get("review")
        if review:
            about = safe(review.get("question") or review.get("detail") or "")
            yield Node(
                word("review", safe(review["kind"]), self.language, about), "", ", ".join(map(safe, review["rules"]))
            )

    def completion(self) -> Iterator[Node]:
        completion = self.trace.get("completion")
        if completion:
            yield Node(self.shown.say("results", completion["results"], completion["cores"]))
            if completion["bounded"]:
                yield Node(self.shown.say("bounded"))
            if completion["missing"]:
                yield Node(self.shown.say("missing", ", ".join(map(safe, completion["missing"]))))


def _same(exact: str, amount: str) -> bool:
    return amount == exact or (amount.rstrip("0").rstrip(".") or "0") == exact
