"""The path of a decision as a picture: question by question the answer, the rules that spoke, and those overridden.

Narrow enough for a phone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, NamedTuple

from refundrules.engine.decision import Decision
from refundrules.engine.live_trace import readable_trace
from refundrules.io.catalog import say
from refundrules.text.columns import wrapped
from refundrules.text.document import SIGNS, STYLES
from refundrules.text.svg import FONT, colours, ems, picture
from refundrules.text.words import phrase, safe, value_text, word

WIDTH = 360
_RAIL, _TEXT, _RIGHT, _LANE = 14, 34, 348, 334
_STYLE = (
    colours(
        "rp",
        "--page:#fff;--ink:#1b2330;--soft:#55606e;--line:#aab3bf;--good:#1a7f45;--bad:#b42318;--open:#8a5a00",
        "--page:#14181f;--ink:#e6eaf0;--soft:#a3adba;--line:#5a6472;--good:#57c785;--bad:#ff8a80;--open:#e5b454",
        "--page:#fff;--ink:#000;--soft:#444;--line:#888;--good:#1a7f45;--bad:#b42318;--open:#8a5a00",
    )
    + ".rp .dot{stroke:var(--line);stroke-width:1.5}"
    f".rp text{{font-family:{FONT};fill:var(--ink)}}.rp .soft{{fill:var(--soft)}}.rp .good{{fill:var(--good)}}"
    ".rp .bad{fill:var(--bad)}.rp .open{fill:var(--open)}.rp .over{text-decoration:line-through;fill:var(--soft)}"
    ".rp .b{font-weight:600}.rp .rail,.rp .arrow{stroke:var(--line);fill:none;stroke-width:1.5}"
    ".rp .tip{fill:var(--line)}.rp .page{fill:var(--page)}"
)
_ANSWERS = {
    "issue_class": "issue_class",
    "fault": "fault",
    "outcome": "outcome",
    "resolution": "resolution",
    "freight.return": "payer",
    "freight.replacement": "payer",
    "exchange.propose": "propose",
    "repair.payer": "payer",
    "application": "application",
    "referral": "referral",
}
_KEYS = {"parts": "part", "extras": "extra", "deadlines": "due", "alternatives": "resolution"}
_CORE = ("issue_class", "fault", "outcome", "resolution")
_STEPS = {"offer.steps": "offer step ", "extras": "extra "}
"""How the money of the trace names what a question grants."""
_MARKS = {"stands": ("✓", "good"), "silenced": ("⊘", "soft"), "open": ("?", "open")}


def path_svg(decision: Decision, claim: int = 0) -> str:
    """Return the picture of how a claim was decided, as one `<svg>`; empty when the decision holds no readable trace."""
    claims = readable_trace(decision).get("claims", ())
    if not 0 <= claim < len(claims):
        return ""
    return _Drawing(decision, claim, claims[claim]).svg()


class _Row(NamedTuple):
    """One line of text: where it starts, what it says, its size and its class."""

    text: str
    x: float = _TEXT
    size: float = 13
    style: str = ""


class _Drawing:
    def __init__(self, decision: Decision, at: int, trace: Mapping[str, Any]) -> None:
        self.decision, self.claim, self.trace, self.id = decision, decision.claims[at], trace, f"rp{at + 1}"
        self.language = decision.language
        self.rules = {rule["rule"]: rule for rule in trace.get("rules", ())}
        self.kinds: dict[str, str] = {}
        self.amounts = {(step["kind"], step["rule"]): step["amount"] for step in trace.get("money", ())}
        self.told: set[str] = set()
        self.y = 8.0
        self.drawn: list[str] = []
        self.said: list[str] = []
        self.dots: list[float] = []

    def svg(self) -> str:
        claim, language = self.claim, self.language
        self.dot("soft")
        self.write(
            phrase("reported", language, word("reason", safe(self.trace.get("reason", "")), language)),
            size=14,
            style="b",
        )
        for question in self.trace.get("questions", ()):
            self.question(question)
        self.y += 6
        style = STYLES[claim.outcome]
        self.dot(style)
        end = f"{SIGNS[claim.outcome]} {word('outcome', claim.outcome, language)}"
        if claim.outcome == "approve" and claim.resolution:
            end += f" · {word('resolution', safe(claim.resolution), language)}"
            if claim.refund and claim.refund.parts:
                end += f" · {claim.refund.total}\N{NO-BREAK SPACE}{safe(self.decision.refund.currency)}"
        self.write(end, size=15, style=f"b {style}")
        for missing in claim.missing:
            self.write(safe(missing.question), style="open")
        return self._whole(end)

    def _whole(self, end: str) -> str:
        height = round(self.y + 6)
        rail = f'<path class="rail" d="M{_RAIL} {self.dots[0]:g}V{self.dots[-1]:g}"/>'
        dots = "".join(self.dots_drawn())
        title = phrase("path_of", self.language, word("label", "path", self.language), end)
        return picture(
            "rp", self.id, (WIDTH, height), _STYLE, title, "; ".join(self.said),
            ('<rect class="page" width="100%" height="100%"/>', rail, dots, *self.drawn),
            language=say("language.tag", self.language),
        )  # fmt: skip

    # -- one question -----------------------------------------------------------------------------

    def question(self, question: Mapping[str, Any]) -> None:
        """Draw a question that somebody spoke to; one that nobody did is left out, and what follows from an open one."""
        name = question["question"]
        speakers = [said for said in question["rules"] if said["verdict"] in _MARKS]
        if name not in _CORE and self.claim.outcome == "needs_information":
            speakers = [said for said in speakers if said["verdict"] != "open"]
        if not speakers:
            return
        label = word("question", safe(name), self.language)
        self.y += 8
        answer = self._answer(name, question["answer"]) if "answer" in question else ""
        shown = phrase("answer", self.language, label, answer) if answer else label
        self.said.append(f"{shown} ({', '.join(dict.fromkeys(safe(said['rule']) for said in speakers))})")
        is_open = any(said["verdict"] == "open" for said in speakers)
        self.dot("open" if is_open else "good")
        self.write(shown, size=14, style="b")
        places: dict[str, float] = {}
        for said in speakers:
            places.setdefault(said["rule"], self.y + 9)
            self.rule(said, name)
        self._arrows(speakers, places)
        idle = [safe(said["rule"]) for said in question["rules"] if said["verdict"] == "does not hold"]
        if idle and name in _CORE:
            rules = say("list.comma", self.language).join(dict.fromkeys(idle))
            text = phrase("not_held", self.language, rules)
            self.write(text, x=_TEXT + 16, size=11, style="soft")

    def rule(self, said: Mapping[str, Any], question: str) -> None:
        mark, style = _MARKS.get(said["verdict"], ("?", "open"))
        self.drawn.append(_text(_Row(mark, _TEXT, 13, f"b {style}"), self.y + 13))
        rule, what = safe(said["rule"]), self._says(said, question)
        notes = []
        if said.get("silenced_by"):
            notes.append(phrase("silenced_by", self.language, ", ".join(safe(by) for by in said["silenced_by"])))
        elif said["rule"] not in self.told:
            self.told.add(said["rule"])
            notes.append(safe(self.rules.get(said["rule"], {}).get("because", "")))
        if "key" in said:
            text, notes = what, [rule, *notes]
        else:
            text = f"{rule} → {what}" if what and said["verdict"] != "stands" else rule
        style = "over" if said["verdict"] == "silenced" else "" if "key" in said else "b"
        self.write(text, x=_TEXT + 16, style=style)
        self.write(" · ".join(note for note in notes if note), x=_TEXT + 16, size=12, style="soft")

    def _says(self, said: Mapping[str, Any], question: str) -> str:
        """Return what a rule says, as a person reads it; its amount where it grants one."""
        if "key" not in said:
            return self._answer(question, said["says"]) if question in _ANSWERS or question == "return_required" else ""
        key, table = safe(said["key"]), _KEYS.get(question)
        texts = readable_trace(self.decision).get("texts", {}).get(question, {})
        text = word(table, key, self.language) if table else safe(texts.get(said["key"], key))
        if question == "offer.steps":
            text = phrase("step", self.language, key)
        amount = self.amounts.get((f"{_STEPS.get(question, '')}{said['key']}", said["rule"]))
        return f"{text} {safe(amount)}" if amount else text

    def _answer(self, question: str, answer: Any) -> str:
        if isinstance(answer, Mapping):
            values = [value for value in answer.get("may_be", ()) if value not in (None, "None")]
            if not 0 < len(values) <= 4:
                return phrase("undecided", self.language)
            shown = [self._answer(question, value) for value in values]
            return phrase("may_be", self.language, phrase("or", self.language).join(shown))
        if answer is None:
            return ""
        table = _ANSWERS.get(question)
        return word(table, safe(answer), self.language) if table else value_text(answer, "", self.language)

    def _arrows(self, speakers: list[Mapping[str, Any]], places: Mapping[str, float]) -> None:
        """Draw an arrow beside the texts from each rule to those it overrides here."""
        lane = _LANE + 4.0
        for said in speakers:
            for by in said.get("silenced_by", ()):
                if by in places and by != said["rule"]:
                    start, end = places[by], places[said["rule"]]
                    self.drawn.append(
                        f'<path class="arrow" d="M{lane - 6:g} {start:g}H{lane + 6:g}V{end:g}H{lane - 1:g}"/>'
                        f'<path class="tip" d="M{lane - 6:g} {end:g}l6 -4v8z"/>'
                    )

    # -- lines ------------------------------------------------------------------------------------

    def dot(self, style: str) -> None:
        self.dots.append(self.y + 11)
        self.kinds[f"{self.dots[-1]:g}"] = style

    def dots_drawn(self) -> Iterator[str]:
        for y in self.dots:
            yield f'<circle class="dot {self.kinds[f"{y:g}"]}" cx="{_RAIL}" cy="{y:g}" r="5"/>'

    def write(self, text: str, *, x: float = _TEXT, size: float = 13, style: str = "") -> None:
        """Write a text from here on, in as many lines as it needs."""
        for line in wrapped(text, (_LANE - 8 - x) / size, breaks=True, measure=ems) if text else ():
            self.y += size * 1.4
            self.drawn.append(_text(_Row(line, x, size, style), self.y - size * 0.35))


def _text(row: _Row, y: float) -> str:
    style = f' class="{row.style}"' if row.style else ""
    return f'<text x="{row.x:g}" y="{y:.4g}" font-size="{row.size:g}"{style}>{escape(row.text)}</text>'
