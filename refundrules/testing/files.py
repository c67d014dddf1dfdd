"""Files of a pack's tests, as docs/pack-format.md says they are written: read strictly, every problem with its line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refundrules.case.models import Case
from refundrules.errors import CaseError, Problem, did_you_mean, listed
from refundrules.io.case_files import line_of, shown_path
from refundrules.io.strict_yaml import Map, Seq, read_text, read_yaml
from refundrules.policy.loading.files import PackReader
from refundrules.policy.model import Policy
from refundrules.testing.expectations import Expectation, ExpectationError, read_expectation

FILE_KEYS = ("defaults", "tests")
TEST_KEYS = ("id", "rules", "given", "expect")


@dataclass(frozen=True, slots=True)
class PackTest:
    """One test of a pack: a case, and what its decision must be."""

    id: str
    rules: tuple[str, ...]
    """The sources and rules it says it shows."""
    case: Case
    expectations: tuple[Expectation, ...]
    where: str
    given: Map
    """The case as written, its file's defaults merged in; it knows its lines."""

    def located(self, problem: Problem) -> Problem:
        """Return a problem of its case with the test's file and the line of the path."""
        file = self.where.rpartition(":")[0]
        return _in_case(file, self.id, self.given, problem)


def pack_test_files(pack: str | os.PathLike[str]) -> list[Path]:
    """Return the files of tests beside a pack: those of its folder `tests`. Empty when there is no such pack."""
    place = PackReader().find(os.fspath(pack), None)
    if place is None:
        return []
    folder = (place.parent if place.is_file() else place) / "tests"
    return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])


def read_tests(pack: str | os.PathLike[str], policy: Policy) -> tuple[list[PackTest], list[Problem]]:
    """Return the tests beside a pack, unrun, and everything that is wrong with them."""
    reading = _Reading(policy)
    tests = [test for path in pack_test_files(pack) for test in reading.file(path)]
    return tests, reading.problems


class _Reading:
    """Reads test files; every method notes problems and goes on."""

    def __init__(self, policy: Policy) -> None:
        self.problems: list[Problem] = []
        self.places: dict[str, str] = {}
        self.showable = [*policy.sources, *policy.rule, *(guarantee.id for guarantee in policy.guarantees)]

    def wrong(self, where: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(where, what, remedy))

    def file(self, path: Path) -> Iterator[PackTest]:
        name = shown_path(path)
        text, unread = read_text(path, name)
        documents, unclear = read_yaml(text, name)
        self.problems += [*unread, *unclear]
        for document in documents:
            if document is not None and self.closed(document, FILE_KEYS, f"{name}:1", "the file of tests"):
                yield from self._tests(document, name)

    def closed(self, value: Any, keys: tuple[str, ...], where: str, what: str) -> bool:
        """Return whether `value` is a mapping, and note the words it may not hold."""
        if not isinstance(value, Map):
            self.wrong(where, f"{what} is not a mapping", f"it may hold {listed(keys)}")
            return False
        for key in value:
            if key not in keys:
                place = f"{where.rpartition(':')[0]}:{value.lines[key]}"
                self.wrong(place, f"unknown word `{key}` in {what}", did_you_mean(key, keys, f"one of {listed(keys)}"))
        return True

    def _tests(self, document: Map, file: str) -> Iterator[PackTest]:
        defaults = document.get("defaults") or Map(0)
        if not isinstance(defaults, Map):
            self.wrong(f"{file}:{document.lines['defaults']}", "`defaults` is not a case", "write it as a mapping")
            defaults = Map(0)
        tests = document.get("tests")
        if not isinstance(tests, Seq):
            self.wrong(
                f"{file}:{document.lines.get('tests', 1)}", "`tests` is not a list", "write `tests:` and `- id: …`"
            )
            return
        for item, line in zip(tests, tests.lines, strict=True):
            where = f"{file}:{line}"
            if self.closed(item, TEST_KEYS, where, "the test"):
                test = self._test(item, defaults, file, where)
                if test is not None:
                    yield test

    def _test(self, item: Map, defaults: Map, file: str, where: str) -> PackTest | None:
        name = item.get("id")
        if not isinstance(name, str) or not name:
            self.wrong(where, "the test has no `id`", "give it one that reads as a sentence, like `size-4cm-return`")
            return None
        before = self.places.setdefault(name, where)
        if before != where:
            self.wrong(where, f"test `{name}` is there twice (first at {before})", "give it an id of its own")
        given = item.get("given")
        if not isinstance(given, Map):
            self.wrong(where, f"test `{name}` is given no case", "write the case under `given:`")
            return None
        given = merged(defaults, given)
        given.setdefault("id", name)
        try:
            case = Case.read(given)
        except CaseError as error:
            self.problems += [_in_case(file, name, given, problem) for problem in error.problems]
            return None
        if case.decided_at is None:
            self.wrong(
                where, f"the case of test `{name}` has no `decided_at`", "give it one: a test must not depend on today"
            )
        rules = self._rules(item, file, where, name)
        return PackTest(name, rules, case, self._expectations(item, file, where, name, len(case.claims)), where, given)

    def _rules(self, item: Map, file: str, where: str, name: str) -> tuple[str, ...]:
        rules = item.get("rules")
        if not isinstance(rules, Seq) or not rules:
            self.wrong(where, f"test `{name}` does not say what it shows", "add `rules: [SOURCE or RULE-ID]`")
            return ()
        for rule, line in zip(rules, rules.lines, strict=True):
            if rule not in self.showable:
                remedy = did_you_mean(rule, self.showable, "`refundrules rules` lists them")
                self.wrong(f"{file}:{line}", f"`{rule}` is neither a source nor a rule of the policy", remedy)
        return tuple(str(rule) for rule in rules)

    def _expectations(self, item: Map, file: str, where: str, name: str, claims: int) -> tuple[Expectation, ...]:
        expect = item.get("expect")
        if not isinstance(expect, Map) or not expect:
            self.wrong(where, f"test `{name}` expects nothing", "add `expect:` with paths into the decision")
            return ()
        found = []
        for path, wanted in expect.items():
            try:
                found.append(read_expectation(path, wanted, claims))
            except ExpectationError as error:
                self.wrong(f"{file}:{expect.lines[path]}", error.what, error.remedy)
        return tuple(found)


def merged(defaults: Map, given: Map) -> Map:
    """Return `given` laid over `defaults`: mappings merge, null removes, anything else replaces."""
    made = Map(given.line)
    for key in Counter([*defaults, *given]):
        source = given if key in given else defaults
        value = source[key]
        if value is None:
            continue
        inner = defaults.get(key)
        if source is given and isinstance(value, Map):
            value = merged(inner if isinstance(inner, Map) else Map(0), value)
        made[key], made.lines[key] = value, source.lines[key]
    return made


def _in_case(file: str, test: str, given: Map, problem: Problem) -> Problem:
    where = f"{file}:{line_of(given, problem.where) or given.line}"
    return Problem(f"{where}: test `{test}`: {problem.where}", problem.what, problem.remedy)
