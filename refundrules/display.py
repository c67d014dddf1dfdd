"""How a decision is shown where Python itself asks for it: printed, or as the last line of a notebook's cell.

Data does not know its pictures. This is the one hook between them: `refundrules/__init__.py` fills it from the room
that renders, so that deciding never imports rendering.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

show: Callable[[Any, str], str] | None = None
"""Takes a decision and a form (`text` or `html`), returns how it looks."""


def shown(decision: object, form: str) -> str:
    """Return a decision in a form that Python or a notebook asked for; its `repr` where nothing renders."""
    return repr(decision) if show is None else show(decision, form)
