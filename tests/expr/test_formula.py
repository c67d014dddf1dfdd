"""Formulas: what is compiled equals what is meant, units must fit, and a formula's text gives the same tree back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundrules.expr.compile import formula_code, function
from refundrules.expr.formula import (
    Apply,
    Formula,
    FormulaError,
    Number,
    Ref,
    choices,
    evaluate,
    literals,
    names,
    parse,
    to_text,
)
from refundrules.expr.units import kind_of

KINDS = {
    "paid": "money", "freight": "money", "worn": "days", "delay": "hours", "units": "count", "off_cm": "cm",
    "rate": "share", "fee": "money", "period": "days", "step": "money", "allowed_cm": "cm",
}  # fmt: skip
PARAMETERS = ("rate", "fee", "period", "step", "allowed_cm")
FACTS = ("paid", "freight", "worn", "units")

fact_values = st.fixed_dictionaries({name: st.integers(-(10**7), 10**7) for name in FACTS})
positive = st.fractions(min_value=Fraction(1, 60), max_value=1000, max_denominator=60)
parameter_values = st.fixed_dictionaries(dict.fromkeys(PARAMETERS, positive))

constants: st.SearchStrategy[Formula] = st.sampled_from([Ref(name) for name in PARAMETERS] + [Number(Fraction(1))])
operands: st.SearchStrategy[Formula] = st.one_of(
    st.sampled_from([Ref(name) for name in (*FACTS, *PARAMETERS)]),
    st.sampled_from([Number(Fraction(0)), Number(Fraction(1))]),
)


def larger(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    return st.one_of(
        st.builds(lambda what, a, b: Apply(what, (a, b)), st.sampled_from("+-*"), inner, inner),
        st.builds(lambda a, b: Apply("/", (a, b)), inner, constants),
        st.builds(
            lambda what, args: Apply(what, tuple(args)),
            st.sampled_from(["min", "max"]),
            st.lists(inner, min_size=2, max_size=4),
        ),
        st.builds(
            lambda what, a, b: Apply(what, (a, b)), st.sampled_from(["floor", "ceil", "round"]), inner, constants
        ),
    )


formulas = st.recursive(operands, larger, max_leaves=10)


def compiled(formula: Formula, facts: dict[str, int], parameters: dict[str, Fraction]) -> Fraction:
    def code_of(name: str) -> str | Fraction:
        return parameters[name] if name in parameters else f"f[{FACTS.index(name)}]"

    code, under = formula_code(formula, code_of)
    top = function("f", code)([facts[name] for name in FACTS])
    assert isinstance(top, int)
    return Fraction(top, under)


def value(text: str, **known: Any) -> Fraction | None:
    return evaluate(parse(text), known.get)


def kind(text: str) -> str:
    return kind_of(parse(text), KINDS, PARAMETERS.__contains__)


@given(formulas, fact_values, parameter_values)
def test_compiled_formulas_equal_what_they_mean(
    formula: Formula, facts: dict[str, int], parameters: dict[str, Fraction]
) -> None:
    meant = evaluate(formula, {**facts, **parameters}.__getitem__)
    assert compiled(formula, facts, parameters) == meant


@pytest.mark.parametrize(
    "text",
    [
        "paid / (rate + 1)",
        "paid / (rate * rate)",
        "paid / min(rate, 1)",
        "paid / (rate / step)",
        "paid / floor(fee, 1)",
    ],
)
def test_a_divisor_made_of_parameters_divides(text: str) -> None:
    facts = dict.fromkeys(FACTS, 12345)
    parameters = {name: Fraction(5, 6) for name in PARAMETERS} | {"fee": Fraction(7, 2)}
    formula = parse(text)
    assert kind_of(formula, dict.fromkeys(KINDS, "number"), PARAMETERS.__contains__)
    assert compiled(formula, facts, parameters) == evaluate(formula, {**facts, **parameters}.__getitem__)


@given(formulas, fact_values, parameter_values, st.sampled_from(FACTS))
def test_a_formula_with_an_unknown_operand_is_unknown(
    formula: Formula, facts: dict[str, int], parameters: dict[str, Fraction], unknown: str
) -> None:
    found = evaluate(formula, {**facts, **parameters, unknown: None}.__getitem__)
    assert (found is None) == (unknown in set(names(formula)))


@given(formulas)
def test_the_text_of_a_formula_gives_the_same_tree_back(formula: Formula) -> None:
    assert parse(to_text(formula)) == formula


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_a_number_keeps_its_decimals_as_text(digits: int, places: int) -> None:
    written = Number(Fraction(digits, 10**places))
    assert parse(to_text(written)) == written


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 1 * 1", 2),
        ("(1 + 1) * (1 + 1)", 4),
        ("a - b - b", 4),
        ("a - (b - b)", 10),
        ("a / b / b", Fraction(10, 9)),
        ("-a + b", -7),
        ("- - a", 10),
        ("min(a, b, 1)", 1),
        ("max(a, b, 1)", 10),
        ("  a\t*  b ", 30),
    ],
)
def test_operators_bind_as_in_arithmetic(text: str, result: Any) -> None:
    assert value(text, a=10, b=3) == result


@pytest.mark.parametrize(
    ("number", "step", "floored", "ceiled", "rounded"),
    [
        (1250, 100, 1200, 1300, 1300),
        (1249, 100, 1200, 1300, 1200),
        (1200, 100, 1200, 1200, 1200),
        (-1250, 100, -1300, -1200, -1300),
        (0, 100, 0, 0, 0),
        (7, Fraction(5, 2), 5, Fraction(15, 2), Fraction(15, 2)),
        (Fraction(1, 2), 1, 0, 1, 1),
        (Fraction(-1, 2), 1, -1, 0, -1),
    ],
)
def test_steps_go_down_up_or_to_the_nearest_with_halves_away_from_zero(
    number: Any, step: Any, floored: Any, ceiled: Any, rounded: Any
) -> None:
    assert value("floor(x, step)", x=number, step=step) == floored
    assert value("ceil(x, step)", x=number, step=step) == ceiled
    assert value("round(x, step)", x=number, step=step) == rounded


@given(st.integers(-(10**9), 10**9), positive)
def test_a_step_is_hit_exactly_and_from_the_right_side(number: int, step: Fraction) -> None:
    down, up, near = (value(f"{what}(x, step)", x=number, step=step) for what in ("floor", "ceil", "round"))
    assert down is not None
    assert up is not None
    assert near is not None
    assert [(found / step).denominator for found in (down, up, near)] == [1, 1, 1]
    assert down <= number <= up
    assert up - down in (0, step)
    assert abs(near - number) * 2 <= step


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("paid", "money"),
        ("paid + freight", "money"),
        ("paid * rate", "money"),
        ("rate * paid", "money"),
        ("paid * worn * rate", "money"),
        ("paid * units", "money"),
        ("paid / fee", "share"),
        ("paid / rate", "money"),
        ("worn / period", "share"),
        ("units * rate", "share"),
        ("min(paid, 0)", "money"),
        ("max(0, paid - freight)", "money"),
        ("floor(paid, step)", "money"),
        ("-paid", "money"),
        ("off_cm - allowed_cm", "cm"),
        ("1 - rate", "share"),
        ("0", "zero"),
        ("1", "number"),
    ],
)
def test_a_formula_has_the_unit_of_its_operands(text: str, unit: str) -> None:
    assert kind(text) == unit


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("paid + worn", "`money` and `days` cannot be added or compared"),
        ("paid - off_cm", "`money` and `cm` cannot be added or compared"),
        ("paid + rate", "`money` and `share` cannot be added or compared"),
        ("paid + 1", "`money` and `number` cannot be added or compared"),
        ("min(worn, delay)", "`days` and `hours` cannot be added or compared"),
        ("paid * freight", "`money` cannot be multiplied by `money`"),
        ("paid * off_cm", "`money` cannot be multiplied by `cm`"),
        ("rate / fee", "`share` cannot be divided by `money`"),
        ("paid / period", "`money` cannot be divided by `days`"),
        ("paid / 0", "division by zero"),
        ("paid / units", "division by something that is not a parameter; only parameters and numbers may divide"),
        (
            "paid / (rate + units)",
            "division by something that is not a parameter; only parameters and numbers may divide",
        ),
        ("floor(paid, freight)", "the step of `floor` must be a parameter or a number"),
        ("floor(paid, period)", "`money` and `days` cannot be added or compared"),
    ],
)
def test_units_that_do_not_fit_are_refused(text: str, what: str) -> None:
    with pytest.raises(FormulaError) as caught:
        kind(text)
    assert str(caught.value) == what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the formula is empty"),
        ("   ", "the formula is empty"),
        ("a +", "the formula ends too early"),
        ("a b", "unexpected `b`"),
        ("* a", "unexpected `*`"),
        ("(a", "a closing parenthesis is missing"),
        ("min(a, b", "a closing parenthesis is missing"),
        ("a)", "unexpected `)`"),
        ("min(a)", "`min` takes 2 to 9 operands, not 1"),
        ("floor(a, b, c)", "`floor` takes 2 operands, not 3"),
        ("sqrt(a)", "unknown function `sqrt`; one of min, max, floor, ceil, round"),
        ("a ** b", "unexpected `*`"),
        ("a // b", "unexpected `/`"),
        ("a % b", "cannot read `% b`"),
        ("a < b", "cannot read `< b`"),
        ("a['b']", "cannot read `['b']`"),
        ("A", "cannot read `A`"),
        ("金额", "cannot read `金额`"),
        ("(" * 40 + "a" + ")" * 40, "the formula is nested deeper than 30"),
        ("-" * 40 + "a", "the formula is nested deeper than 30"),
        ("+".join("a" * 101), "the formula is longer than 200 words; split it into definitions"),
    ],
)
def test_what_is_not_a_formula_is_refused_with_the_word(text: str, what: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert str(caught.value) == what


@given(st.text(max_size=30) | st.text("ab1.,+-*/() min", max_size=30))
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    try:
        tree = parse(text)
    except FormulaError:
        return
    assert parse(to_text(tree)) == tree


def test_what_a_formula_holds_can_be_listed() -> None:
    tree = parse("min(a, b * 0.5, 1) - c")
    assert list(names(tree)) == ["a", "b", "c"]
    assert list(literals(tree)) == [Fraction(1, 2), 1]
    assert [(to_text(one), to_text(other)) for one, other in choices(tree)] == [
        ("a", "b * 0.5"),
        ("a", "1"),
        ("b * 0.5", "1"),
    ]


def test_a_formula_can_be_shown_with_numbers_in_place_of_names() -> None:
    assert (
        to_text(parse("(a + b) * c"), {"a": "¥1.00", "b": "¥2.00", "c": "30%"}.__getitem__) == "(¥1.00 + ¥2.00) * 30%"
    )
