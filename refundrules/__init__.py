"""refundrules: returns, refunds, exchanges and repairs decided from declarative rules, with reasons.

>>> from refundrules import Engine, load_policy
>>> Engine(load_policy("cn-apparel-shop"))
<Engine of <Policy cn-apparel-shop ...
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from refundrules import display

# `__init__.pyi` is the one list of public names: type checkers read it, and so does this module. A name is imported
# when it is first asked for, so that `import refundrules` stays light.
_HOMES = {
    name: home
    for home, name in re.findall(
        r"^from (\S+) import \w+ as (\w+)$",
        Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 (a list, made from the stub)


def __getattr__(name: str) -> object:
    """Import what is asked for when it is first asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `refundrules` has no `{name}`")
    module = import_module(home)
    value = getattr(module, name) if home != __name__ else import_module(f"{home}.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)


def _show(decision: Any, form: Any) -> str:
    from refundrules.rendering.forms import render

    return render(decision, form)


display.show = _show
