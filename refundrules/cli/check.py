"""`refundrules check`: what can be said of a policy before it meets a case."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from refundrules.cli.shell import FOUND, LANGUAGE, spare_all, without_collector, write

if TYPE_CHECKING:
    from refundrules.analysis.check.check import CheckReport


@click.command()
@click.argument("packs", nargs=-1, metavar="[PACK]...")
@click.option("--max-age", type=click.IntRange(0), metavar="DAYS", help="Find values last verified longer ago.")
@click.option("--today", metavar="DATE", help="The day that age is counted to; by default today.")
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE|DIR", help="Write what was found as pack tests.")
@click.option("--language", type=LANGUAGE, help="Language of texts; by default the policy's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone, one report a line.")
@click.pass_context
def check(
    ctx: click.Context, packs: tuple[str, ...], max_age: int | None, today: str | None, save: Path | None, language: Any,
    as_json: bool,
) -> None:  # fmt: skip
    """Prove what a pack promises, and find what is wrong with it, in every case there can be.

    Gaps, conflicts, rules that never hold or decide, comparisons that are always true or false, overrides that
    never matter, amounts below zero or above what was paid, parameters that nothing reads or that are stale; and
    every guarantee and invariant: proved, refuted by a case, or undecided.

    PACK is a shipped pack's name or a path. Exit status: 0 nothing is left but what the pack accepts, 1 something
    is, 2 the pack cannot be used.
    """
    from refundrules.analysis.check.check import check_policy
    from refundrules.analysis.check.report import report_text
    from refundrules.policy.loading.loader import load_policy

    day = _day(today)
    if save is not None:
        spare_all("--save", str(save))
    policies = [load_policy(pack) for pack in packs or ("cn-apparel-shop",)]
    good = True
    for at, policy in enumerate(policies):
        with without_collector():
            report = check_policy(policy, today=day, max_age=max_age)
        good = good and report.ok
        if as_json:
            click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
        else:
            click.echo(("\n" if at else "") + "\n".join(report_text(report, language or policy.language)))
        if save is not None:
            _save(report, save, one_of_many=len(policies) > 1)
    if not good:
        ctx.exit(FOUND)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        from refundrules.cli.shell import refuse

        raise refuse("--today", f"`{text}` is not a date", "write it like 2026-01-31") from None


def _save(report: CheckReport, place: Path, *, one_of_many: bool) -> None:
    """Write the findings that have a case: into a folder one file each, else all into one file."""
    from refundrules.analysis.check.report import test_of, tests_text

    tests = [test for item in report.findings if (test := test_of(item, report.policy)) is not None]
    if place.is_dir():
        texts = {str(place / f"{test['id']}.yaml"): tests_text([test]) for test in tests}
        for name in texts:
            spare_all("--save", name)
        for name, text in texts.items():
            write(name, text)
    elif tests:
        target = place.with_stem(f"{place.stem}-{report.policy.id}") if one_of_many else place
        spare_all("--save", str(target))
        write(str(target), tests_text(tests))
