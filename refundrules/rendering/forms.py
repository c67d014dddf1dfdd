"""A decision as text, Markdown, a notebook card, a page and a picture, and printed with colour to a terminal."""

from __future__ import annotations

from shutil import get_terminal_size
from typing import Any, Literal, TextIO

from refundrules.case.models import Language
from refundrules.engine.decision import Decision
from refundrules.engine.live_trace import readable_trace, reads_trace
from refundrules.engine.messages import agent_scripts, agent_text, buyer_paragraphs, buyer_text, told
from refundrules.errors import CaseError, Problem, did_you_mean, listed
from refundrules.policy.model import Policy
from refundrules.rendering.decision import view
from refundrules.rendering.decision_path_svg import path_svg
from refundrules.rendering.record_page import record_page
from refundrules.rendering.trace import trace_tree
from refundrules.text.to_html import card
from refundrules.text.to_markdown import markdown_lines
from refundrules.text.to_text import COLUMNS, text_lines, tree_lines
from refundrules.text.words import word

Recipient = Literal["buyer", "agent"]

FORMS = ("text", "markdown", "html", "record", "svg")
"""What a decision may be rendered as: lines, Markdown, a notebook's card, a page for the record, a picture of its path."""

Form = Literal["text", "markdown", "html", "record", "svg"]


@reads_trace
def render(decision: Decision, form: Form = "text", *, trace: bool = False, claim: int = 0) -> str:
    """Return the decision in one of `FORMS`, in its language.

    `text` is wrapped at 100 columns, with the `trace` as a tree below it when asked for; `markdown` and everything
    else holds no markup but its own; `html` is one `<div>` without a script; `record` is a page of its own, which needs
    nothing from elsewhere; `svg` shows how the `claim` was decided, and is empty where there is no trace to draw it
    from. Raises `CaseError` for another form, and when the trace of a decision read back does not belong to it.
    """
    if form not in FORMS:
        raise CaseError(
            [Problem("form", f"`{form}` is not a form", did_you_mean(form, FORMS, f"one of {listed(FORMS)}"))]
        )
    if form == "text":
        return _text(decision, COLUMNS, trace=trace)
    if form == "markdown":
        return "\n".join(markdown_lines(view(decision)))
    if form == "svg":
        return path_svg(decision, claim)
    tree = trace_tree(decision)
    if form == "html":
        lines = list(tree_lines(tree)) if tree else []
        return card(view(decision), lines, word("label", "trace", decision.language))
    said = _said(decision)
    buyer = buyer_paragraphs([its["buyer"] for its in said], decision.language)
    return record_page(decision, view(decision), buyer, agent_scripts(said, decision.language), tree)


@reads_trace
def message(
    decision: Decision,
    to: Recipient = "buyer",
    language: Language | None = None,
    *,
    policy: Policy | None = None,
) -> str:
    """Return the message to the buyer, or the script for the agent; `language` is by default the decision's.

    It is filled in from the decision alone and says what the engine decided, not what a person ruled.
    Empty where the policy says nothing. A decision read from JSON without its trace needs the `policy`.
    """
    language = language or decision.language
    said = _said(decision, policy)
    return agent_text(said, language) if to == "agent" else buyer_text([its["buyer"] for its in said], language)


def _said(decision: Decision, policy: Policy | None = None) -> list[dict[str, Any]]:
    if policy is None and decision.source is not None:  # no need to work the trace out, the policy is at hand
        policy = decision.source.policy
    if policy is not None:
        return told(policy, decision.claims, decision.refund)
    return readable_trace(decision).get("messages") or []


def _text(decision: Decision, columns: int, *, trace: bool) -> str:
    lines = list(text_lines(view(decision), columns))
    tree = trace_tree(decision) if trace else None
    if tree is not None:
        lines += ["", *tree_lines(tree, columns)]
    return "\n".join(lines)


def print_decision(decision: Decision, *, trace: bool, colour: bool, file: TextIO) -> None:
    """Print the decision to `file`: as wide as the terminal, else as `render` has it; `colour` takes a terminal that can."""
    if colour:
        from refundrules.text.to_terminal import print_view

        print_view(view(decision), trace_tree(decision) if trace else None, file)
        return
    columns = get_terminal_size().columns if file.isatty() else COLUMNS
    file.write(_text(decision, columns, trace=trace) + "\n")
