"""The command that writes a policy out for people."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from refundrules.cli.shell import DEFAULT_PACK, refuse, spare, write
from refundrules.io.catalog import languages


@click.command()
@click.argument("pack", default=DEFAULT_PACK)
@click.option(
    "--language", type=click.Choice([*languages(), "both"]), help="Language of the document; by default the policy's."
)
@click.option("--date", "day", metavar="YYYY-MM-DD", help="Numbers in force on this day; by default the latest.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["html", "markdown"]),
    default="html",
    show_default=True,
    help="What to write.",
)
@click.option("--output", "-o", metavar="FILE", help="Write to this file instead of standard output.")
def docs(pack: str, language: Any, day: str | None, style: Any, output: str | None) -> None:
    """Write a policy out for people: every rule as sentences, with its numbers, reasons and sources.

    PACK is a shipped pack's name or a path; by default the shipped shop. The HTML is one file that needs nothing else, to
    read on a phone, to print and to hear.
    """
    from refundrules.policy.loading.loader import load_policy
    from refundrules.rendering.handbook.document import render_policy

    if output is not None:
        spare("--output", output, [pack])
    text = render_policy(load_policy(pack), language=language, day=None if day is None else _day(day), style=style)
    if output is None:
        click.echo(text, nl=False)
    else:
        write(output, text)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise refuse("--date", f"`{written}` is not a day", "write it like 2026-01-31") from None
