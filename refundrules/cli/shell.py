"""How a command ends: messages, exit statuses, colour and encoding, the same for every command.

Exit status: 0 done, 1 a check or test found something, 2 bad input or a bad policy, 3 a bug of ours.
"""

from __future__ import annotations

import gc
import io
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from refundrules.errors import CaseError, EngineError, PackError, Problem
from refundrules.io.catalog import languages

if TYPE_CHECKING:
    from refundrules.engine.engine import Engine
    from refundrules.policy.model import Policy


_YAML = (".yaml", ".yml")
LANGUAGE = click.Choice(languages())
"""The languages the library speaks."""


def spare(option: str, name: str, inputs: Iterable[str]) -> None:
    """Refuse to write to what is read: a file among `inputs`, or a YAML file of a pack's folder among them."""
    target = Path(name)
    if not target.exists():
        return
    for source in map(Path, inputs):
        is_of_pack = source.is_dir() and target.suffix in _YAML and source.resolve() in target.resolve().parents
        if is_of_pack or (source.exists() and not _is_stream(source) and target.samefile(source)):
            raise refuse(option, f"`{name}` is read by this command", "nothing was written; name another file")


def spare_all(option: str, name: str) -> None:
    """Refuse to write over any file: what it holds is for a person to change."""
    if Path(name).is_file():
        raise refuse(option, f"`{name}` is there already", "nothing was written; name a new file")


def write(name: str, text: str) -> None:
    """Write a text file, whole or not at all."""
    with _told(name), written(name) as stream:
        stream.write(text)


@contextmanager
def written(name: str) -> Iterator[TextIO]:
    """Write a file under another name first, so that what is there stays until the new one is whole."""
    path = Path(os.path.realpath(name))
    is_replaced = path.is_file() or not path.exists()  # a device or a pipe is not
    half = path.with_name(f".{path.name}.{os.getpid()}.part") if is_replaced else path
    with _told(name):
        stream = half.open("w", encoding="utf-8", newline="")
    try:
        with stream:
            yield stream
        if is_replaced:
            with _told(name):
                half.replace(path)
    finally:
        if is_replaced:
            half.unlink(missing_ok=True)


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refuse(name, f"cannot be written: {(error.strerror or str(error)).lower()}") from None


def _is_stream(path: Path) -> bool:
    return not (path.is_file() or path.is_dir())


DEFAULT_PACK = "cn-apparel-shop"
FOUND, BAD_INPUT, BUG, INTERRUPTED, PIPE_CLOSED = 1, 2, 3, 130, 141
DEBUG = "REFUNDRULES_DEBUG"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Refused(click.ClickException):
    """What ends a command whose input is bad: a message on stderr and an exit status."""

    exit_code = BAD_INPUT

    def show(self, file: Any = None) -> None:
        """Print the message alone: it says where, what and what to do."""
        click.echo(self.message, err=True)


class Bug(Refused):
    """What ends a command that the library has failed."""

    exit_code = BUG


def refuse(option: str, what: str, remedy: str = "") -> Refused:
    """Return what ends a command whose option cannot be met."""
    return Refused(_one_line(str(Problem(option, what, remedy))))


def engine_for(policy: Policy, matcher: Any) -> Engine:
    """Return an engine of the policy, with the matcher asked for by `--matcher`."""
    from refundrules.engine.engine import Engine

    try:
        return Engine(policy, matcher=matcher)
    except EngineError as error:
        if matcher != "durable":
            raise
        raise refuse("--matcher", str(error)) from None


class Commands(click.Group):
    """The commands; whatever goes wrong in one ends in a message and an exit status, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command asked for."""
        _speak_utf8()
        ctx.color = _is_colourful(sys.stdout)
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (CaseError, PackError) as error:
            raise Refused("\n".join(_one_line(str(problem)) for problem in error.problems)) from None
        except (KeyboardInterrupt, click.Abort):
            raise click.exceptions.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _drop_stdout()
            raise click.exceptions.Exit(PIPE_CLOSED) from None
        except OSError as error:
            _drop_stdout()
            what = (error.strerror or str(error)).lower()
            raise Refused(f"cannot read or write{f' {error.filename}' if error.filename else ''}: {what}") from None
        except Exception as error:  # noqa: BLE001 - a traceback says nothing to who asked for a decision
            if os.environ.get(DEBUG):
                traceback.print_exc()
            raise Bug(_bug(error)) from None


def _bug(error: Exception) -> str:
    notes = "".join(f"{note}: " for note in getattr(error, "__notes__", ()))
    what = str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
    where = "" if os.environ.get(DEBUG) else f"; {DEBUG}=1 shows where it is"
    return _one_line(f"{notes}this is a bug of refundrules: {what} (report it with the input and the version{where})")


def _one_line(text: str) -> str:
    """Return the text with everything escaped that would break the line or move the terminal's cursor."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _drop_stdout() -> None:
    """Let what is still to be flushed go nowhere: nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_colourful(stream: Any) -> bool:
    """Return whether to colour: on a terminal that can, unless NO_COLOR forbids."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _speak_utf8() -> None:
    """Read and write UTF-8 whatever the locale: JSON is UTF-8, and packs speak Chinese.

    A closed stdout swallows all, a closed stdin holds nothing.
    """
    if sys.stdout is None:
        sys.stdout = io.StringIO()
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


@contextmanager
def without_collector() -> Iterator[None]:
    """Look for no cycles meanwhile: among the small tuples of diagrams there are none, and looking takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
