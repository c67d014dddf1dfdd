"""The command that starts a new pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from refundrules.cli.shell import LANGUAGE, refuse


@click.command()
@click.argument("directory")
@click.option("--extends", default="", metavar="NAME", help="The shipped pack to extend; by default none.")
@click.option("--currency", metavar="CODE", help="ISO 4217, CNY by default; an extended pack has its own.")
@click.option("--jurisdiction", metavar="CODE", help="ISO 3166, CN by default; an extended pack has its own.")
@click.option(
    "--language",
    type=LANGUAGE,
    default="en",
    show_default=True,
    help="Language of texts and comments.",
)
def new(directory: str, extends: str, currency: str | None, jurisdiction: str | None, language: Any) -> None:
    """Start a pack in a new folder: small, complete and tested, to be changed into what a shop wants.

    DIRECTORY is the folder to make; its name becomes the pack's. Nothing that is there is overwritten.
    """
    from refundrules.policy.scaffold import new_pack

    for option, given in (("--currency", currency), ("--jurisdiction", jurisdiction)):
        if extends and given is not None:
            raise refuse(option, f"`{extends}` says it already", "leave it out, or do not extend")
    written = new_pack(
        Path(directory),
        currency="CNY" if currency is None else currency,
        jurisdiction="CN" if jurisdiction is None else jurisdiction,
        language=language,
        extends=extends,
    )
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(f"next: refundrules test {directory}")
