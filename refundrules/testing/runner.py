"""The tests of a pack: cases beside it, and what each decision must be.

`run_pack_tests` is public, for pack authors: docs/pack-format.md says how a test is written.

>>> report = run_pack_tests("cn-consumer-law")
>>> report.failed, report.ok
(0, True)
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from refundrules.engine.decision import Decision
from refundrules.engine.engine import Engine
from refundrules.engine.matchers.matcher import MatcherName
from refundrules.errors import CaseError, PackError, Problem, listed
from refundrules.policy.loading.loader import load_policy
from refundrules.policy.model import Policy
from refundrules.policy.parts import Rule
from refundrules.testing.expectations import plain
from refundrules.testing.files import PackTest, read_tests

__all__ = ["Failure", "PackTest", "PackTestResult", "Report", "read_pack_tests", "run_pack_tests"]


class Failure(NamedTuple):
    """One expectation that a decision does not meet."""

    path: str
    wanted: Any
    got: Any

    def __str__(self) -> str:
        return f"{self.path}: wanted {_shown(self.wanted)}, got {_shown(self.got)}"


@dataclass(frozen=True, slots=True)
class PackTestResult:
    """One test as it went."""

    test: PackTest
    decision: Decision
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        """Whether every expectation was met."""
        return not self.failures

    @property
    def reasons(self) -> tuple[str, ...]:
        """The rules that determined any of its claims."""
        return tuple(dict.fromkeys(reason for claim in self.decision.claims for reason in claim.reasons))

    @property
    def explanation(self) -> tuple[str, ...]:
        """Why the decision is what it is, a line each: the rules that determined, and what keeps it open."""
        lines = [f"determined by {listed(self.reasons, 40) or 'no rule'}"]
        for number, claim in enumerate(self.decision.trace["claims"]):
            of = f"claim {number}: " if len(self.decision.claims) > 1 else ""
            review = claim.get("review")
            if review:
                what = f" of `{review['question']}`" if review["question"] else ""
                rules = f" ({listed(review['rules'])})" if review["rules"] else ""
                lines.append(f"{of}manual review: {review['kind']}{what}{rules}")
        for number, decided in enumerate(self.decision.claims):
            of = f"claim {number}: " if len(self.decision.claims) > 1 else ""
            if decided.missing:
                lines.append(f"{of}missing {listed([item.fact for item in decided.missing])}")
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class Report:
    """The tests of a pack as they went, and the rules that none of them shows."""

    policy: Policy
    results: tuple[PackTestResult, ...]
    unshown: tuple[Rule, ...]
    """Rules that are a reason of no tested decision; always empty for a pack made to be extended."""

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(result.passed for result in self.results)

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return len(self.results) - self.passed

    @property
    def ok(self) -> bool:
        """Whether every test passed and every rule is shown."""
        return not self.failed and not self.unshown

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return {
            "pack": self.policy.id,
            "version": self.policy.version,
            "ok": self.ok,
            "passed": self.passed,
            "failed": self.failed,
            "tests": [
                {
                    "id": result.test.id,
                    "where": result.test.where,
                    "rules": list(result.test.rules),
                    "passed": result.passed,
                    "reasons": list(result.reasons),
                    "failures": [
                        {"path": failure.path, "wanted": plain(failure.wanted), "got": plain(failure.got)}
                        for failure in result.failures
                    ],
                }
                for result in self.results
            ],
            "unshown": [{"rule": rule.id, "where": rule.where} for rule in self.unshown],
        }


def run_pack_tests(
    pack: str | os.PathLike[str] = "cn-apparel-shop", *, matcher: MatcherName = "auto", only: str = ""
) -> Report:
    """Return how the tests beside a pack went.

    `pack` is what `load_policy` takes. With `only`, the tests with that text in their id or file run alone,
    and rules that none of them shows are not counted.
    Raises `PackError` with every problem of the pack or of its tests.
    """
    policy = load_policy(pack)
    tests, problems = read_tests(pack, policy)
    engine = Engine(policy, matcher=matcher)
    results = [_run(engine, test, problems) for test in tests if only in test.id or only in test.where]
    if problems:
        raise PackError(problems)
    done = tuple(result for result in results if result is not None)
    checked = policy.complete and not only
    return Report(policy, done, _unshown(policy, done) if checked else ())


def read_pack_tests(pack: str | os.PathLike[str], policy: Policy) -> tuple[PackTest, ...]:
    """Return the tests beside a pack, unrun. Raises `PackError` with every problem of them."""
    tests, problems = read_tests(pack, policy)
    if problems:
        raise PackError(problems)
    return tuple(tests)


def _run(engine: Engine, test: PackTest, problems: list[Problem]) -> PackTestResult | None:
    try:
        decision = engine.decide(test.case)
    except CaseError as error:
        problems += [test.located(problem) for problem in error.problems]
        return None
    except Exception as error:
        error.add_note(f"{test.where}: in test `{test.id}`")
        raise
    failures = tuple(
        Failure(wish.path, wish.wanted, wish.found(decision)) for wish in test.expectations if not wish.met(decision)
    )
    return PackTestResult(test, decision, failures)


def _unshown(policy: Policy, results: Iterable[PackTestResult]) -> tuple[Rule, ...]:
    shown = {reason for result in results for reason in result.reasons}
    own = {policy.id, *policy.unfinished}
    return tuple(rule for rule in policy.rules if rule.pack in own and rule.id not in shown)


def _shown(value: Any) -> str:
    value = plain(value)
    if isinstance(value, dict):
        return ", ".join(f"{form} {_shown(wanted)}" for form, wanted in value.items())
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if value is None or isinstance(value, bool):
        return f"`{str(value).lower() if value is not None else 'null'}`"
    return "nothing" if value == "nothing" else f"`{value}`"
