"""The durable-rules matcher: the same candidates as the policy's own conditions, always, and no way to bring it down.

What could crash or fork runs in a process of its own: `alone` runs one of the functions here.
"""

from __future__ import annotations

import gc
import json
import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from refundrules import Engine, Policy, load_policy
from refundrules.case.facts import Fact, Words
from refundrules.engine.matchers import durable
from refundrules.engine.matchers.durable import DurableMatcher, why_unavailable
from refundrules.engine.matchers.matcher import CompiledMatcher, choose_matcher
from refundrules.engine.ruleset import GIVEN, Plan, Ruleset, facts_only
from refundrules.errors import EngineError, MatcherError
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm

NOT_HERE = why_unavailable()
needs_durable_rules = pytest.mark.skipif(NOT_HERE is not None, reason=NOT_HERE or "")
REASONS = ("size_deviation", "fading", "missing_part", "changed_mind", "lost", "price_difference")


@cache
def shop() -> Policy:
    return load_policy()


@cache
def shop_ruleset() -> Ruleset:
    return Ruleset(shop(), "CN-ZJ", date(2026, 6, 1), date(2026, 6, 20))


@cache
def matcher() -> DurableMatcher:
    return DurableMatcher()


FLAGS = tuple(f"facts.f{number}" for number in range(600))
KINDS = tuple(f"k{number}" for number in range(600))


def ruleset_of(*conditions: cn.Condition) -> Ruleset:
    """Return a ruleset with one rule for each condition, over many facts more."""
    words = Words("", "")
    facts = [Fact(name, "bool", lambda scene: None, (), "", optional=True, question=words) for name in FLAGS]
    facts.append(Fact("facts.kind", "enum", lambda scene: None, (), "", optional=True, values=KINDS, question=words))
    rule = replace(shop().rules[0], overrides=(), jurisdictions=(), in_force=shop().rules[0].in_force)
    rules = tuple(replace(rule, id=f"T-{at:03}", when=condition) for at, condition in enumerate(conditions))
    policy = replace(shop(), rules=rules, guarantees=(), facts=(*shop().facts, *facts))
    return Ruleset(policy, "CN", date(2026, 6, 1), date(2026, 6, 20))


_ORDINARY = {"bool": False, "money": 0, "days": 0, "hours": 0, "count": 0, "cm": 0, "share": 0}


def facts_of(plan: Plan, values: dict[str, Any]) -> tuple[list[Any], list[bool]]:
    """Return these facts, and of the others nothing but what is always known."""
    facts: list[Any] = [None if fact.optional else _ORDINARY.get(fact.kind) for fact in plan.ruleset.facts]
    for at, fact in enumerate(plan.ruleset.facts):
        if not fact.optional and fact.kind == "enum":
            facts[at] = fact.values[0]
    for name, value in (values | {GIVEN: plan.reason}).items():
        facts[plan.ruleset.index[name]] = value
    return facts, [value is not None for value in facts]


def edges(plan: Plan) -> list[int]:
    """Return every number that a parameter turns on, and its neighbours."""
    return sorted(
        {0, 1, 10**12} | {max(0, int(value) + by) for value in plan.ruleset.scaled.values() for by in (-1, 0, 1)}
    )


def values_of(fact: Fact, numbers: list[int]) -> list[Any]:
    values: list[Any] = [True, False] if fact.kind == "bool" else list(fact.values) or numbers
    return [None, *values] if fact.optional else values


@st.composite
def facts_for(draw: st.DrawFn, plan: Plan) -> tuple[list[Any], list[bool]]:
    """Draw facts of any value and, where they may be, unknown; a fact can be assumed without being known."""
    numbers = edges(plan)
    facts = [draw(st.sampled_from(values_of(fact, numbers))) for fact in plan.ruleset.facts]
    facts[plan.ruleset.index[GIVEN]] = plan.reason
    known = [value is not None for value in facts]
    if draw(st.booleans()):
        known = [is_known and draw(st.integers(0, 9)) > 0 for is_known in known]
    return facts, known


def some_facts(plan: Plan, seed: int, unknown: float = 0.2) -> tuple[list[Any], list[bool]]:
    dice, numbers = random.Random(seed), edges(plan)
    facts = [
        None
        if fact.optional and dice.random() < unknown
        else dice.choice([v for v in values_of(fact, numbers) if v is not None])
        for fact in plan.ruleset.facts
    ]
    facts[plan.ruleset.index[GIVEN]] = plan.reason
    return facts, [value is not None for value in facts]


class Reading:
    """Facts as the reference meaning of conditions reads them."""

    def __init__(self, ruleset: Ruleset, facts: Sequence[Any], known: Sequence[bool]) -> None:
        self.ruleset, self.facts, self.is_known = ruleset, facts, known

    def value(self, name: str) -> Any:
        at = self.ruleset.index.get(name)
        return self.ruleset.scaled[name] if at is None else self.facts[at]

    def possible(self, name: str) -> None:
        return None

    def known(self, name: str) -> bool:
        return self.is_known[self.ruleset.index[name]]

    def defined(self, name: str) -> Any:
        return self.ruleset.defined(name)


def reference(plan: Plan, facts: Sequence[Any], known: Sequence[bool]) -> tuple[int, ...]:
    """Return the rules whose condition on facts alone is not false, by the meaning of conditions."""
    reading = Reading(plan.ruleset, facts, known)
    return tuple(
        at for at, rule in enumerate(plan.ruleset.rules) if cn.truth(facts_only(rule.when), reading) is not False
    )


def alone(body: Callable[[], Any], *, timeout: int = 60) -> Any:
    """Run a function of this module in a process of its own; return what it returned."""
    path = [str(Path(__file__).parent), *sys.path]
    code = (
        f"import json, sys; sys.path[:0] = {path!r}; import test_durable as t; print(json.dumps(t.{body.__name__}()))"
    )
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code], capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode == 0, f"{body.__name__} ended with {done.returncode}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout)


def refuses(message: str) -> pytest.RaisesExc[MatcherError]:
    return pytest.raises(MatcherError, match=f"^{re.escape(message)}$")


# -- agreement ----------------------------------------------------------------------------------------------------


@needs_durable_rules
@given(st.data())
def test_the_shops_candidates_are_those_of_the_reference_and_of_the_plan(data: st.DataObject) -> None:
    plan = shop_ruleset().plan(data.draw(st.sampled_from(shop_ruleset().facts[shop_ruleset().index[GIVEN]].values)))
    facts, known = data.draw(facts_for(plan))
    expected = reference(plan, facts, known)
    assert plan.match(facts, known) == expected
    assert matcher().candidates(plan, facts, known) == expected


@needs_durable_rules
@strategies.examples(60)
@given(st.data())
def test_a_random_policys_candidates_are_those_of_the_reference_and_of_the_plan(data: st.DataObject) -> None:
    policy = strategies.load_pack(data.draw(strategies.policies()))
    plan = Ruleset(policy, "CN-ZJ", date(2026, 6, 1), date(2026, 6, 20)).plan("stain")
    for _ in range(3):
        facts, known = data.draw(facts_for(plan))
        expected = reference(plan, facts, known)
        assert plan.match(facts, known) == expected
        assert matcher().candidates(plan, facts, known) == expected


def every_operator() -> Iterator[cn.Condition]:
    other = fm.Ref("claim.rightful_price")
    for operator in cn.OPERATORS:
        yield cn.Compare("claim.goods.worn_days", operator, fm.Number(Fraction(3)))
        yield cn.Compare("claim.goods.worn_days", operator, fm.Number(Fraction(5, 2)))
        yield cn.Compare("claim.assessed_loss", operator, other)
        yield cn.Compare("claim.assessed_loss", operator, fm.Apply("*", (other, fm.Number(Fraction(1, 2)))))
    yield cn.Is("claim.goods.washed", (True,))
    yield cn.Is("claim.goods.washed", (False,))
    yield cn.Is("claim.goods.washed", (True, False))
    yield cn.Is("claim.severity", ("minor",))
    yield cn.Is("claim.requested", ("exchange", "repair"))
    yield cn.Known("claim.severity")
    yield cn.All((cn.Is("claim.severity", ("minor",)), cn.Is("claim.goods.washed", (True,))))
    yield cn.Any((cn.Is("claim.severity", ("minor",)), cn.Is("claim.goods.washed", (True,))))


@pytest.mark.slow
@needs_durable_rules
def test_unknown_under_every_operator_may_hold_and_may_fail() -> None:
    conditions = list(every_operator())
    plan = ruleset_of(*conditions, *map(cn.Not, conditions)).plan("stain")
    for worn, loss, price, washed, severity, wish in product(
        (None, 2, 3, 4),
        (None, 10),
        (None, 9, 10, 20, 21),
        (None, True, False),
        (None, "minor", "major"),
        (None, "repair", "reship"),
    ):
        facts, known = facts_of(
            plan,
            {
                "claim.goods.worn_days": worn, "claim.assessed_loss": loss, "claim.rightful_price": price,
                "claim.goods.washed": washed, "claim.severity": severity, "claim.requested": wish,
            },
        )  # fmt: skip
        assert matcher().candidates(plan, facts, known) == reference(plan, facts, known)
    facts, known = facts_of(plan, {})
    unknown = set(matcher().candidates(plan, facts, known))
    two_valued = conditions.index(cn.Known("claim.severity"))
    assert unknown == set(range(2 * len(conditions))) - {two_valued}


@needs_durable_rules
def test_rules_that_always_may_hold_and_rules_that_never_do_need_no_facts() -> None:
    always, never = cn.ALWAYS, cn.Any(())
    plan = ruleset_of(always, never, cn.Is(GIVEN, ("stain",)), cn.Is(GIVEN, ("lost",)), cn.Not(never)).plan("stain")
    assert matcher().candidates(plan, *facts_of(plan, {})) == (0, 2, 4)


@needs_durable_rules
def test_the_engine_decides_the_same_with_either_matcher() -> None:
    case = {
        "id": "C", "decided_at": "2026-06-20",
        "order": {"id": "O", "status": "delivered", "placed_at": "2026-06-01", "delivered_at": "2026-06-15",
                  "lines": [{"id": "L", "category": "apparel", "unit_price": "99.00"}]},
        "claims": [{"reason": "stain", "severity": "minor", "requested": "refund_only"}],
    }  # fmt: skip
    with_durable, without = (Engine(shop(), matcher=name).decide(case) for name in ("durable", "compiled"))
    assert with_durable.to_json(trace=True) == without.to_json(trace=True)


# -- nothing left behind ------------------------------------------------------------------------------------------


@needs_durable_rules
def test_a_match_leaves_nothing_for_the_next() -> None:
    conditions = [cn.Is(name, (True,)) for name in FLAGS[:5]]
    plan = ruleset_of(*conditions).plan("stain")
    nothing = facts_of(plan, dict.fromkeys(FLAGS[:5], False))
    for at in range(5):
        one = facts_of(plan, dict.fromkeys(FLAGS[:5], False) | {FLAGS[at]: True})
        assert matcher().candidates(plan, *one) == (at,)
        assert matcher().candidates(plan, *nothing) == ()
    assert matcher().candidates(plan, *facts_of(plan, {})) == (0, 1, 2, 3, 4)


def session_of(*groups: Sequence[str]) -> durable._Session:
    rules = {
        f"r{at}": {"all": [{"m": {"$and": [{key: 1} for key in ("on", *keys)]}}]} for at, keys in enumerate(groups)
    }
    return durable._Session(json.dumps(rules), os.getpid())


def message(*keys: str) -> str:
    return json.dumps({**dict.fromkeys(keys, 1), "sid": "0", "id": "1", "on": 1})


@needs_durable_rules
@pytest.mark.parametrize(
    ("broken", "code"), [('{"aa":1e16}', 204), ("{", 204), ('{"aa":None}', 202), (message(*durable._KEYS[:300]), 302)]
)
def test_a_message_that_durable_rules_refuses_is_a_matcher_error_and_the_next_match_is_right(
    broken: str, code: int
) -> None:
    session = session_of(["aa"], ["ab"], ["aa", "ab"])
    assert session.fired(message("aa"), 3) == ["r0"]
    with refuses(f"durable-rules failed: Could not assert fact, error code: {code}"):
        session.fired(broken, 3)
    assert session.fired(message("ab"), 3) == ["r1"]
    assert session.fired(message(), 3) == []


@needs_durable_rules
def test_more_alternatives_than_durable_rules_bears_are_a_matcher_error_and_the_next_match_is_right() -> None:
    keys = durable._KEYS[:70]
    session = session_of(*([key] for key in keys))
    with refuses("durable-rules failed: Could not assert fact, error code: 303"):
        session.fired(message(*keys), 70)
    assert sorted(session.fired(message(*keys[:64]), 70)) == sorted(f"r{at}" for at in range(64))


@needs_durable_rules
@pytest.mark.parametrize("step", ["assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact"])
def test_after_an_interrupt_at_any_step_the_next_match_is_right(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(["aa"], ["ab"], ["aa", "ab"])

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(durable._engine, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            session.fired(message("aa", "ab"), 3)
    assert session.fired(message("ab"), 3) == ["r1"]


@needs_durable_rules
def test_a_fact_left_behind_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(["aa"])
    with monkeypatch.context() as patch:
        patch.setattr(durable._engine, "retract_fact", lambda handle, fact: (0, 1))
        session.fired(message("aa"), 1)
    with refuses("durable-rules did not start what it matched (code 2)"):
        session.fired(message("aa"), 1)
    assert session.fired(message("aa"), 1) == ["r0"]


@needs_durable_rules
def test_a_fact_that_is_not_retracted_is_a_matcher_error(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(["aa"])
    with monkeypatch.context() as patch:
        patch.setattr(durable._engine, "retract_fact", lambda handle, fact: (1, 1))
        with refuses("durable-rules did not retract a fact (code 1)"):
            session.fired(message("aa"), 1)
    assert session.fired(message("aa"), 1) == ["r0"]


@needs_durable_rules
def test_a_session_that_starts_afresh_gives_its_ruleset_back() -> None:
    session = session_of(["aa"])
    session.fired(message("aa"), 1)
    handle = session._handle
    session.restart()
    with pytest.raises(durable._engine.error, match="error code: 111"):
        durable._engine.assert_fact(handle, message("aa"))


@needs_durable_rules
def test_firing_without_end_is_a_matcher_error() -> None:
    session = session_of(["aa"], ["ab"])
    with refuses("durable-rules fired more than 1 rules"):
        session.fired(message("aa", "ab"), 1)
    assert session.fired(message("aa"), 1) == ["r0"]


@needs_durable_rules
def test_a_disagreement_raises_rather_than_decides() -> None:
    plan = ruleset_of(cn.Is(FLAGS[0], (True,)), cn.ALWAYS).plan("stain")
    honest, facts = plan.match, facts_of(plan, {FLAGS[0]: True})
    plan.match = lambda facts, known: (1,)
    with refuses("durable-rules and the policy disagree whether `T-000` may hold"):
        matcher().candidates(plan, *facts)
    plan.match = honest
    assert matcher().candidates(plan, *facts) == (0, 1)


# -- limits of durable-rules --------------------------------------------------------------------------------------


def flag(at: int) -> cn.Condition:
    return cn.Is(FLAGS[at], (True,))


LIMITS: dict[str, Callable[[], list[cn.Condition]]] = {
    "100 rules true at one level": lambda: [flag(at) for at in range(100)],
    "100 rules true at one level, deeper": lambda: [cn.All((flag(0), flag(1), flag(at + 2))) for at in range(100)],
    "600 values of one fact": lambda: [cn.Is("facts.kind", (kind,)) for kind in KINDS],
    "600 limits of one fact": lambda: [
        cn.Compare("claim.assessed_loss", "at_least", fm.Number(Fraction(at))) for at in range(600)
    ],
    "300 rules sharing an alternative": lambda: [cn.Any((flag(0), flag(at + 1))) for at in range(300)],
    "300 rules with the same condition": lambda: [flag(0)] * 300,
    "300 rules with the same last condition": lambda: [cn.All((flag(at + 1), flag(0))) for at in range(300)],
    "20 groups of alternatives in a rule": lambda: [
        cn.All(tuple(cn.Any((flag(2 * at), flag(2 * at + 1), flag(at))) for at in range(20)))
    ],
    "70 alternatives in a rule": lambda: [cn.Any(tuple(cn.All((flag(at), flag(at + 1))) for at in range(70)))],
    "600 facts in a rule": lambda: [cn.All(tuple(flag(at) for at in range(600)))],
    "600 facts in six rules": lambda: [cn.All(tuple(flag(100 * part + at) for at in range(100))) for part in range(6)],
    "deep nesting": lambda: [deep(30)],
}


def deep(levels: int) -> cn.Condition:
    condition: cn.Condition = flag(levels)
    for at in range(levels):
        condition = cn.Not(cn.All((flag(at), cn.Any((condition, flag(levels + at))))))
    return condition


def match_beyond_the_limits() -> list[str]:
    for name, conditions in LIMITS.items():
        sys.stderr.write(f"{name}\n")
        plan = ruleset_of(*conditions()).plan("stain")
        every = len(plan.relevant)
        for value, kind, loss in ((True, "k7", 10**6), (None, None, None), (False, "k599", 5), (True, None, 300)):
            facts, known = facts_of(
                plan, dict.fromkeys(FLAGS, value) | {"facts.kind": kind, "claim.assessed_loss": loss}
            )
            found = matcher().candidates(plan, facts, known)
            assert found == reference(plan, facts, known), name
            assert value is not None or len(found) == every, name
    return list(LIMITS)


@pytest.mark.process
@needs_durable_rules
def test_policies_beyond_every_limit_of_durable_rules_are_matched() -> None:
    assert alone(match_beyond_the_limits) == list(LIMITS)


@pytest.mark.slow
@needs_durable_rules
def test_a_policy_of_1000_rules_is_matched() -> None:
    dice = random.Random(7)
    shapes = [lambda a, b: cn.All((a, b)), lambda a, b: cn.Any((a, b)), lambda a, b: cn.All((a, cn.Not(b)))]
    conditions = [dice.choice(shapes)(flag(dice.randrange(50)), flag(dice.randrange(50))) for _ in range(1000)]
    plan = ruleset_of(*conditions).plan("stain")
    for seed in range(20):
        facts, known = some_facts(plan, seed)
        assert matcher().candidates(plan, facts, known) == reference(plan, facts, known)


def test_no_two_keys_are_one_to_durable_rules() -> None:
    def hashed(key: str) -> int:
        value = 0x811C9DC5
        for byte in key.encode():
            value = (value ^ byte) * 16777619 % 2**32
        return value

    keys = (*durable._KEYS, durable._GUARD, "id", "sid", "$s")
    assert hashed("sid") == 3593476751  # HASH_SID in its source
    assert len({hashed(key) for key in keys}) == len(keys)


# -- threads, forks, memory ---------------------------------------------------------------------------------------


def match_in_threads() -> list[int]:
    sys.setswitchinterval(1e-6)
    shared, right = DurableMatcher(), []
    plans = [Ruleset(shop(), "CN", date(2026, 6, 1), date(2026, 6, 20)).plan(reason) for reason in REASONS[:2]]
    work_to_do = [(plan, *some_facts(plan, seed)) for plan in plans for seed in range(20)]

    def work() -> None:
        for plan, facts, known in work_to_do * 20:
            right.append(shared.candidates(plan, facts, known) == plan.match(facts, known))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [sum(right), 6 * 20 * len(work_to_do)]


@pytest.mark.process
@needs_durable_rules
def test_threads_share_a_matcher() -> None:
    right, asked = alone(match_in_threads)
    assert right == asked


def match_in_forks() -> bool:
    shared, plan = DurableMatcher(), shop_ruleset().plan("fading")
    facts, known = some_facts(plan, 1)
    expected = shared.candidates(plan, facts, known)
    session = shared._matchings[plan]._parts[0].session
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            shared.candidates(plan, facts, known)

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(20):
        with session._lock:  # as when another thread is in the middle of a match
            child = os.fork()
            if child == 0:
                same = all(shared.candidates(plan, facts, known) == expected for _ in range(50))
                os._exit(0 if same and shared._matchings[plan]._parts[0].session is not session else 1)
        assert os.waitpid(child, 0)[1] == 0
    stop.set()
    thread.join()
    return shared.candidates(plan, facts, known) == expected


@pytest.mark.process
@needs_durable_rules
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_in_the_middle_of_a_match_leaves_the_child_a_fresh_start() -> None:
    assert alone(match_in_forks)


def resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def match_often() -> int:
    shared, plan = DurableMatcher(), shop_ruleset().plan("stain")
    cases = [some_facts(plan, seed) for seed in range(200)]

    def matches(times: int) -> None:
        for _ in range(times // len(cases)):
            for facts, known in cases:
                shared.candidates(plan, facts, known)

    matches(5_000)
    before = resident_kb()
    matches(100_000)
    return resident_kb() - before


def load_again_and_again() -> int:
    def load() -> None:
        fresh, plan = DurableMatcher(), Ruleset(shop(), "CN", date(2026, 6, 1), date(2026, 6, 20)).plan("stain")
        fresh.candidates(plan, *some_facts(plan, 1))

    for _ in range(10):
        load()
    before = resident_kb()
    for _ in range(40):
        load()
    return resident_kb() - before


needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")


@pytest.mark.process
@needs_durable_rules
@needs_proc
def test_memory_stays_flat_over_100000_matches() -> None:
    assert alone(match_often) < 1_000


@pytest.mark.process
@needs_durable_rules
@needs_proc
def test_a_policy_loaded_again_uses_the_rulesets_that_there_are() -> None:
    assert alone(load_again_and_again) < 8_000


@needs_durable_rules
def test_plans_with_the_same_rules_share_a_session_and_unused_plans_are_let_go() -> None:
    fresh = DurableMatcher()
    plans = [ruleset_of(flag(0), flag(1)).plan("stain") for _ in range(2)]
    for plan in plans:
        fresh.candidates(plan, *facts_of(plan, {}))
    one, other = (fresh._matchings[plan]._parts[0] for plan in plans)
    assert one.session is other.session
    del plans, plan
    gc.collect()
    assert len(fresh._matchings) == 0


# -- where durable-rules cannot be had ----------------------------------------------------------------------------


def choose_without_durable_rules() -> list[str | None]:
    sys.modules["durable_rules_engine"] = None  # type: ignore[assignment]
    del sys.modules["refundrules.engine.matchers.durable"]
    absent = import_module("refundrules.engine.matchers.durable")
    said = [absent.why_unavailable(), choose_matcher("auto").name]
    for make in (lambda: choose_matcher("durable"), absent.DurableMatcher):
        with pytest.raises(EngineError) as error:
            make()
        said.append(str(error.value))
    return said


@pytest.mark.process
def test_without_durable_rules_auto_compiles_and_durable_says_why() -> None:
    needs = (
        f"; it needs Python 3.12 or older, and this is 3.{sys.version_info.minor}"
        if sys.version_info >= (3, 13)
        else ""
    )
    assert alone(choose_without_durable_rules) == [
        f"durable-rules is not installed{needs}",
        "compiled",
        f'durable-rules cannot be used here: durable-rules is not installed{needs} (use `matcher="compiled"`)',
        f"durable-rules is not installed{needs}",
    ]


@pytest.mark.skipif(sys.version_info < (3, 13), reason="durable-rules imports on Python 3.12 and older")
def test_on_python_3_13_auto_compiles_and_says_which_python_is_needed() -> None:
    assert isinstance(choose_matcher("auto"), CompiledMatcher)
    assert (why_unavailable() or "").endswith(f"it needs Python 3.12 or older, and this is 3.{sys.version_info.minor}")


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="durable-rules needs Python 3.12 or older")
@pytest.mark.skipif(not os.environ.get("REQUIRE_DURABLE_RULES"), reason="REQUIRE_DURABLE_RULES is not set")
def test_where_durable_rules_is_required_auto_uses_it() -> None:
    assert why_unavailable() is None
    assert choose_matcher("auto").name == "durable"
