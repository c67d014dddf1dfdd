"""The report for the record: one HTML page, to read on a phone, to print and to hear, with nothing loaded and no script.

Its template is `templates/record.html`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from refundrules.engine.decision import SCHEMA, Decision
from refundrules.engine.messages import Script
from refundrules.rendering.decision_path_svg import path_svg
from refundrules.rendering.pages import fill
from refundrules.text.condition_tree import Node
from refundrules.text.document import SIGNS, STYLES, View, moment_text
from refundrules.text.words import phrase, word


def record_page(
    decision: Decision, shown: View, buyer: Sequence[str], scripts: Sequence[Script], trace: Node | None
) -> str:
    """Return the page; every text in it is escaped. `buyer` holds the paragraphs of the message to the buyer."""
    language = decision.language
    return fill(
        "record.html",
        decision=decision, shown=shown, buyer=buyer, scripts=scripts, trace=trace, language=language,
        label=partial(_label, language), decided=phrase("decided", language, moment_text(decision.decided_at)),
        pictures=[path_svg(decision, at) for at in range(len(shown.claims))], schema=SCHEMA, SIGNS=SIGNS, STYLES=STYLES,
    )  # fmt: skip


def _label(language: str, name: str) -> str:
    return word("label", name, language)
