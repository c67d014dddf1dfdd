"""What pydantic refuses is told in our words: the path, the value, the way out."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from refundrules.io.fields import Amount, Count
from refundrules.io.pydantic_errors import problems_of


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1)
    kind: Literal["card", "wallet"] = "card"
    count: Count = 0


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    items: tuple[Item, ...] = Field(min_length=1, strict=False)
    price: Literal["none"] | Amount = "none"
    is_open: bool = False


def problems(data: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate(data)
    return [str(problem) for problem in problems_of(caught.value, Whole)]


ITEM = {"name": "a"}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({}, "items: is required and missing (add it)"),
        ({"items": []}, "items: is empty (give at least one)"),
        ({"items": 3}, "items: `3` is not a list"),
        ({"items": [{**ITEM, "nmae": "b"}]}, "items[0].nmae: unknown field `nmae` (did you mean `name`?)"),
        ({"items": [{**ITEM, "zz": 1}]}, "items[0].zz: unknown field `zz` (known fields: `name`, `kind`, `count`)"),
        (
            {"items": [{**ITEM, "kind": "crad"}]},
            "items[0].kind: `crad` is not one of its values (did you mean `card`?)",
        ),
        ({"items": [{"name": 3}]}, "items[0].name: `3` is not a text (put it in quotes)"),
        ({"items": [{"name": ""}]}, "items[0].name: is empty (give at least one character)"),
        ({"items": [{**ITEM, "count": -1}]}, "items[0].count: `-1` is below 0"),
        ({"items": [{**ITEM, "count": 1_000_001}]}, "items[0].count: `1000001` is above 1000000"),
        ({"items": [{**ITEM, "count": "3"}]}, "items[0].count: `3` is not a whole number"),
        ({"items": [ITEM], "is_open": "yes"}, "is_open: `yes` is not true or false"),
    ],
)
def test_each_problem_is_one_line(data: Any, text: str) -> None:
    assert problems(data) == [text]


def test_of_a_union_the_branch_that_was_meant_is_told() -> None:
    assert problems({"items": [ITEM], "price": -3}) == ["price: `-3` is below zero"]
    assert problems({"items": [ITEM], "price": "nnoe"}) == [
        "price: `nnoe` is not one of its values (did you mean `none`?)"
    ]


def test_every_place_has_one_problem_and_all_are_told() -> None:
    assert len(problems({"items": [{"name": 3}, {"name": "b", "kind": 1}], "is_open": 3})) == 3


def test_a_root_stands_before_every_path() -> None:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate({"items": [{}]})
    assert [item.where for item in problems_of(caught.value, Whole, "case.order")] == ["case.order.items[0].name"]
