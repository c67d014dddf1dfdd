"""A decision as Markdown; nothing in it is read as markup or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from refundrules.text.document import SIGNS, Section, View

_MEANS_SOMETHING = re.compile(r"([\\`*|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|\](?=[(\[:]))")
_AT_START = re.compile(r"^()([-+#=\[])|^(\d+)([.)])(?=\s|$)")


def markdown_lines(shown: View) -> Iterator[str]:
    """Yield the decision line by line."""
    if shown.headline:
        yield f"## {SIGNS[shown.outcome]} {literal(shown.headline)}"
        yield ""
    for claim in shown.claims:
        yield f"### {SIGNS[claim.outcome]} {literal(claim.headline)}"
        yield ""
        if claim.about:
            yield literal(claim.about)
            yield ""
        for section in claim.sections:
            yield from _section(section)
    for section in shown.sections:
        yield from _section(section)
    yield f"*{literal(shown.footer)}*"


def _section(section: Section) -> Iterator[str]:
    yield f"**{literal(section.label)}**"
    yield ""
    for entry in section.entries:
        lead = f"**{literal(entry.lead)}** " if entry.lead else ""
        refs = f" [{', '.join(entry.refs)}]" if entry.refs else ""
        yield f"- {lead}{literal(entry.text)}{literal(refs)}"
    yield ""


def literal(text: str) -> str:
    r"""Return a text so that Markdown shows it as it stands.

    >>> print(literal("<b>*L1*</b> (2 cm)"))
    &lt;b&gt;\*L1\*&lt;/b&gt; (2 cm)
    """
    escaped = _AT_START.sub(r"\1\3\\\2\4", _MEANS_SOMETHING.sub(r"\\\1", text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
