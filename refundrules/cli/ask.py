"""`refundrules ask`: leads a person through a case, question by question, until its decision is definite."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import click

from refundrules.cli.shell import INTERRUPTED, LANGUAGE, Refused, refuse, spare, write
from refundrules.errors import CaseError

if TYPE_CHECKING:
    from refundrules.engine.engine import Engine
    from refundrules.explain.next_question.question import Ask, AskField

_T = TypeVar("_T")
_UNKNOWN, _BACK, _SAVE, _QUIT = "?", "b", "s", "q"
_PROMPT = "> "


class _Wish(Exception):  # noqa: N818 (what a person wants instead of answering, not an error)
    """`?`, `b` or `q`; the end of the input counts as `q`."""


class _Stage(NamedTuple):
    """Where a conversation stands: the case so far, and what nobody knows."""

    case: dict[str, Any]
    skip: frozenset[str]


@click.command()
@click.argument("case", required=False, metavar="[CASE]")
@click.option(
    "--policy", default="cn-apparel-shop", show_default=True, metavar="NAME|PATH", help="The pack to decide by."
)
@click.option("--language", type=LANGUAGE, help="Language; by default the case's, else the policy's.")
@click.option("--save", type=click.Path(dir_okay=False), metavar="FILE", help="Where the case is kept, as YAML.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON alone; questions go to stderr.")
@click.pass_context
def ask(
    ctx: click.Context, case: str | None, policy: str, language: str | None, save: str | None, as_json: bool
) -> None:
    """Ask for what a decision needs, and decide.

    CASE is a file with what is known so far; without it a new case is begun. Answers are typed, or piped in one a
    line: a number of the list or the answer itself, ? for what nobody knows, b for the question before, s to save,
    q to leave. What was saved can be given as CASE to go on.
    """
    from refundrules.engine.engine import Engine
    from refundrules.policy.loading.loader import load_policy

    if save:
        spare("--save", save, [policy])
    engine = Engine(load_policy(policy), matcher="compiled")
    talk = _Talk(engine, _read(case, engine), language, save, aside=as_json)
    try:
        talk.run()
    except KeyboardInterrupt:
        talk.keep_or_say_so()
        raise click.exceptions.Exit(INTERRUPTED) from None
    _end(talk, as_json=as_json, colour=bool(ctx.color))


def _read(name: str | None, engine: Engine) -> dict[str, Any]:
    from refundrules.case.paths import data_of
    from refundrules.cli.ask_dialog import fill
    from refundrules.io.case_files import read_files

    if name is None:
        return {}
    if name == "-":
        raise refuse("CASE", "`-` is where the answers come from", "name a file")
    documents, problems = read_files([name], lambda: b"")
    if problems:
        raise CaseError(problems)
    if len(documents) > 1:
        raise refuse(name, f"holds {len(documents)} cases", "ask about one at a time")
    document = documents[0]
    data = document.data
    try:
        engine.validate(fill(data) if isinstance(data, dict) else data)
    except CaseError as error:
        raise CaseError([document.located(problem) for problem in error.problems]) from None
    return data_of(data)


def _end(talk: _Talk, *, as_json: bool, colour: bool) -> None:
    """Keep the case, and print what is decided of it."""
    from refundrules.cli.ask_dialog import says
    from refundrules.rendering.forms import print_decision

    if talk.save:
        talk.keep()
    if talk.lacks:
        if not talk.typed:
            raise refuse("stdin", says("early", talk.language))
        talk.say(says("early", talk.language))
        return
    decision = talk.engine.decide({**talk.case, "language": talk.language})
    if as_json:
        click.echo(decision.to_json())
        return
    click.echo()
    print_decision(decision, trace=False, colour=colour, file=sys.stdout)


class _Talk:
    """One conversation."""

    def __init__(
        self, engine: Engine, case: dict[str, Any], language: str | None, save: str | None, *, aside: bool
    ) -> None:
        from refundrules.cli.ask_dialog import is_fresh

        self.engine, self.save, self.aside = engine, save, aside
        self.language = language or case.get("language") or engine.policy.language
        self.case, self.skip, self.fresh = case, frozenset[str](), is_fresh(case)
        self.before: list[_Stage] = []
        self.lacks = False
        """Whether the case does not yet say what every case must."""
        self.line, self.typed = 0, sys.stdin.isatty()
        now = case.get("decided_at")
        zone = ZoneInfo(engine.policy.time_zone)
        self.today = date.fromisoformat(str(now)[:10]) if now else datetime.now(zone).date()

    def run(self) -> None:
        """Ask until nothing is left to ask, or the person leaves."""
        if self.typed and self.next() is not None:
            self.say(self.words("keys"), dim=True)
        while (question := self.next()) is not None:
            here = _Stage(self.case, self.skip)
            try:
                self.case = self.answered(question)
            except _Wish as wish:
                if str(wish) == _QUIT:
                    return
                if str(wish) == _BACK:
                    self.back()
                    continue
                self.skip |= {question.path}
            self.before.append(here)

    def next(self) -> Ask | None:
        """Return the next question: what every case must say, then what the decision hangs on."""
        from refundrules.cli.ask_dialog import basics, start
        from refundrules.explain.next_question.next_question import next_question

        self.case = start(self.case)
        open_ = list(basics(self.case, self.engine.validate, self.engine.policy.currency, fresh=self.fresh))
        self.lacks = any(not question.may_be_unknown for question in open_)
        for question in open_:
            if question.path not in self.skip:
                return question
        return next_question(self.case, self.engine, skip=self.skip)

    def back(self) -> None:
        """Return to the question before."""
        if self.before:
            self.case, self.skip = self.before.pop()
        else:
            self.wrong(self.words("first"))

    # -- one question -------------------------------------------------------------------------

    def answered(self, question: Ask) -> dict[str, Any]:
        """Return the case with the answer to a question, asked for until it is one."""
        from refundrules.cli.ask_dialog import problem_text

        self.show(question)
        while True:
            try:
                return question.answer(self.case, self.value(question))
            except CaseError as error:
                self.wrong(problem_text(error))

    def show(self, question: Ask) -> None:
        """Print a question and what there is to choose from."""
        from refundrules.cli.ask_dialog import choice_lines, title

        self.say("")
        self.say(title(question, self.case, self.language), bold=True)
        for line in choice_lines(question, self.language):
            self.say(line)

    def value(self, question: Ask) -> Any:
        """Return what is typed, as `Ask.answer` takes it."""
        from refundrules.cli.ask_dialog import read_numbers

        if question.kind == "any_of":
            count = len(question.fields)
            numbers = self.typed_as(
                lambda text: read_numbers(text, count, self.language), question, self.words("none"), empty=True
            )
            chosen = [question.fields[at] for at in numbers]
            parts = {one.name: True if one.default is False else self.part_or_none(question, one) for one in chosen}
            return {name: value for name, value in parts.items() if value is not None}
        if len(question.fields) > 1:
            return {one.name: self.part(question, one) for one in question.fields}
        return self.one(question, question.fields[0])

    def part(self, question: Ask, field: AskField) -> Any:
        """Return what is typed for one of several fields."""
        self.say(f"  {field.question.to(self.language)}")
        return self.one(question, field)

    def part_or_none(self, question: Ask, field: AskField) -> Any:
        """Return what is typed for something that applies; None when nobody knows."""
        try:
            return self.part(question, field)
        except _Wish as wish:
            if str(wish) == _UNKNOWN:
                return None
            raise

    def one(self, question: Ask, field: AskField) -> Any:
        """Return what is typed for a field."""
        from refundrules.cli.ask_dialog import hint, read_answer

        default = field.default if question.kind != "any_of" else None

        def read(text: str) -> Any:
            return read_answer(field, text, self.language, self.today) if text else default

        return self.typed_as(read, question, hint(field, default, self.language), empty=default is not None)

    def typed_as(self, read: Callable[[str], _T], question: Ask, hint: str, *, empty: bool) -> _T:
        """Return the next line that `read` can read; `?`, `b` and `q` are wishes, and an `empty` line may be one."""
        from refundrules.cli.ask_dialog import NotAnAnswer

        while True:
            text = self.next_line(hint)
            word = text.replace("？", _UNKNOWN).lower() if text or empty else _UNKNOWN
            try:
                if word == _SAVE:
                    self.keep_as()
                elif word in (_BACK, _QUIT):
                    raise _Wish(word)
                elif word != _UNKNOWN:
                    return read(text)
                elif question.may_be_unknown:
                    raise _Wish(word)
                else:
                    self.wrong(self.words("must"))
            except NotAnAnswer as error:
                self.wrong(str(error))

    # -- reading, saying, keeping -------------------------------------------------------------

    def words(self, name: str, *parts: object) -> str:
        """Return some of the words around the questions."""
        from refundrules.cli.ask_dialog import says

        return says(name, self.language, *parts)

    def next_line(self, hint: str) -> str:
        """Return the next line typed; the end of the input is a wish to leave."""
        self.say(f"({hint}) {_PROMPT}" if hint else _PROMPT, nl=False)
        line = sys.stdin.readline()
        self.line += 1
        if not line:
            self.say("")
            raise _Wish(_QUIT)
        if not self.typed:
            self.say(line.strip())
        return line.strip()

    def say(self, text: str, *, nl: bool = True, bold: bool | None = None, dim: bool | None = None) -> None:
        """Print something that is not the decision."""
        from refundrules.text.words import safe

        click.secho(safe(text) if text else "", nl=nl, err=self.aside, bold=bold, dim=dim)

    def wrong(self, why: str) -> None:
        """Say why something is no answer; from a pipe, that ends the command."""
        from refundrules.text.words import safe

        if not self.typed:
            raise refuse(f"stdin:{self.line}", why)
        click.secho(f"  {safe(why)}", err=self.aside, fg="yellow")

    def keep_as(self) -> None:
        """Save the case, asking for a file where none was named, or none that can be written."""
        if self.save is None and not self.typed:
            self.wrong(self.words("name_file"))
        self.save = self.save or self.next_line(self.words("file")) or None
        try:
            self.keep_or_say_so(last=False)
        except Refused as error:
            self.save = None
            self.wrong(error.message)

    def keep_or_say_so(self, *, last: bool = True) -> None:
        """Save the case where a file is named for it, and say what became of it."""
        if self.save:
            self.keep(last=last)
        self.say("")
        self.say(self.words("saved", self.save) if self.save else self.words("unsaved"))

    def keep(self, *, last: bool = True) -> None:
        """Write the case to its file: YAML, or JSON where its name says so.

        What cannot be written at the `last` chance goes to stderr, so that no answer is lost.
        """
        import yaml

        if Path(str(self.save)).suffix == ".json":
            text = json.dumps(self.case, ensure_ascii=False, indent=2) + "\n"
        else:
            text = yaml.safe_dump(self.case, allow_unicode=True, sort_keys=False)
        try:
            write(str(self.save), text)
        except Refused:
            if last:
                click.echo(text, err=True)
            raise
