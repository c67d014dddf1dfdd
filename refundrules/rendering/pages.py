"""Pages and Markdown filled in from the templates beside this module, in `templates/`; one stylesheet for all pages.

In a template for HTML every text is escaped unless the template says otherwise; a name that nobody gave is an error.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from refundrules.text.decision_words import safe
from refundrules.text.document import LANGUAGE_TAGS

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def fill(template: str, **values: object) -> str:
    """Return a template with the values filled in; the filter `visible` is `safe`, Jinja's own `safe` lets markup pass."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["LANGUAGE_TAGS"] = LANGUAGE_TAGS
    made.filters["visible"] = safe
    return made
