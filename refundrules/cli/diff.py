"""`refundrules diff`: what a change of a policy does, before it is applied."""

from __future__ import annotations

import json
from typing import Any

import click

from refundrules.cli.shell import FOUND, LANGUAGE, without_collector


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--markdown", is_flag=True, help="Print Markdown, for a pull request.")
@click.option("--language", type=LANGUAGE, help="Language of texts; by default the new policy's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, markdown: bool, language: Any, as_json: bool) -> None:
    """Say what changing a policy from OLD to NEW does, in every case there can be.

    Each way in which decisions move: the cases, what moves, who gains, and the smallest such case before and after.
    What differs and is not compared is named.

    OLD and NEW are shipped packs' names or paths. Exit status: 0 every case is proved to be decided alike, 1 some are
    not, or may not be, 2 a pack cannot be used.
    """
    from refundrules.analysis.diff.diff import diff_policies
    from refundrules.analysis.diff.report import diff_markdown, diff_text
    from refundrules.policy.loading.loader import load_policy

    with without_collector():
        before, after = load_policy(old), load_policy(new)
        found = diff_policies(before, after)
    words = language or after.language
    if as_json:
        click.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        click.echo("\n".join((diff_markdown if markdown else diff_text)(found, words)))
    if not found.proved:
        ctx.exit(FOUND)
