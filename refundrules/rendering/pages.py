"""Pages and Markdown filled in from the templates beside this module, in `templates/`; one stylesheet for all pages.

In a template for HTML every text is escaped unless the template says otherwise; a name that nobody gave is an error.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refundrules.case.facts import Words
from refundrules.io.catalog import say
from refundrules.text.words import safe

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def fill(template: str, **values: object) -> str:
    """Return a template with the values filled in; the filter `visible` is `safe`, Jinja's own `safe` lets markup pass."""
    return _environment().get_template(template).render(values)


def _visible(text: Any) -> Any:
    return text.map(safe) if isinstance(text, Words) else safe(text)


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
    made.filters["tag"] = partial(say, "language.tag")
    made.filters["visible"] = _visible
    return made
