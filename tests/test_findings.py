"""What a hunt finds is told as a test that fails as the law does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from findings import Finding
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

EASY = settings(settings(), max_examples=100)


def found(law: Callable[..., None], fixtures: dict[str, Any], drawn: bool = True) -> tuple[str, Callable[..., None]]:
    """Search a law as a hunt does; return the text of what is found, and the test in it."""
    name = law.__name__
    item = SimpleNamespace(
        obj=law, name=f"{name}[3]", originalname=name, nodeid=f"x.py::{name}", funcargs=fixtures,
        module=sys.modules[__name__], callspec=SimpleNamespace(params={"most": 3}),
    )  # fmt: skip
    finding = Finding(item)
    with pytest.raises(AssertionError) as caught, finding.watch():
        law(**fixtures)
    text = finding.text(caught.value)
    names: dict[str, Any] = {name: law}
    exec(text, names)  # the file that it would be pasted into
    return text, next(value for word, value in names.items() if word.startswith(f"{name}_found_"))


def test_the_smallest_case_is_a_test_with_its_values_written_out() -> None:
    @EASY
    @given(number=st.integers(), words=st.lists(st.sampled_from(["a", "b"])))
    def law(most: int, number: int, words: list[str]) -> None:
        words.append("changed")
        assert number <= most

    text, test = found(law, {"most": 3})
    assert "    most = 3\n    number = 4\n    words = []\n" in text
    assert "\n# @example(number=4, words=[])\n" in text
    assert "@reproduce_failure(" in text
    with pytest.raises(AssertionError):
        test()


def test_what_was_drawn_on_the_way_is_drawn_again() -> None:
    @EASY
    @given(st.data())
    def law(data: st.DataObject) -> None:
        first = data.draw(st.integers(0, 9))
        assert data.draw(st.integers(first, 20), label="more") < 12

    text, test = found(law, {})
    assert "from findings import Drawn\n" in text
    assert "    data = Drawn(0, 12)\n" in text
    with pytest.raises(AssertionError):
        test()


def test_a_fixture_is_asked_for_and_a_name_that_the_file_lacks_is_said() -> None:
    @EASY
    @given(kind=st.just(Strange()))
    def law(tmp_path: str, kind: Strange) -> None:
        raise AssertionError

    text, test = found(law, {"tmp_path": "here"})
    assert "(tmp_path) -> None:\n    kind = Odd()\n" in text
    assert "# To be imported too: Odd\n" in text
    with pytest.raises(NameError):
        test(tmp_path="here")


def test_the_steps_of_a_state_machine_are_told_in_comments() -> None:
    class Machine(RuleBasedStateMachine):
        @rule(number=st.integers(0, 3))
        def step(self, number: int) -> None:
            assert number < 2

    case = Machine.TestCase("runTest")
    item = SimpleNamespace(obj=case.runTest, name="runTest", parent=SimpleNamespace(name="TestMachine"), nodeid="x.py")
    finding = Finding(item)
    with pytest.raises(AssertionError) as caught, finding.watch():
        case.runTest()
    text = finding.text(caught.value)
    assert "#   state.step(number=2)\n" in text
    assert all(line.startswith("#") for line in text.splitlines())


class Strange:
    def __repr__(self) -> str:
        return "Odd()"
