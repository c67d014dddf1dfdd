"""Commands that hand a decision to people: the message to the buyer, the agent's script, the report for the record."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from refundrules.cli.shell import LANGUAGE, refuse, spare, write
from refundrules.errors import CaseError, Problem

if TYPE_CHECKING:
    from refundrules.engine.decision import Decision
    from refundrules.engine.engine import Engine
    from refundrules.io.case_files import Document
    from refundrules.policy.model import Policy

_cases = click.argument("cases", nargs=-1, required=True, metavar="CASE...")
_policy = click.option(
    "--policy", default="cn-apparel-shop", show_default=True, metavar="NAME|PATH", help="The pack to decide by."
)
_language = click.option(
    "--language", type=LANGUAGE, help="Language of texts; by default the case's, else the policy's."
)


@click.command()
@_cases
@click.option("--to", type=click.Choice(["buyer", "agent"]), default="buyer", show_default=True, help="Whom to tell.")
@_policy
@_language
def message(cases: tuple[str, ...], to: Any, policy: str, language: Any) -> None:
    """Print what is said of a case: the message to the buyer, or the script for the agent.

    CASE is a file as `decide` reads it, or a decision that it printed as JSON.
    """
    from refundrules.rendering.forms import message as text_for

    loaded, decisions = _decided(cases, policy, language)
    for number, decision in enumerate(decisions):
        is_ours = decision.policy.digest == loaded.digest
        text = text_for(decision, to, language, policy=loaded if is_ours else None)
        if not text:
            whose = f"{decision.policy.id} {decision.policy.version}"
            raise CaseError(
                [Problem(decision.case, f"nothing is said to the {to} by {whose}", "its pack has no texts")]
            )
        click.echo("\n" * bool(number) + text)


@click.command()
@_cases
@_policy
@_language
@click.option("--output", "-o", metavar="FILE", help="Write to this file instead of standard output.")
@click.option("--svg", is_flag=True, help="Only the picture of the decision's path.")
def report(cases: tuple[str, ...], policy: str, language: Any, output: str | None, svg: bool) -> None:
    """Write a decision's report for the record: one HTML file that needs nothing else, to read and to print.

    CASE is a file as `decide` reads it, or a decision that it printed as JSON; there must be one in it.
    """
    from refundrules.rendering.forms import render

    if output is not None:
        spare("--output", output, [*cases, policy])
    _, decisions = _decided(cases, policy, language)
    if len(decisions) != 1:
        raise refuse("CASE", f"a report is of one decision, and there are {len(decisions)}", "give one case")
    text = render(decisions[0], "svg" if svg else "record")
    if output is None:
        click.echo(text)
    else:
        write(output, f"{text}\n")


def _decided(names: tuple[str, ...], pack: str, language: Any) -> tuple[Policy, list[Decision]]:
    """Return the policy and the decisions, cases decided by it; all input is read before anything is printed."""
    from refundrules.engine.engine import Engine
    from refundrules.io.case_files import read_files
    from refundrules.policy.loading.loader import load_policy

    policy = load_policy(pack)
    engine = Engine(policy)
    documents, problems = read_files(names, sys.stdin.buffer.read)
    decisions = []
    for document in documents:
        try:
            decisions.append(_decision(engine, document, language))
        except CaseError as error:
            problems += [document.located(problem) for problem in error.problems]
    if problems:
        raise CaseError(problems)
    return policy, decisions


def _decision(engine: Engine, document: Document, language: Any) -> Decision:
    from refundrules.case.models import Case
    from refundrules.engine.decision import Decision

    data = document.data
    if isinstance(data, dict) and str(data.get("schema", "")).startswith("refundrules.decision/"):
        return Decision.read(data)
    case = Case.read(data)
    return engine.decide(case.model_copy(update={"language": language}) if language else case)
