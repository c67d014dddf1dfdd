"""The command line. It reads, calls the library and prints; it decides nothing itself.

What a command needs is imported when it runs, so that each starts as fast as it can.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from refundrules.cli import backtest as cli_backtest
from refundrules.cli import record as cli_record
from refundrules.cli.ask import ask
from refundrules.cli.check import check
from refundrules.cli.diff import diff
from refundrules.cli.docs import docs
from refundrules.cli.explain import explain, print_beside
from refundrules.cli.new import new
from refundrules.cli.shell import DEFAULT_PACK, LANGUAGE, Commands, engine_for
from refundrules.cli.test import test
from refundrules.errors import CaseError

if TYPE_CHECKING:
    from refundrules.engine.decision import Decision
    from refundrules.engine.engine import Engine
    from refundrules.io.case_files import Document

SCHEMAS = ("case", "pack", "tests", "decision")


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from refundrules.engine.engine import __version__

        click.echo(f"refundrules {__version__}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
def commands() -> None:
    """Decide returns, refunds, exchanges and repairs from declarative rules, with reasons.

    Exit status: 0 done, 1 a check or test found something, 2 bad input or a bad policy, 3 a bug of ours.
    """


for _command in (
    ask, cli_backtest.backtest, check, diff, docs, explain, cli_backtest.generate, cli_record.message, new,
    cli_record.report, test,
):  # fmt: skip
    commands.add_command(_command)


def main() -> NoReturn:
    """Run the command line, and exit with its status."""
    commands(prog_name="refundrules")
    raise AssertionError("click has not exited")


_MATCHERS = click.Choice(["auto", "durable", "compiled"])
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
_matcher = click.option("--matcher", type=_MATCHERS, default="auto", show_default=True, help="What matches the rules.")
_language = click.option("--language", type=LANGUAGE, help="Language of texts; by default the policy's.")
_pack = click.argument("pack", default=DEFAULT_PACK)


def _print_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False))


# -- decide -----------------------------------------------------------------------------------


@commands.command()
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@click.option("--policy", default=DEFAULT_PACK, show_default=True, metavar="NAME|PATH", help="The pack to decide by.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone, one decision a line.")
@click.option("--trace", is_flag=True, help="Show how each decision came about.")
@click.option("--language", type=LANGUAGE, help="Language of texts; by default the case's, else the policy's.")
@click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help="Also decide with this changed, and show both."
)
@_matcher
@click.pass_context
def decide(
    ctx: click.Context, cases: tuple[str, ...], policy: str, as_json: bool, trace: bool, language: Any,
    settings: tuple[str, ...], matcher: Any,
) -> None:  # fmt: skip
    """Decide cases.

    CASE is a file of YAML or JSON, or - for standard input. A file may hold one case, several YAML
    documents, a list of cases, or JSON lines. Nothing is decided unless every case can be read.
    """
    from refundrules.io.case_files import read_files
    from refundrules.policy.loading.loader import load_policy

    engine = engine_for(load_policy(policy), matcher)
    documents, problems = read_files(cases, sys.stdin.buffer.read)
    decisions = []
    for document in documents:
        try:
            decisions.append(_decide(engine, document, language))
        except CaseError as error:
            problems += [document.located(problem) for problem in error.problems]
    if problems:
        raise CaseError(problems)
    if settings:
        print_beside(engine, documents, decisions, settings, as_json=as_json)
        return
    for number, decision in enumerate(decisions):
        if as_json:
            click.echo(decision.to_json())
        else:
            from refundrules.rendering.forms import print_decision

            click.echo("\n" if number else "", nl=False)
            print_decision(decision, trace=trace, colour=bool(ctx.color), file=sys.stdout)


def _decide(engine: Engine, document: Document, language: Any) -> Decision:
    from refundrules.case.models import Case

    case = Case.read(document.data)
    try:
        return engine.decide(case.model_copy(update={"language": language}) if language else case)
    except CaseError:
        raise
    except Exception as error:
        error.add_note(f"{document.file}: in case `{case.id}`")
        raise


# -- rules, facts, schema ---------------------------------------------------------------------


@commands.command()
@_pack
@click.option("--cite", default="", metavar="SOURCE", help="Only what cites this source, and the tests that show it.")
@click.option("--id", "rule", default="", metavar="ID", help="Only this rule, with all there is to say of it.")
@_language
@_as_json
def rules(pack: str, cite: str, rule: str, language: Any, as_json: bool) -> None:
    """List the rules of a pack and of those it extends, with what they answer and cite."""
    from refundrules.cli.listing import rules_listing, rules_text
    from refundrules.policy.loading.loader import load_policy
    from refundrules.testing.runner import read_pack_tests

    policy = load_policy(pack)
    tests = read_pack_tests(pack, policy) if cite or rule or as_json else ()
    data = rules_listing(policy, tests, cite=cite, rule=rule)
    if as_json:
        _print_json(data)
    else:
        click.echo("\n".join(rules_text(data, language or policy.language)))


@commands.command()
@_pack
@_language
@_as_json
def facts(pack: str, language: Any, as_json: bool) -> None:
    """List the facts that rules of a pack may read."""
    from refundrules.cli.listing import facts_listing, facts_text
    from refundrules.policy.loading.loader import load_policy

    policy = load_policy(pack)
    data = facts_listing(policy)
    if as_json:
        _print_json(data)
    else:
        click.echo("\n".join(facts_text(data, language or policy.language)))


@commands.command()
@click.argument("name", type=click.Choice(SCHEMAS))
def schema(name: str) -> None:
    """Print the JSON Schema of a case, of a pack's files, of its files of tests, or of a decision."""
    from refundrules.cli.schema import json_schema

    click.echo(json.dumps(json_schema(name), ensure_ascii=False, indent=2))
