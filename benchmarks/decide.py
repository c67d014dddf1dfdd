"""What a decision costs, as ratios to ZEN's traced ten-rule call in the same run.

    make bench

Absolute times differ between machines and moments; the ratios are what may be quoted. Every
figure is the least of several rounds, the rounds of all rows interleaved.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from benchmarks import peers
from refundrules import Case, Decision, Engine, load_policy
from refundrules.errors import EngineError
from refundrules.policy.loading.loader import dump_policy

HERE = Path(__file__).parent
ROUNDS, CALLS = 9, 300

DECIDED: dict[str, Any] = {
    "id": "B-1",
    "decided_at": "2026-06-10T12:00:00+08:00",
    "order": {
        "id": "O1",
        "currency": "CNY",
        "jurisdiction": "CN",
        "status": "completed",
        "placed_at": "2026-06-01T09:00:00+08:00",
        "shipped_at": "2026-06-02T09:00:00+08:00",
        "delivered_at": "2026-06-05T15:00:00+08:00",
        "completed_at": "2026-06-06T15:00:00+08:00",
        "lines": [{"id": "L1", "category": "apparel", "quantity": 1, "unit_price": "99.00"}],
    },
    "claims": [
        {
            "reason": "stain",
            "severity": "major",
            "requested": "return_and_refund",
            "application": "return_and_refund",
            "goods": {"received": True, "labels_intact": True, "soiled": False, "resalable": True, "worn_days": 0},
            "freight": {"return_quote": "12.00", "replacement_quote": "12.00", "carrier": "ZTO", "carriers_told": True},
        }
    ],
    "shop": {"listed_carriers": ["ZTO", "YTO"], "in_stock": True},
}


def changed(**claim: Any) -> dict[str, Any]:
    """Return the decided case with other fields in its claim (None takes one out)."""
    case = copy.deepcopy(DECIDED)
    fields = {**case["claims"][0], **claim}
    case["claims"] = [{name: value for name, value in fields.items() if value is not None}]
    return case


def best(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the least seconds a call of each, rounds interleaved so that all meet the same moments."""
    for call in calls.values():
        for _ in range(60):
            call()
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(CALLS):
                call()
            least[name] = min(least[name], (time.perf_counter() - start) / CALLS)
    return least


def rows() -> dict[str, Callable[[], object]]:
    """Return every row to measure."""
    ten = peers.prepared(changed(reason="changed_mind", severity=None))
    found: dict[str, Callable[[], object]] = {
        "ZEN, ten rules, traced": _bound(peers.zen(trace=True), ten),
        "ZEN, ten rules": _bound(peers.zen(trace=False), ten),
        "rule-engine, ten rules": _bound(peers.rule_engine(), peers.flat(ten)),
        "if chain, ten rules, no reasons": _bound(peers.by_hand(), ten),
    }
    shop, small = load_policy("cn-apparel-shop"), load_policy(HERE / "ten_rules.yaml")
    cases = {"decided": DECIDED, "decided, offer": changed(severity="minor"), "open": changed(severity=None)}
    for matcher in ("compiled", "durable"):
        try:
            engine, few = Engine(shop, matcher=matcher), Engine(small, matcher=matcher)
        except EngineError as error:
            print(f"without the rows of {matcher}: {error}", file=sys.stderr)
            continue
        ten_case = changed(reason="changed_mind", severity=None)
        found[f"ten rules, dict, {matcher}"] = _bound(few.decide, ten_case)
        found[f"ten rules, dict, trace, {matcher}"] = _bound(_traced(few), ten_case)
        for name, case in cases.items():
            found[f"whole pack, {name}, dict, {matcher}"] = _bound(engine.decide, case)
        found[f"whole pack, decided, Case, {matcher}"] = _bound(engine.decide, Case.model_validate(DECIDED))
        found[f"whole pack, decided, dict, trace, {matcher}"] = _bound(_traced(engine), DECIDED)
    return found


def _bound(call: Callable[[Any], object], case: Any) -> Callable[[], object]:
    return lambda: call(case)


def _traced(engine: Engine) -> Callable[[Any], object]:
    def decide(case: Any) -> Decision:
        decision = engine.decide(case)
        _ = decision.trace
        return decision

    return decide


def grown(rules: int) -> Engine:
    """Return an engine of the ten rules and so many more of the same kind, each about a longer window."""
    data = yaml.safe_load(dump_policy(load_policy(HERE / "ten_rules.yaml")))
    model = next(rule for rule in data["rules"] if rule["id"] == "TEN-07")
    for number in range(rules - len(data["rules"])):
        days = f"days_{number}"
        value = {"from": "beginning", "value": 1000 + number, "cite": ["B"], "verified": False}
        data["parameters"][days] = {"kind": "days", "title": {"zh": "天", "en": "days"}, "values": [value]}
        when = {"all": [{"claim.reason": "changed_mind"}, {"order.days_since_delivery": {"above": days}}]}
        data["rules"].append({**model, "id": f"MORE-{number}", "when": when})
    place = HERE / "grown.tmp.yaml"
    place.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    try:
        return Engine(load_policy(place), matcher="compiled")
    finally:
        place.unlink()


def main() -> None:
    """Measure and print the tables."""
    least = best(rows())
    unit = least["ZEN, ten rules, traced"]
    print(f"{'':48}{'× ZEN traced':>14}{'µs here':>10}")
    for name, seconds in least.items():
        print(f"{name:48}{seconds / unit:14.2f}{seconds * 1e6:10.1f}")
    growth = {count: grown(count) for count in (30, 100, 300, 1000)}
    case = changed(reason="changed_mind", severity=None)
    by_size = best({str(count): _bound(engine.decide, case) for count, engine in growth.items()})
    print("\nrules, all of one reason   × ZEN traced")
    for count, seconds in by_size.items():
        print(f"{count:>24}{seconds / unit:15.2f}")


if __name__ == "__main__":
    main()
