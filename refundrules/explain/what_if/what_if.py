"""What would change a decision, for a person to read: the smallest changes, and until when it holds or held.

The calendar cannot be changed, so days are told apart from changes: until the end of which day a claim opened then
was decided like this, or otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from refundrules.case.facts import LARGEST
from refundrules.case.inputs import LATE, cm_text
from refundrules.case.models import Case
from refundrules.case.order_context import HAPPENED
from refundrules.case.paths import data_of, with_values
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.decision import Decision
from refundrules.engine.engine import Engine
from refundrules.engine.live_trace import LiveTrace
from refundrules.errors import CaseError, Problem
from refundrules.explain.explanation import Explanation
from refundrules.explain.targets import RULE, SHOWN, CounterfactualGoal, Target, marks_of, outcome_of, read_target
from refundrules.explain.what_if.changeable import classes
from refundrules.explain.what_if.search import TRIED, Assignment, Change, Search, SearchResult
from refundrules.io.catalog import say
from refundrules.money.currency import to_text
from refundrules.rendering.decision import headline
from refundrules.rendering.decision import view as decision_view
from refundrules.text.document import ClaimView, Entry, Section, View
from refundrules.text.words import answer_words, phrase, safe, value_text

SHOWN_CHANGES = 12
_ORDER = ("approve", "decline", "needs_information", "manual_review")
_DAYS = {"order.days_since_delivery": "delivered_at", "order.days_since_completion": "completed_at"}
_BOUNDS = {"ship_by": "shipped_at", "deliver_by": "delivered_at"}


class Window(NamedTuple):
    """What the claim comes to when opened by the end of `until`, or from `since` on; the other of them is None."""

    until: date | None
    since: date | None
    case: Case
    decision: Decision


@dataclass(frozen=True, slots=True)
class WhatIf(Explanation):
    """What would change a decision: an explanation that also holds the changed cases and their decisions."""

    changes: tuple[Change, ...] = ()
    """The smallest changes; each has its `case`, ready to be decided again, and its `decision`."""
    windows: tuple[Window, ...] = ()
    """On which day the decision would turn, or has turned."""
    already: bool = False
    """Whether it is decided as wanted now."""
    bounded: bool = False
    """Whether some changes of up to three facts were left untried."""
    searched: int = 0
    """Changes of up to so many facts were all tried."""


def what_if(
    case: Case | Mapping[str, Any], engine: Engine, want: str | None = None, *, claim: int = 0, bound: int = TRIED
) -> WhatIf:
    """Return the smallest changes of a case that give another outcome or resolution, or the one wanted.

    `want` is an outcome, a resolution or `question=value`; `claim` says which claim, counted from 0; `bound` is how many
    possibilities are tried at most. Only facts that a person could change or find out are changed. Raises `CaseError`
    for a bad case, target or claim.
    """
    case = case if isinstance(case, Case) else Case.read(case)
    decision = engine.decide(case)
    if not 0 <= claim < len(decision.claims):
        raise CaseError(
            [Problem("claim", f"`{claim}` is not a claim of this case", f"0 to {len(decision.claims) - 1}")]
        )
    aim = None if want is None else _aim(engine, want)
    goal = CounterfactualGoal(aim, decision.claims[claim])
    already = aim is not None and goal.met(decision.claims[claim])
    found = SearchResult((), False, 0)
    windows: tuple[Window, ...] = ()
    if not already:
        found = Search(engine.decide, case, decision, claim, goal, bound).run()
        windows = tuple(_Calendar(engine, case, decision, claim, goal).windows())
    changes = tuple(sorted(found.changes, key=lambda change: _ORDER.index(change.decision.claims[claim].outcome)))
    telling = _WhatIfWriter(decision, claim, aim, already, found._replace(changes=changes), windows)
    return WhatIf(
        telling.view(), telling.data(), None, changes, windows, already, found.bounded, found.searched
    )  # fmt: skip


def _aim(engine: Engine, want: str) -> Target:
    rules = engine.policy.rules
    marks = marks_of((answer.question, answer.key) for rule in rules for answer in rule.then)
    aim = read_target(want, [rule.id for rule in rules], marks, "want")
    if aim.question not in SHOWN:
        raise CaseError([Problem("want", f"`{aim.text}` is not shown by a decision", "want an answer that is")])
    return aim


class _Calendar:
    """Finds the days on which a decision turns."""

    def __init__(self, engine: Engine, case: Case, decision: Decision, claim: int, goal: CounterfactualGoal) -> None:
        self.engine, self.claim, self.goal = engine, claim, goal
        trace = decision.trace
        assert isinstance(trace, LiveTrace)
        self.work: ClaimEvaluation = trace.works[claim]
        self.base = decision.claims[claim]
        self.decided_at = decision.decided_at
        self.data = {**data_of(case), "decided_at": decision.decided_at.isoformat()}

    def windows(self) -> Iterator[Window]:
        """Yield the last turn before the day the claim was opened, and the first after it, where they give what is wanted."""
        if len(self.work.findings) != 1:
            return
        opened = self.work.scene.opened.day
        turns = sorted(self._turns())
        first = self._first_day()
        for day in reversed([turn - 1 for turn in turns if turn <= opened]):
            if day < first:
                break
            window = self._on(day)
            if window is not None and self._differs(window[1]):
                if self.goal.met(window[1].claims[self.claim]):
                    yield Window(date.fromordinal(day), None, *window)
                break
        for day in (turn for turn in turns if turn > opened):
            window = self._on(day)
            if window is not None and self._differs(window[1]):
                if self.goal.met(window[1].claims[self.claim]):
                    yield Window(None, date.fromordinal(day), *window)
                break

    def _differs(self, decision: Decision) -> bool:
        return outcome_of(decision.claims[self.claim]) != outcome_of(self.base)

    def _first_day(self) -> int:
        """Return the first day on which a claim about what happened could have been opened."""
        moments = self.work.scene.order_scene.moments
        known = [at.day for name in HAPPENED[self.work.scene.order.status] if (at := moments[name]) is not None]
        return max(known, default=1)

    def _turns(self) -> set[int]:
        """Return the days that differ from the day before them in anything the policy compares."""
        work, finding = self.work, self.work.findings[0]
        whole, index = work.scene.order_scene, finding.plan.ruleset.index
        found = set(self.engine.policy.change_days("claim_opened"))
        starts = {
            index[name]: at.day
            for name, event in _DAYS.items()
            if (at := whole.moments[event]) is not None and event in HAPPENED[whole.order.status]
        }
        if starts:
            base = max(starts.values())

            def effect(days: int) -> dict[int, Any]:
                return {at: base + days - start for at, start in starts.items()}

            spans = classes(finding.plan, finding.facts, effect, LARGEST["days"])
            found |= {base + low for low, _ in spans if low}
        until = work.scene.line.warranty_until
        if until is not None:
            found.add(whole.moment(until, bounds=True).day + 1)
        for bound, event in _BOUNDS.items():
            at = whole.moments[bound]
            if at is not None and event not in HAPPENED[whole.order.status]:
                found.add(at.day + 1)
        return {day for day in found if 1 < day < _LAST_DAY}

    def _on(self, day: int) -> tuple[Case, Decision] | None:
        """Return the case with the claim opened on a day, decided then or, if that is later, when it is now."""
        values: list[tuple[str, Any]] = [(f"claims[{self.claim}].opened_at", date.fromordinal(day).isoformat())]
        now = self.work.scene.order_scene.decided
        if day > now.day:
            values.append(("decided_at", date.fromordinal(day).isoformat()))
            # The other claims stay where they are.
            values += [
                (f"claims[{at}].opened_at", self.decided_at.isoformat())
                for at, claim in enumerate(self.data["claims"])
                if at != self.claim and "opened_at" not in claim
            ]
        try:
            case = Case.read(with_values(self.data, values))
            return case, self.engine.decide(case)
        except CaseError:
            return None


_LAST_DAY = date(2200, 1, 1).toordinal()


class _WhatIfWriter:
    """Tells what was found."""

    def __init__(
        self, decision: Decision, claim: int, want: Target | None, already: bool, found: SearchResult,
        windows: tuple[Window, ...],
    ) -> None:  # fmt: skip
        self.decision, self.claim, self.want, self.already = decision, claim, want, already
        self.found, self.windows, self.language = found, windows, decision.language
        self.payer = decision.claims[claim].freight.return_.payer

    def say(self, name: str, *parts: object) -> str:
        return say(f"explain.{name}", self.language, *parts)

    def wanted(self) -> str:
        assert self.want is not None
        question, value = self.want
        bare = question == RULE or value is None
        return safe(value or question) if bare else answer_words(question, value, self.language)

    def view(self) -> View:
        claim, shown = self.decision.claims[self.claim], decision_view(self.decision)
        if self.want is None:
            head = self.say("what_if")
        else:
            head = self.say("already" if self.already else "what_if_want", self.wanted())
        of = f"{safe(claim.line)}: " if len(self.decision.claims) > 1 else ""
        sections = (
            ("is", (Entry(shown.claims[self.claim].headline),)),
            ("changes", tuple(self.changes())),
            ("until", tuple(self.calendar())),
            ("note", tuple(self.notes())),
        )
        made = ClaimView(
            claim.outcome, of + head, "",
            tuple(Section(name, self.say(name), entries) for name, entries in sections if entries),
        )  # fmt: skip
        return View(self.decision.outcome, "", (made,), (), shown.footer, shown.sources)

    def changes(self) -> Iterator[Entry]:
        lines: dict[tuple[str, ...], list[Change]] = {}
        for change in self.found.changes:
            ranged = any(item.low != item.high or item.fact in LATE for item in change.settings)
            gives = self.gives(change.decision, ranged=ranged)
            # Words for one and the same fact that give the same go on one line.
            last = "" if change.settings[-1].kind == "enum" else self.range(change.settings[-1])
            before = [self.setting(item) for item in change.settings[:-1]]
            lines.setdefault((*before, change.settings[-1].fact, last, gives), []).append(change)
        for (*_, gives), changes in list(lines.items())[:SHOWN_CHANGES]:
            *others, end = changes[0].settings
            words = phrase("or", self.language).join(self.range(one.settings[-1]) for one in changes)
            text = self.say("joined").join([*map(self.setting, others), self.setting(end, words)])
            paths = dict.fromkeys(safe(path) for item in changes[0].settings for path, _ in item.settings)
            yield Entry(self.say("gives", text, gives), "", tuple(paths))
        if len(lines) > SHOWN_CHANGES:
            yield Entry(self.say("more", len(lines) - SHOWN_CHANGES))

    def gives(self, decision: Decision, *, ranged: bool) -> str:
        """Return what a change gives; without its amount where that depends on where in a range the value is."""
        claim = decision.claims[self.claim]
        if not ranged:
            return headline(decision, claim)
        said = [answer_words("outcome", claim.outcome, self.language)]
        if claim.resolution and claim.outcome == "approve":
            said.append(answer_words("resolution", claim.resolution, self.language))
        payer = claim.freight.return_.payer
        if claim.outcome == "approve" and payer not in (None, "none", self.payer):
            said.append(answer_words("freight.return", payer, self.language))
        return " · ".join(said)

    def setting(self, item: Assignment, words: str = "") -> str:
        """Return one fact as it would have to be, and as it is."""
        text = self.say("set_to", safe(item.fact), words or self.range(item))
        if item.now is None:
            return text + self.say("now", value_text(None, "", self.language))
        return text + self.say("now", self.value(item.now, item))

    def value(self, value: Any, item: Assignment) -> str:
        if item.kind == "money":
            return to_text(value, item.scale)
        return value_text(cm_text(value) if item.kind == "cm" else value, item.kind, self.language)

    def range(self, item: Assignment) -> str:
        """Return exactly from where to where a fact may go."""
        low, high = item.low, item.high
        if low == high or item.kind in ("bool", "enum"):
            return self.value(item.value, item)
        # A length just above a threshold reads better as more than it, and is the same.
        above = item.kind == "cm" and low > 0 and len(cm_text(low - 1)) < len(cm_text(low))
        below = item.kind == "cm" and high is not None and len(cm_text(high + 1)) < len(cm_text(high))
        said = []
        if low > 0:
            said.append(
                self.say("more_than", self.value(low - 1, item))
                if above
                else self.say("at_least", self.value(low, item))
            )
        if high is not None:
            said.append(
                self.say("less_than", self.value(high + 1, item))
                if below
                else self.say("at_most", self.value(high, item))
            )
        return self.say("range").join(said) or self.say("anything")

    def calendar(self) -> Iterator[Entry]:
        for window in self.windows:
            gives = self.gives(window.decision, ranged=True)
            if window.until is not None:
                yield Entry(self.say("opened_by", f"{window.until} 24:00", gives))
            else:
                assert window.since is not None
                last = date.fromordinal(window.since.toordinal() - 1)
                yield Entry(self.say("holds_until", f"{last} 24:00", gives))

    def notes(self) -> Iterator[Entry]:
        if not self.already and not self.found.changes:
            if self.want is None:
                yield Entry(self.say("none_found_any", self.found.searched))
            else:
                yield Entry(self.say("none_found", self.found.searched, self.wanted()))
        if self.found.bounded:
            yield Entry(self.say("bounded", self.found.searched))
        if self.found.changes:
            yield Entry(self.say("truth"))

    def data(self) -> dict[str, Any]:
        """Return what was found as plain data."""
        return {
            "explains": "what if",
            "case": self.decision.case,
            "language": self.decision.language,
            "claim": self.claim,
            "want": None if self.want is None else self.want.text,
            "already": self.already,
            "bounded": self.found.bounded,
            "searched": self.found.searched,
            "changes": [
                {"facts": [item.data() for item in change.settings], **self._gives_data(change.decision)}
                for change in self.found.changes
            ],
            "windows": [
                {
                    "until": window.until.isoformat() if window.until else None,
                    "since": window.since.isoformat() if window.since else None,
                    **self._gives_data(window.decision),
                }
                for window in self.windows
            ],
        }

    def _gives_data(self, decision: Decision) -> dict[str, Any]:
        claim = decision.claims[self.claim]
        total = str(claim.refund.total) if claim.refund else None
        return {
            "outcome": claim.outcome,
            "resolution": claim.resolution,
            "refund": total,
            "reasons": list(claim.reasons),
        }
