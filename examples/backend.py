"""A shop's backend in small: one engine for the whole process, JSON in and out, several threads.

python examples/backend.py
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from refundrules import CaseError, Engine, load_policy

ENGINE = Engine(load_policy("cn-apparel-shop"))  # once: loading takes a while, deciding does not


def answer(body: bytes) -> tuple[int, dict[str, Any]]:
    """Return the status and the body that answer a posted case."""
    try:
        case = json.loads(body, parse_float=Decimal)  # 12.50 is twelve fifty, never a binary float
        decision = ENGINE.decide(case)
    except json.JSONDecodeError as error:
        return 400, {"problems": [f"line {error.lineno}: is not JSON"]}
    except CaseError as error:
        return 422, {"problems": [str(problem) for problem in error.problems]}
    return 200, decision.to_dict(trace=False)


def request(case: str, reason: str, price: str, **claim: Any) -> bytes:
    """Return what a shop would post for a one-line order signed for five days ago."""
    order = {
        "id": "T1",
        "status": "delivered",
        "placed_at": "2026-06-01T09:00:00+08:00",
        "shipped_at": "2026-06-02T09:00:00+08:00",
        "delivered_at": "2026-06-05T15:00:00+08:00",
        "lines": [{"id": "L1", "category": "apparel", "unit_price": price}],
    }
    claim = {"reason": reason, "requested": "return_and_refund", **claim}
    body = {"id": case, "decided_at": "2026-06-10T12:00:00+08:00", "order": order, "claims": [claim]}
    return json.dumps(body).encode()


QUOTES = {"return_quote": "12.00", "replacement_quote": "12.00"}
INTACT = {"labels_intact": True, "soiled": False}
REQUESTS = [
    request("torn-sleeve", "damage", "99.00", severity="major", freight=QUOTES),
    request("loose-threads", "loose_threads", "99.00", severity="minor", freight=QUOTES),
    request("changed-mind", "changed_mind", "59.90", goods=INTACT),
    request("runs-small", "size_deviation", "139.00", goods=INTACT, freight=QUOTES),
    request("misspelt", "changed_mnd", "59.90"),
]


def line(status: int, body: dict[str, Any]) -> str:
    """Return one answer in one line."""
    if status != 200:
        return f"{status} {'; '.join(body['problems'])}"
    claim = body["claims"][0]
    asked = "".join(f" (asks for {missing['fact']})" for missing in claim["missing"])
    return f"{status} {body['case']}: {body['outcome']}, {claim['resolution']}, {body['refund']['total']}{asked}"


if __name__ == "__main__":
    with ThreadPoolExecutor(max_workers=4) as threads:
        for status, body in threads.map(answer, REQUESTS):
            print(line(status, body))
