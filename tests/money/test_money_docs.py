"""The page on money: its blocks say what they show, its tables leave nothing out."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from refundrules.money.settings import MoneySettings

PAGE = (Path(__file__).parents[2] / "docs" / "money.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```pycon\n(.*?)```", PAGE, flags=re.DOTALL)
SYSTEMS = ("Solidus", "Spree", "Medusa", "Saleor", "Vendure", "Sylius", "Magento", "PrestaShop", "Shopify")


def section(title: str) -> str:
    """Return what stands under a heading, up to the next one."""
    _, _, after = PAGE.partition(f"\n### {title}\n")
    return re.split(r"\n##+ ", after)[0]


def settings_row(name: str) -> str:
    (row,) = re.findall(rf"^\| `{name}` \|.*$", PAGE, flags=re.MULTILINE)
    return str(row)


def test_every_block_shows_what_it_prints() -> None:
    parser, names, failures = doctest.DocTestParser(), {}, []
    runner = doctest.DocTestRunner(verbose=False)
    for number, block in enumerate(BLOCKS):
        test = parser.get_doctest(block, names, f"block {number}", "docs/money.md", 0)
        runner.run(test, clear_globs=False, out=failures.append)
        names: dict[str, Any] = test.globs
    assert not failures, "".join(failures)
    assert runner.summarize(verbose=False).attempted > 80


@pytest.mark.parametrize("name", list(MoneySettings.model_fields))
def test_every_setting_is_documented_with_its_values_the_default_first(name: str) -> None:
    field = MoneySettings.model_fields[name]
    values = [value for value in get_args(field.annotation) if isinstance(value, str)]
    row = settings_row(name)
    assert str(field.description)[1:] in row
    if values:
        assert row.split("|")[2].split(", ")[0].strip() == f"`{field.default}`"
        assert all(f"`{value}`" in row for value in values)


@pytest.mark.parametrize("name", [name for name in MoneySettings.model_fields if name != "currency"])
def test_every_setting_is_used_in_an_example(name: str) -> None:
    assert any(name in block for block in BLOCKS)


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_has_its_rules_its_source_an_example_and_what_cannot_be_said(system: str) -> None:
    (row,) = re.findall(rf"^\| \[{system}\].*$", PAGE, flags=re.MULTILINE)
    assert len([cell for cell in row.split("|") if cell.strip()]) == 7
    text = section(system)
    assert "```pycon" in text
    assert "Not expressible: " in text
    assert re.search(r"\.(rb|py|ts|php)`|<https://", text)
