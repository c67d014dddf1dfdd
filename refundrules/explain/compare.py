"""Two decisions of one case side by side: before and after a change, only what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from refundrules.engine.decision import Decision
from refundrules.io.catalog import say
from refundrules.rendering.decision import view
from refundrules.text.columns import padded, width, wrapped
from refundrules.text.document import SIGNS
from refundrules.text.to_text import COLUMNS
from refundrules.text.words import phrase, safe, value_text

_SAID_BY_CLAIM = ("outcome", "refund.total", "refund.settled", "settlement")
"""What the only claim says as well."""
_ASIDE = ("case", "language", "schema", "policy", "engine")


def differences(before: Decision, after: Decision) -> dict[str, tuple[Any, Any]]:
    """Return each path of the decisions whose value differs, with both values; None where there is none."""
    one, other = (dict(_flat(decision.to_dict(trace=False), "")) for decision in (before, after))
    paths = dict.fromkeys([*one, *other])
    found = {path: (one.get(path), other.get(path)) for path in paths}
    return {path: both for path, both in found.items() if both[0] != both[1] and path.partition(".")[0] not in _ASIDE}


def _flat(data: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _flat(value, f"{path}.{key}".lstrip("."))
    elif isinstance(data, list) and data and isinstance(data[0], Mapping):
        for at, item in enumerate(data):
            yield from _flat(item, f"{path}[{at}]")
    elif isinstance(data, list):
        yield path, " ".join(map(str, data)) or None
    else:
        yield path, data


def beside_lines(before: Decision, after: Decision, columns: int = COLUMNS) -> Iterator[str]:
    """Yield both headlines and below them, in two columns of text, what differs."""
    language = before.language
    names = say("explain.before", language), say("explain.after", language)
    head = max(map(width, names)) + 2
    for at in range(len(before.claims)):
        for name, decision in zip(names, (before, after), strict=True):
            yield f"{padded(name, head)}{_headline(decision, at)}"
    yield ""
    rows = [("", *names)]
    one_claim = len(before.claims) == 1
    found = differences(before, after)
    for path, values in found.items():
        if one_claim and (path in _SAID_BY_CLAIM or path.startswith("settlement.")):
            continue
        name = path.removeprefix("claims[0].") if one_claim else path
        rows.append((name, _value(values[0], language), _value(values[1], language)))
    if not found:
        yield say("explain.same", language)
        return
    left = max(width(row[0]) for row in rows)
    middle = min(max(width(row[1]) for row in rows), max(12, (columns - left - 4) // 2))
    for name, one, other in rows:
        ones, others = (
            list(wrapped(safe(one), middle, breaks=True)),
            list(wrapped(safe(other), max(12, columns - left - middle - 4), breaks=True)),
        )
        for at in range(max(len(ones), len(others))):
            cells = name if at == 0 else "", ones[at] if at < len(ones) else ""
            last = others[at] if at < len(others) else ""
            yield f"{padded(cells[0], left)}  {padded(cells[1], middle)}  {last}".rstrip()


def _headline(decision: Decision, at: int) -> str:
    claim = view(decision).claims[at]
    return f"{SIGNS[claim.outcome]} {claim.headline}"


def _value(value: Any, language: str) -> str:
    return (
        "–"
        if value is None
        else phrase("yes" if value else "no", language)
        if isinstance(value, bool)
        else value_text(value, "", language)
    )
