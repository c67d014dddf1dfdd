"""The durable-rules matcher: asks durable-rules which rules of a plan may hold.

What durable-rules gets wrong, or dies of, decides the shape. Each rule becomes one or two
conjunctions of comparisons, and a message holds, as 1, the key of every comparison that may hold:
nothing in it is missing, unknown, negated, or of a type to be mistaken. Where a condition would
make more conjunctions, its alternatives are one comparison to durable-rules. Every match is held
against the policy's own conditions: a disagreement raises rather than decides.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import compress, groupby, product
from math import prod
from operator import itemgetter
from string import ascii_lowercase
from threading import Lock
from weakref import WeakKeyDictionary

from refundrules.engine.ruleset import CodeNames, FactValues, Plan, compile_key, facts_only
from refundrules.errors import MatcherError, listed
from refundrules.expr import condition as cn
from refundrules.expr.compile import Names, may_code
from refundrules.expr.condition import Condition

_problem: ImportError | None = None
try:
    import durable_rules_engine as _engine
except ImportError as error:
    _engine, _problem = None, error

ALTERNATIVES = 2
"""Conjunctions of one rule. Each is fired apart, so more of them cost more than to compute them in Python."""
KEYS, CONJUNCTIONS, PENDING = 240, 256, 64
"""What fits into one ruleset: keys (error 302 from 252 on), conjunctions, nodes waiting for a visit (error 303)."""
LONGEST = 100
"""Comparisons of one conjunction; what is longer is one comparison."""
SPARE = 64
"""Rulesets kept after the last plan that used them: durable-rules never gives back all the memory of a deleted one."""

_GUARD = "on"
_KEYS = tuple(key for key in map("".join, product(ascii_lowercase, repeat=2)) if key not in ("id", _GUARD))
_FACT = f'"sid":"0","id":"1","{_GUARD}":1}}'
_RETRACTED = '{"sid":"0","id":"1"}'

_Conjunction = frozenset[str]
"""Comparisons, each as the Python text that is true where it may hold."""
_Network = list[tuple[tuple[str, ...], int]]
"""Conjunctions in the order they are visited, each with a bit for every rule that it is of."""


def why_unavailable() -> str | None:
    """Return in one sentence why durable-rules cannot be used here; None when it can."""
    if _problem is None:
        return None
    state = "is not installed" if isinstance(_problem, ModuleNotFoundError) else "cannot be imported"
    if sys.version_info >= (3, 13):
        return f"durable-rules {state}; it needs Python 3.12 or older, and this is 3.{sys.version_info.minor}"
    return f"durable-rules {state}" if state == "is not installed" else f"durable-rules {state}: {_problem}"


class DurableMatcher:
    """Matches with durable-rules; raises `MatcherError` where that cannot be had."""

    name = "durable"

    def __init__(self) -> None:
        reason = why_unavailable()
        if reason is not None:
            raise MatcherError(reason)
        self._matchings: WeakKeyDictionary[Plan, _Matching] = WeakKeyDictionary()

    def candidates(self, plan: Plan, facts: FactValues, known: Sequence[bool]) -> tuple[int, ...]:
        """Return the positions of the candidate rules, rising.

        Raises `MatcherError` when durable-rules fails, or finds others than the policy's own conditions do.
        """
        matching = self._matchings.get(plan)
        if matching is None:
            matching = self._matchings[plan] = _Matching(plan)
        found, expected = matching.candidates(facts, known), plan.match(facts, known)
        if found != expected:
            matching.restart()
            rules = [plan.ruleset.rules[at].id for at in sorted({*found} ^ {*expected})]
            raise MatcherError(f"durable-rules and the policy disagree whether {listed(rules)} may hold")
        return found


class _Matching:
    """A plan as durable-rules matches it."""

    def __init__(self, plan: Plan) -> None:
        bits: dict[_Conjunction, int] = {}
        names = CodeNames(plan.ruleset, plan.reason)
        for at in plan.relevant:
            for conjunction in _conjunctions(facts_only(plan.ruleset.rules[at].when), names, wanted=True):
                bits[conjunction] = bits.get(conjunction, 0) | 1 << at
        self._always = bits.pop(frozenset(), 0)
        # The most common comparisons first: what conjunctions begin with in common is visited once.
        uses = Counter(comparison for conjunction in bits for comparison in conjunction)
        order = {comparison: (-count, comparison) for comparison, count in uses.items()}
        paths = [(tuple(sorted(conjunction, key=order.__getitem__)), bit) for conjunction, bit in bits.items()]
        paths.sort(key=lambda path: [order[comparison] for comparison in path[0]])
        self._parts = [_CandidatePart(network) for network in _fitting(paths)]
        self._known_masks: dict[int, tuple[int, ...]] = {}

    def candidates(self, facts: FactValues, known: Sequence[bool]) -> tuple[int, ...]:
        mask = self._always
        for part in self._parts:
            mask |= part.mask(facts, known)
        found = self._known_masks.get(mask)
        if found is None:
            if len(self._known_masks) > 5000:
                self._known_masks.clear()
            found = tuple(at for at in range(mask.bit_length()) if mask >> at & 1)
            self._known_masks[mask] = found
        return found

    def restart(self) -> None:
        for part in self._parts:
            part.session.restart()


def _conjunctions(condition: Condition, names: Names, *, wanted: bool) -> list[_Conjunction]:
    """Return conjunctions of which one may hold exactly where the condition may be `wanted`."""
    if isinstance(condition, cn.Not):
        return _conjunctions(condition.part, names, wanted=not wanted)
    if isinstance(condition, cn.Is):
        body = names.defined(condition.name)
        if isinstance(body, Condition):
            condition = cn.Any(tuple(body if value else cn.Not(body) for value in condition.values))
    if not isinstance(condition, cn.Group):
        return _computed(condition, names, wanted)
    parts = [_conjunctions(part, names, wanted=wanted) for part in condition.parts]
    if isinstance(condition, cn.All) is not wanted:
        found = _shortest(conjunction for part in parts for conjunction in part)
        return found if len(found) <= ALTERNATIVES else _computed(condition, names, wanted)
    while prod(map(len, parts)) > ALTERNATIVES:
        widest = max(range(len(parts)), key=lambda at: len(parts[at]))
        parts[widest] = _computed(condition.parts[widest], names, wanted)
    found = _shortest(frozenset[str]().union(*chosen) for chosen in product(*parts))
    return found if all(len(one) <= LONGEST for one in found) else _computed(condition, names, wanted)


def _computed(condition: Condition, names: Names, wanted: bool) -> list[_Conjunction]:
    code = may_code(condition if wanted else cn.Not(condition), names)
    return [] if code == "False" else [frozenset()] if code == "True" else [frozenset({code})]


def _shortest(conjunctions: Iterable[_Conjunction]) -> list[_Conjunction]:
    """Return the conjunctions without those that imply another one."""
    kept: list[_Conjunction] = []
    for conjunction in sorted(dict.fromkeys(conjunctions), key=len):
        if not any(other <= conjunction for other in kept):
            kept.append(conjunction)
    return kept


def _fitting(paths: _Network) -> Iterator[_Network]:
    """Yield the conjunctions in networks that durable-rules can bear."""
    keys = {comparison for path, _ in paths for comparison in path}
    if len(keys) > KEYS or len(paths) > CONJUNCTIONS or _pending([path for path, _ in paths]) > PENDING:
        middle = len(paths) // 2
        yield from _fitting(paths[:middle])
        yield from _fitting(paths[middle:])
    elif paths:
        yield paths


def _pending(paths: Sequence[tuple[str, ...]], depth: int = 0) -> int:
    """Return how many nodes wait for a visit at most, were every comparison true."""
    children = [list(group) for _, group in groupby((path for path in paths if len(path) > depth), itemgetter(depth))]
    return max((len(children) - 1 + _pending(child, depth + 1) for child in children), default=1)


class _CandidatePart:
    """Conjunctions as one ruleset, and how the facts are written for it."""

    def __init__(self, network: _Network) -> None:
        keys: dict[str, str] = {}
        rules = {}
        for at, (path, _) in enumerate(network):
            tests = [{keys.setdefault(comparison, _KEYS[len(keys)]): 1} for comparison in path]
            rules[f"r{at}"] = {"all": [{"m": {"$and": [{_GUARD: 1}, *tests]}}]}
        self._rules = json.dumps(rules)
        self._bits = {f"r{at}": bit for at, (_, bit) in enumerate(network)}
        self._held = compile_key(keys)
        self._keys = [f'"{key}":1,' for key in keys.values()]
        self.session = _session(self._rules, os.getpid())

    def _fact(self, facts: FactValues, known: Sequence[bool]) -> str:
        return f"{{{''.join(compress(self._keys, self._held(facts, known)))}{_FACT}"

    def mask(self, facts: FactValues, known: Sequence[bool]) -> int:
        """Return a bit for every rule of which a conjunction may hold."""
        if self.session.pid != os.getpid():
            self.session = _session(self._rules, os.getpid())
        mask = 0
        for name in self.session.fired(self._fact(facts, known), len(self._bits)):
            mask |= self._bits[name]
        return mask


class _Session:
    """A ruleset inside durable-rules with its one working memory; threads take turns."""

    def __init__(self, rules: str, pid: int) -> None:
        self.pid = pid
        self._rules, self._lock = rules, Lock()
        self._handle: int | None = None

    def fired(self, fact: str, most: int) -> list[str]:
        """Return the names of the rules that match. Raises `MatcherError`; the call after that starts afresh."""
        with self._lock:
            try:
                if self._handle is None:
                    self._handle = _engine.create_ruleset("refundrules", self._rules)
                try:
                    return _fire(self._handle, fact, most)
                finally:
                    code, _ = _engine.retract_fact(self._handle, _RETRACTED)
                    if code != 0:
                        raise MatcherError(f"durable-rules did not retract a fact (code {code})")
            except BaseException as error:
                self._drop()
                if isinstance(error, _engine.error):
                    raise MatcherError(f"durable-rules failed: {error}") from None
                raise

    def restart(self) -> None:
        """Let the next call start afresh."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        handle, self._handle = self._handle, None
        with suppress(Exception):
            if handle is not None and self.pid == os.getpid():
                _engine.delete_ruleset(handle)

    def __del__(self) -> None:
        self._drop()


def _fire(handle: int, fact: str, most: int) -> list[str]:
    code, state = _engine.assert_fact(handle, fact)
    if code == 1:
        return []
    started = _engine.start_action_for_state(handle, state) if code == 0 else None
    if started is None:
        raise MatcherError(f"durable-rules did not start what it matched (code {code})")
    text: str | None = started[1]
    names: list[str] = []
    while text is not None:
        if len(names) == most:
            raise MatcherError(f"durable-rules fired more than {most} rules")
        names.append(text[2 : text.index('"', 2)])
        text = _engine.complete_and_start_action(handle, state)
    return names


@lru_cache(maxsize=SPARE)
def _session(rules: str, pid: int) -> _Session:
    """Return the session of a ruleset in a process, the same for every plan with these rules; a fork starts its own."""
    return _Session(rules, pid)
