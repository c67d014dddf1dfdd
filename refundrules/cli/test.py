"""`refundrules test`: a pack's tests, what they show, and what could change without their noticing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from refundrules.cli.shell import DEFAULT_PACK, FOUND, refuse, spare_all, write
from refundrules.errors import EngineError

if TYPE_CHECKING:
    from refundrules.testing.runner import Report
    from refundrules.testing.suggestions import Suggestion


@click.command()
@click.argument("packs", nargs=-1, metavar="[PACK]...")
@click.option("-k", "only", default="", metavar="TEXT", help="Run only tests with this text in their id or file.")
@click.option("-v", "--verbose", is_flag=True, help="Name every test.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone, one pack a line.")
@click.option("--coverage", is_flag=True, help="Say what the tests show of the policy, and what they do not.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="N", help="Fail when less than N % is shown.")
@click.option("--mutate", is_flag=True, help="Change one thing at a time, and say which changes no test notices.")
@click.option("--only", "owners", default="", metavar="ID", help="Only mutants of what starts with this.")
@click.option(
    "--suggest", is_flag=False, flag_value="-", metavar="[FILE]", help="Write the missing tests, for you to confirm."
)
@click.option(
    "--matcher", type=click.Choice(["auto", "durable", "compiled"]), default="auto", show_default=True,
    help="What matches the rules.",
)  # fmt: skip
@click.pass_context
def test(
    ctx: click.Context, packs: tuple[str, ...], only: str, verbose: bool, as_json: bool, coverage: bool,
    fail_under: float | None, mutate: bool, owners: str, suggest: str | None, matcher: Any,
) -> None:  # fmt: skip
    """Run the tests of packs.

    PACK is a shipped pack's name or a path; by default the shipped shop. Fails when a test fails, or when no test
    shows some rule of a pack that is meant to decide by itself; with --mutate, when a mutant survives that the pack
    does not accept; with --fail-under, when too little is shown.
    """
    from refundrules.testing.runner import run_pack_tests

    _check(coverage, fail_under, mutate, owners, suggest, only)
    chosen = packs or (DEFAULT_PACK,)
    try:
        reports = [run_pack_tests(pack, matcher=matcher, only=only) for pack in chosen]
    except EngineError as error:
        if matcher != "durable" or getattr(error, "__notes__", ()):
            raise
        raise refuse("--matcher", str(error)) from None
    if only and not any(report.results for report in reports):
        raise refuse("-k", f"no test has `{only}` in its id or file", "-v names them")
    quiet = as_json or suggest == "-"
    good = all(report.ok for report in reports)
    suggested: list[Suggestion] = []
    for pack, report in zip(chosen, reports, strict=True):
        data = report.to_dict()
        if not quiet:
            _print_report(report, verbose=verbose)
        if coverage:
            shown, found = _coverage(pack, data, quiet=quiet, suggest=suggest is not None, matcher=matcher)
            good, suggested = good and shown >= (fail_under or 0), suggested + found
        if mutate and not report.failed:
            fine, found = _mutate(pack, owners, data, quiet=quiet, suggest=suggest is not None)
            good, suggested = good and fine, suggested + found
        if as_json:
            click.echo(json.dumps(data, ensure_ascii=False))
    if not quiet:
        passed, failed = (sum(getattr(report, which) for report in reports) for which in ("passed", "failed"))
        click.secho(f"{passed} passed, {failed} failed", fg="green" if good else "red")
    if suggest is not None:
        _write(suggest, suggested, quiet=quiet)
    if not good:
        ctx.exit(FOUND)


def _check(coverage: bool, fail_under: float | None, mutate: bool, owners: str, suggest: str | None, only: str) -> None:
    """Refuse options that say nothing without another."""
    if fail_under is not None and not coverage:
        raise refuse("--fail-under", "says how much --coverage must show", "add --coverage")
    if owners and not mutate:
        raise refuse("--only", "says which mutants to try", "add --mutate")
    if suggest is not None and not (coverage or mutate):
        raise refuse("--suggest", "writes what --coverage or --mutate finds missing", "add one of them")
    if suggest not in (None, "-"):
        spare_all("--suggest", suggest)
    if only and (coverage or mutate):
        raise refuse("-k", "runs some tests, and what is shown is a matter of all of them", "leave it out")


def _coverage(
    pack: str, data: dict[str, Any], *, quiet: bool, suggest: bool, matcher: Any
) -> tuple[float, list[Suggestion]]:
    from refundrules.testing.coverage import coverage_text, pack_coverage

    found = pack_coverage(pack, matcher=matcher)
    data["coverage"] = found.to_dict()
    if not quiet:
        click.echo("\n".join(coverage_text(found)))
        click.echo()
    if not suggest:
        return found.percent(), []
    from refundrules.testing.runner import read_pack_tests
    from refundrules.testing.suggestions import Suggester

    suggester = Suggester(found.policy, read_pack_tests(pack, found.policy))
    made = []
    with _bar(len(found.missing), "looking for tests") as step:
        for suggestion, _, left in suggester.for_goals(found.missing):
            step(len(found.missing) - left)
            made.append(suggestion)
    return found.percent(), made


def _mutate(
    pack: str, owners: str, data: dict[str, Any], *, quiet: bool, suggest: bool
) -> tuple[bool, list[Suggestion]]:
    from refundrules.policy.loading.loader import load_policy
    from refundrules.testing.mutants import mutants
    from refundrules.testing.mutation_report import mutation_text, run_mutants, suggestions_of

    count = len(mutants(load_policy(pack), owners))
    if owners and not count:
        raise refuse("--only", f"no rule, definition or parameter starts with `{owners}`", "`refundrules rules` names them")  # fmt: skip
    with _bar(count, "mutants") as step:
        report = run_mutants(pack, only=owners, suggest=suggest, step=lambda done, _: step(done))
    data["mutation"] = report.to_dict()
    if not quiet:
        click.echo("\n".join(mutation_text(report)))
        click.echo()
    return report.ok, suggestions_of(report)


@contextmanager
def _bar(count: int, label: str) -> Iterator[Callable[[int], None]]:
    """Show how far it is, on a terminal alone; what is yielded is told how much is done."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=count, label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)


def _write(place: str, found: list[Suggestion], *, quiet: bool) -> None:
    from refundrules.testing.suggestions import as_file

    if place == "-":
        if found:
            click.echo(as_file(found), nl=False)
        return
    if found:
        write(place, as_file(found))
    if not quiet:
        count = len(found)
        click.echo(f"{count} test{'' if count == 1 else 's'} to confirm" + (f" in {place}" if count else ""))


def _print_report(report: Report, *, verbose: bool) -> None:
    count = len(report.results)
    click.echo(f"{report.policy.id} {report.policy.version}: {count} test{'' if count == 1 else 's'}")
    signs = "".join("." if result.passed else "F" for result in report.results)
    lines = [signs[start : start + 80] for start in range(0, count, 80)]
    if verbose:
        lines = [f"{'passed' if result.passed else 'FAILED'}  {result.test.id}" for result in report.results]
    for line in lines:
        click.echo(line)
    for result in report.results:
        if not result.passed:
            click.echo()
            click.secho(f"{result.test.where}: test `{result.test.id}` failed", fg="red")
            for detail in (*result.failures, *result.explanation):
                click.echo(f"  {detail}")
    if report.unshown:
        click.echo()
    for rule in report.unshown:
        click.echo(f"{rule.where}: no test shows rule `{rule.id}` (add one whose decision it determines)")
    click.echo()
