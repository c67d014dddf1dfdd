"""Text becomes code in one place, and only text that conditions and formulas become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundrules.expr.compile import function, selection


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("__import__('os')", "__import__"),
        ("f[0].real", ".real"),
        ("f[0].__class__.__mro__", ".__mro__"),
        ("open('x')", "open"),
        ("f'{1}'", "''"),
        ("b''", "b''"),
        ("f[0] := 1", ":"),
        ("lambda: 1", "lambda:"),
        ("[x for x in f]", "xforx"),
        ("f[0]; f[1]", ";"),
        ("f[0]\nf[1]", "\n"),
        ("'a", "'"),
        ("1.5", "."),
        ("0x1f", "0x1f"),
    ],
)
def test_a_word_that_no_condition_becomes_is_refused(text: str, foreign: str) -> None:
    with pytest.raises(ValueError, match="is not of the language that conditions and formulas become") as caught:
        function("f, a, k", text)
    assert str(caught.value).startswith(f"`{foreign}`")
    with pytest.raises(ValueError, match="is not of the language"):
        selection([(0, text)], "<test>")


@given(st.text(max_size=12))
def test_any_word_may_stand_in_quotes(word: str) -> None:
    assert function("f", f"f[0] == {word!r}")([word]) is True
    assert function("f", f"f[0] in {{{word!r}, 'other'}}")(["no such word, not even by chance"]) is False


def test_generated_code_has_no_builtins() -> None:
    assert function("f", "min(f[0], 3) + _half(5, 2)").__globals__["__builtins__"] == {}


def test_a_selection_gives_the_numbers_of_what_is_true_in_order() -> None:
    match = selection([(2, "f[0] > 1"), (5, "True"), (1, "k[0]")], "<test>")
    assert match([2], [True]) == (2, 5, 1)
    assert match([0], [False]) == (5,)
    assert match.__code__.co_filename == "<test>"
