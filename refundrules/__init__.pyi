"""The public names, each with its home: the one list that `refundrules/__init__.py` and type checkers read."""

from refundrules import money as money
from refundrules.analysis.check.check import CheckReport as CheckReport
from refundrules.analysis.check.check import check_policy as check_policy
from refundrules.analysis.diff.diff import PolicyDiff as PolicyDiff
from refundrules.analysis.diff.diff import diff_policies as diff_policies
from refundrules.backtesting.backtest import backtest as backtest
from refundrules.backtesting.report import Backtest as Backtest
from refundrules.backtesting.report_page import render_backtest as render_backtest
from refundrules.backtesting.synthetic import synthetic_cases as synthetic_cases
from refundrules.case.models import Case as Case
from refundrules.engine.booking import booked as booked
from refundrules.engine.decision import Decision as Decision
from refundrules.engine.engine import Engine as Engine
from refundrules.errors import CaseError as CaseError
from refundrules.errors import EngineError as EngineError
from refundrules.errors import PackError as PackError
from refundrules.errors import Problem as Problem
from refundrules.errors import RefundRulesError as RefundRulesError
from refundrules.explain.explanation import Explanation as Explanation
from refundrules.explain.next_question.next_question import next_question as next_question
from refundrules.explain.next_question.question import Ask as Ask
from refundrules.explain.what_if.what_if import WhatIf as WhatIf
from refundrules.explain.what_if.what_if import what_if as what_if
from refundrules.explain.why import why as why
from refundrules.explain.why_not import why_not as why_not
from refundrules.money.settings import MoneySettings as MoneySettings
from refundrules.policy.loading.loader import dump_policy as dump_policy
from refundrules.policy.loading.loader import load_policy as load_policy
from refundrules.policy.loading.loader import pack_names as pack_names
from refundrules.policy.model import Policy as Policy
from refundrules.rendering.forms import message as message
from refundrules.rendering.forms import render as render
from refundrules.rendering.handbook.document import render_policy as render_policy

__all__: list[str]
