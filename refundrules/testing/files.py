"""Files of a pack's tests, as docs/pack-format.md says they are written: read strictly, every problem with its line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from refundrules.case.models import Case
from refundrules.errors import CaseError, Problem, did_you_mean
from refundrules.io.case_files import line_of, shown_path
from refundrules.io.strict_models import Section, checked, named, read, schema, several
from refundrules.io.strict_yaml import Map, Seq, read_text, read_yaml
from refundrules.policy.loading.files import PackReader
from refundrules.policy.model import Policy
from refundrules.testing.expectations import Expectation, ExpectationError, read_expectation


class TestItem(Section, noun="the test"):
    """A test: a case as written, and what its decision must be."""

    __test__ = False
    id: Annotated[
        str,
        checked(
            lambda value: isinstance(value, str) and value,
            "{noun} has no `{field}`",
            "give it one that reads as a sentence, like `size-4cm-return`",
        ),
        Field(min_length=1),
    ] = Field(description="reads as a sentence, like `size-4cm-return`")
    rules: Annotated[Any, schema(several({"type": "string"}))] = Field(description="sources or rule ids it shows")
    given: Annotated[Any, named("Case")]
    expect: Annotated[Any, named("expect")]


class TestsFile(Section, noun="the file of tests"):
    """A file of a pack's tests."""

    __test__ = False
    model_config = ConfigDict(title="A file of a refundrules pack's tests")
    defaults: Annotated[
        Any,
        checked(lambda value: not value or isinstance(value, Map), "`{field}` is not a case", "write it as a mapping"),
        named("Case"),
    ] = Field(default=None, description="a case that each test's `given` is merged into")
    tests: Annotated[
        list[TestItem],
        checked(lambda value: isinstance(value, list), "`{field}` is not a list", "write `tests:` and `- id: …`"),
    ]


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
            if document is not None:
                found, wrong = read(TestsFile, document, name, 1)
                self.problems += wrong
                yield from self._tests(found, document, name) if found else ()

    def _tests(self, found: TestsFile, document: Map, file: str) -> Iterator[PackTest]:
        items: list[Any] = found.tests or []  # None stands where one was refused
        for at, item in enumerate(items):
            if item is not None and item.id:
                test = self._test(item, found.defaults, f"{file}:{document['tests'].lines[at]}")
                if test is not None:
                    yield test

    def _test(self, item: TestItem, defaults: Any, where: str) -> PackTest | None:
        name, file = item.id, where.rpartition(":")[0]
        before = self.places.setdefault(name, where)
        if before != where:
            self.wrong(where, f"test `{name}` is there twice (first at {before})", "give it an id of its own")
        given = item.given
        if not isinstance(given, Map):
            self.wrong(where, f"test `{name}` is given no case", "write the case under `given:`")
            return None
        given = merge_tests(defaults or Map(0), given)
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

    def _rules(self, item: TestItem, file: str, where: str, name: str) -> tuple[str, ...]:
        rules = item.rules
        if not isinstance(rules, Seq) or not rules:
            self.wrong(where, f"test `{name}` does not say what it shows", "add `rules: [SOURCE or RULE-ID]`")
            return ()
        for rule, line in zip(rules, rules.lines, strict=True):
            if rule not in self.showable:
                remedy = did_you_mean(rule, self.showable, "`refundrules rules` lists them")
                self.wrong(f"{file}:{line}", f"`{rule}` is neither a source nor a rule of the policy", remedy)
        return tuple(str(rule) for rule in rules)

    def _expectations(self, item: TestItem, file: str, where: str, name: str, claims: int) -> tuple[Expectation, ...]:
        expect = item.expect
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


def merge_tests(defaults: Map, given: Map) -> Map:
    """Return `given` laid over `defaults`: mappings merge, null removes, anything else replaces."""
    made = Map(given.line)
    for key in Counter([*defaults, *given]):
        source = given if key in given else defaults
        value = source[key]
        if value is None:
            continue
        inner = defaults.get(key)
        if source is given and isinstance(value, Map):
            value = merge_tests(inner if isinstance(inner, Map) else Map(0), value)
        made[key], made.lines[key] = value, source.lines[key]
    return made


def _in_case(file: str, test: str, given: Map, problem: Problem) -> Problem:
    where = f"{file}:{line_of(given, problem.where) or given.line}"
    return Problem(f"{where}: test `{test}`: {problem.where}", problem.what, problem.remedy)
