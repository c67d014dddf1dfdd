"""refundrules: returns, refunds, exchanges and repairs decided from declarative rules, with reasons.

>>> from refundrules import Engine, load_policy
>>> Engine(load_policy("cn-apparel-shop"))
<Engine of <Policy cn-apparel-shop ...
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refundrules.ask import Ask
    from refundrules.backtesting import backtest
    from refundrules.backtestreport import Backtest
    from refundrules.booking import booked
    from refundrules.case import Case
    from refundrules.checking import CheckReport, check_policy
    from refundrules.decision import Decision
    from refundrules.diffing import PolicyDiff, diff_policies
    from refundrules.engine import Engine
    from refundrules.errors import CaseError, EngineError, PackError, Problem, RefundRulesError
    from refundrules.loader import dump_policy, load_policy, pack_names
    from refundrules.moneysettings import MoneySettings
    from refundrules.policy import Policy
    from refundrules.policydoc import render_policy
    from refundrules.synthetic import synthetic_cases

_HOMES = {
    "Ask": "ask",
    "Backtest": "backtestreport",
    "Case": "case",
    "CaseError": "errors",
    "CheckReport": "checking",
    "Decision": "decision",
    "Engine": "engine",
    "EngineError": "errors",
    "MoneySettings": "moneysettings",
    "PackError": "errors",
    "Policy": "policy",
    "PolicyDiff": "diffing",
    "Problem": "errors",
    "RefundRulesError": "errors",
    "backtest": "backtesting",
    "booked": "booking",
    "check_policy": "checking",
    "diff_policies": "diffing",
    "dump_policy": "loader",
    "load_policy": "loader",
    "pack_names": "loader",
    "synthetic_cases": "synthetic",
    "render_policy": "policydoc",
}

__all__ = [
    "Ask",
    "Backtest",
    "Case",
    "CaseError",
    "CheckReport",
    "Decision",
    "Engine",
    "EngineError",
    "MoneySettings",
    "PackError",
    "Policy",
    "PolicyDiff",
    "Problem",
    "RefundRulesError",
    "backtest",
    "booked",
    "check_policy",
    "diff_policies",
    "dump_policy",
    "load_policy",
    "pack_names",
    "render_policy",
    "synthetic_cases",
]


def __getattr__(name: str) -> object:
    """Import what is asked for when it is first asked for, so that `import refundrules` stays light."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `refundrules` has no `{name}`")
    value = getattr(import_module(f"refundrules.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
