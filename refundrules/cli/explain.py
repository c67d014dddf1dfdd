"""The command `explain`: why, why not, and what would change it; and two decisions side by side."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from refundrules.cli.shell import DEFAULT_PACK, LANGUAGE, engine_for, refuse
from refundrules.errors import CaseError, Problem

if TYPE_CHECKING:
    from refundrules.engine.decision import Decision
    from refundrules.engine.engine import Engine
    from refundrules.explain.explanation import Explanation
    from refundrules.io.case_files import Document

_DECISION = "refundrules.decision/"
_OPTIONS = {"target": "--why-not", "want": "--what-if", "claim": "--claim", "language": "--language"}


@click.command()
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@click.option("--policy", default=DEFAULT_PACK, show_default=True, metavar="NAME|PATH", help="The pack to decide by.")
@click.option("--level", type=click.Choice(["line", "agent", "auditor"]), help="How much to tell; by default agent.")
@click.option("--why-not", metavar="TARGET", help="Why not this: an outcome, a resolution, QUESTION=ANSWER, or a rule.")
@click.option(
    "--what-if", is_flag=False, flag_value="", metavar="[TARGET]", help="What would change it, or change it to TARGET."
)
@click.option("--claim", type=click.IntRange(min=0), help="Only this claim, counted from 0.")
@click.option("--language", type=LANGUAGE, help="Language of texts; by default the case's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone, one explanation a line.")
@click.option(
    "--matcher", type=click.Choice(["auto", "durable", "compiled"]), default="auto", show_default=True,
    help="What matches the rules.",
)  # fmt: skip
@click.pass_context
def explain(
    ctx: click.Context, cases: tuple[str, ...], policy: str, level: str | None, why_not: str | None,
    what_if: str | None, claim: int | None, language: str | None, as_json: bool, matcher: Any,
) -> None:  # fmt: skip
    """Explain decisions: why, why not something else, and what would change them.

    CASE is a file of cases as for `decide`, or of decisions as `decide --json` prints them.
    """
    from refundrules.io.case_files import read_files

    if (why_not is not None) + (what_if is not None) + (level is not None) > 1:
        raise refuse("explain", "takes one of --level, --why-not and --what-if")
    documents, problems = read_files(cases, sys.stdin.buffer.read)
    asked = _Asked(policy, matcher, level or "agent", why_not, what_if, claim, language)
    made: list[Explanation] = []
    for document in documents:
        try:
            made += asked.explain(document)
        except CaseError as error:
            problems += error.problems
    if problems:
        raise CaseError(dict.fromkeys(problems))
    for number, explanation in enumerate(made):
        if as_json:
            click.echo(json.dumps(explanation.to_dict(), ensure_ascii=False, default=str))
        else:
            click.echo("\n" if number and explanation.view.footer else "", nl=False)
            explanation.print(sys.stdout, colour=bool(ctx.color))


class _Asked:
    """What was asked, put to one document after the other."""

    def __init__(
        self, policy: str, matcher: Any, level: str, why_not: str | None, what_if: str | None, claim: int | None,
        language: str | None,
    ) -> None:  # fmt: skip
        self.policy, self.matcher, self.level, self.why_not, self.what_if = policy, matcher, level, why_not, what_if
        self.claim, self.language = claim, language
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        """Return the engine, made when the first case needs it: kept decisions need none."""
        from refundrules.policy.loading.loader import load_policy

        if self._engine is None:
            self._engine = engine_for(load_policy(self.policy), self.matcher)
        return self._engine

    def explain(self, document: Document) -> Iterator[Explanation]:
        """Yield the explanations of a case or a kept decision."""
        try:
            yield from self._explained(document)
        except CaseError as error:
            raise CaseError([self._placed(document, problem) for problem in error.problems]) from None

    def _placed(self, document: Document, problem: Problem) -> Problem:
        if problem.where in _OPTIONS:
            return problem._replace(where=_OPTIONS[problem.where])
        if problem.where.startswith(("trace", "decision")) and problem.where != "decided_at":
            return Problem(f"{document.file}: {problem.where}", problem.what, problem.remedy)
        return document.located(problem)

    def _explained(self, document: Document) -> Iterator[Explanation]:
        from refundrules.case.models import Case
        from refundrules.engine.decision import Decision
        from refundrules.explain.what_if.what_if import what_if

        data = document.data
        if isinstance(data, Mapping) and str(data.get("schema", "")).startswith(_DECISION):
            if self.what_if is not None:
                what = f"{document.file} is a decision; what would change it is found by deciding its case"
                raise refuse("--what-if", what, "give the case")
            yield self._of_decision(Decision.read(data))
            return
        case = Case.read(data)
        if self.language:
            case = case.model_copy(update={"language": self.language})
        if self.what_if is None:
            yield self._of_decision(self.engine().decide(case))
            return
        for claim in range(len(case.claims)) if self.claim is None else (self.claim,):
            yield what_if(case, self.engine(), self.what_if or None, claim=claim)

    def _of_decision(self, decision: Decision) -> Explanation:
        from refundrules.explain.why import why
        from refundrules.explain.why_not import why_not

        if self.why_not is None:
            return why(decision, self.level, self.language, self.claim)
        return why_not(decision, self.why_not, self.claim, self.language)


def print_beside(
    engine: Engine,
    documents: Sequence[Document],
    decisions: Sequence[Decision],
    settings: Iterable[str],
    *,
    as_json: bool,
) -> None:
    """Print each decision beside that of its case with settings like `claim.severity=minor` made."""
    from refundrules.case.models import Case
    from refundrules.explain.assignments import changed
    from refundrules.explain.compare import beside_lines, differences

    settings = tuple(settings)
    after = []
    problems: dict[Problem, None] = {}
    for document, before in zip(documents, decisions, strict=True):
        # Both are decided at one moment.
        data = {**document.data, "decided_at": before.decided_at.isoformat(), "language": before.language}
        try:
            case = changed(engine, Case.read(data), data, settings)
        except CaseError as error:
            problems |= dict.fromkeys(error.problems)
            continue
        try:
            after.append(engine.decide(case))
        except CaseError as error:
            all_set = " ".join(f"--set {setting}" for setting in settings)
            problems |= dict.fromkeys(
                Problem(all_set, f"{problem.where}: {problem.what}", problem.remedy) for problem in error.problems
            )
    if problems:
        raise CaseError(problems)
    for number, (before, made) in enumerate(zip(decisions, after, strict=True)):
        if as_json:
            found = differences(before, made)
            both = {
                "case": before.case,
                "set": settings,
                "before": before.to_dict(trace=False),
                "after": made.to_dict(trace=False),
            }
            differs = {path: {"before": one, "after": other} for path, (one, other) in found.items()}
            click.echo(json.dumps({**both, "differs": differs}, ensure_ascii=False))
        else:
            click.echo("\n" if number else "", nl=False)
            click.echo("\n".join(beside_lines(before, made)))
