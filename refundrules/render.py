"""A decision as text, Markdown, a notebook card, a page and a picture, and printed with colour to a terminal."""

from __future__ import annotations

from shutil import get_terminal_size
from typing import TextIO

from refundrules.decision import Decision
from refundrules.message import agent_text, buyer_text, told
from refundrules.policy import Policy
from refundrules.render_decision import view
from refundrules.render_html import card
from refundrules.render_markdown import markdown_lines
from refundrules.render_path import path_svg
from refundrules.render_report import report_page
from refundrules.render_text import COLUMNS, text_lines, tree_lines
from refundrules.render_trace import trace_tree
from refundrules.render_view import readable_trace
from refundrules.render_words import word


def as_text(decision: Decision, *, trace: bool = False) -> str:
    """Return the decision as plain text in its language; with `trace`, the trace as a tree below it."""
    return _text(decision, COLUMNS, trace=trace)


def _text(decision: Decision, columns: int, *, trace: bool) -> str:
    lines = list(text_lines(view(decision), columns))
    tree = trace_tree(decision) if trace else None
    if tree is not None:
        lines += ["", *tree_lines(tree, columns)]
    return "\n".join(lines)


def as_message(decision: Decision, to: str, language: str, policy: Policy | None = None) -> str:
    """Return what is said `to` the buyer or the agent: by the policy where it is given, else as the trace holds it."""
    if policy is not None:
        said = told(policy, decision.claims, decision.refund)
    else:
        said = readable_trace(decision).get("messages") or []
    return agent_text(said, language) if to == "agent" else buyer_text([its["buyer"] for its in said], language)


def as_markdown(decision: Decision) -> str:
    """Return the decision as Markdown in its language; nothing in it is read as markup or HTML."""
    return "\n".join(markdown_lines(view(decision)))


def as_html(decision: Decision) -> str:
    """Return the decision as a card for a notebook: one `<div>`, no script, nothing loaded from elsewhere."""
    tree = trace_tree(decision)
    lines = list(tree_lines(tree)) if tree else []
    return card(view(decision), lines, word("label", "trace", decision.language))


def as_path(decision: Decision, claim: int = 0) -> str:
    """Return a picture of how a claim was decided, as SVG; empty where there is no trace to draw it from."""
    return path_svg(decision, claim)


def as_report(decision: Decision) -> str:
    """Return the decision as one HTML page for the record, which needs nothing else."""
    said = {to: as_message(decision, to, decision.language) for to in ("buyer", "agent")}
    return report_page(decision, view(decision), said, trace_tree(decision))


def print_decision(decision: Decision, *, trace: bool, colour: bool, file: TextIO) -> None:
    """Print the decision to `file`: as wide as the terminal, else as `as_text` has it; `colour` takes a terminal that can."""
    if colour:
        from refundrules.render_terminal import print_view

        print_view(view(decision), trace_tree(decision) if trace else None, file)
        return
    columns = get_terminal_size().columns if file.isatty() else COLUMNS
    file.write(_text(decision, columns, trace=trace) + "\n")
