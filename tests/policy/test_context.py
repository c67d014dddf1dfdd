"""What is shared while packs are linked: what is known so far, and every problem with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from slips import problems
from tiny_pack import PACK, write_pack

from refundrules.policy.loading.context import LoadContext
from refundrules.policy.loading.files import PackReader


@pytest.fixture
def ctx(tmp_path: Path) -> LoadContext:
    reader = PackReader()
    reader.read(write_pack(tmp_path), ())
    return LoadContext(reader.packs)


def test_entries_are_told_with_their_file_and_line(ctx: LoadContext) -> None:
    entries = list(ctx.entries("rules"))
    assert [entry.item.id for entry in entries] == ["TINY-1", "TINY-2", "TINY-3", "TINY-4"]
    line = PACK.splitlines().index("  - id: TINY-2") + 1
    assert entries[1].where.endswith(f"pack.yaml:{line}")
    assert entries[1].line("because").endswith(f":{line + 4}")


def test_the_extending_packs_head_speaks_first(ctx: LoadContext) -> None:
    assert (ctx.root.name, ctx.inherited("currency"), ctx.inherited("nothing"), ctx.complete) == (
        "tiny",
        "CNY",
        None,
        True,
    )


def test_a_name_is_declared_once_and_in_its_shape(ctx: LoadContext) -> None:
    assert ctx.declares("names", "small", "a:1", "parameter")
    assert not ctx.declares("names", "small", "a:2", "parameter")
    assert not ctx.declares("names", "Small", "a:3", "parameter")
    assert not ctx.declares("ids", 3, "a:4", "rule")
    assert [str(problem) for problem in ctx.problems] == [
        "a:2: parameter `small` is defined twice (first at a:1)",
        "a:3: `Small` is not a name for a parameter (use lower case letters, digits and underscores)",
        "a:4: `3` is not a name for a rule (use upper case letters, digits and dashes)",
    ]


def test_what_is_not_known_is_a_problem_with_the_nearest(ctx: LoadContext) -> None:
    assert ctx.known("stain", ["stain", "fading"], "a:1", "a reason")
    assert not ctx.known("stian", ["stain", "fading"], "a:2", "a reason")
    assert not ctx.known("zzz", ["stain", "fading"], "a:3", "a reason", 1)
    ctx.checked_value(True, (True, False), "a:4", "x")
    ctx.checked_value(1, (True, False), "a:5", "x")
    assert [str(problem) for problem in ctx.problems] == [
        "a:2: `stian` is not a reason (did you mean `stain`?)",
        "a:3: `zzz` is not a reason (one of `stain` and 1 more)",
        "a:5: `1` is not a value of `x` (one of `true`, `false`)",
    ]


def test_all_slips_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = PACK.replace("kind: cm", "kind: m").replace("TINY-4]", "TINY-9]").replace("reason: stain}", "reason: stian}")
    lines = [int(problem.where.rpartition(":")[2]) for problem in problems(text)]
    assert len(lines) >= 3
    assert lines == sorted(lines)
