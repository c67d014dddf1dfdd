"""Expectations of a pack's tests: a path into a decision, and what is wanted there.

`refund.total` is a path into the first claim's decision, `claims.1.outcome` into another's,
`$.outcome` into the whole. A path that no decision can have is an error, not a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import ClaimDecision, DueBy, Extra, Missing, Part, TenderRefund
from refundrules.errors import did_you_mean, listed

_TEXTS = frozenset({"why", "question", "because", "text", "line", "quantity", "cites", "message", "rulings", "name"})
"""Fields that say a thing again in words, or only repeat the case."""
FIRST = (
    "outcome", "issue_class", "fault", "resolution", "return_required", "refund.total", "freight.return.payer",
    "freight.replacement.payer", "missing",
)  # fmt: skip
"""What a test names first."""


def values_said(decision: Decision) -> dict[str, Any]:
    """Return every path of a decision that a test may name, with what is there as plain data."""
    found: dict[str, Any] = {}
    for number, claim in enumerate(decision.claims):
        prefix = "" if number == 0 else f"claims.{number}."
        found |= {prefix + path: value for path, value in _paths(claim)}
    if len(decision.claims) > 1:
        found["$.outcome"], found["$.refund.total"] = decision.outcome, plain(decision.refund.total)
    return found


def _paths(model: BaseModel) -> Iterator[tuple[str, Any]]:
    for name, field in type(model).model_fields.items():
        shown = field.alias or name
        if shown.rstrip("_") in _TEXTS:
            continue
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from ((f"{shown}.{path}", inner) for path, inner in _paths(value))
            continue
        yield shown, plain(value)
        if isinstance(value, tuple):
            for at, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from ((f"{shown}.{at}.{path}", inner) for path, inner in _paths(item))


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return the paths at which two decisions differ, the most telling first."""
    paths = [path for path in one if path not in other or one[path] != other[path]]
    paths += [path for path in other if path not in one]
    return sorted(paths, key=_telling)


def telling(path: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> Any:
    """Return what to expect at a path so that one decision is as expected and another is not."""
    value, other = here.get(path), there.get(path)
    if path.rpartition(".")[2] != "reasons" or not isinstance(other, list):
        return value
    lost, more = (
        [name for name in value or () if name not in other],
        [name for name in other if name not in (value or ())],
    )
    return {**({"contains_all": lost} if lost else {}), **({"lacks": more} if more else {})} or value


def _telling(path: str) -> tuple[int, int, str]:
    last = path.removeprefix("claims.").lstrip("0123456789.")
    at = FIRST.index(last) if last in FIRST else len(FIRST) + (last == "reasons") * 2 + last.endswith("rule")
    return at, len(path.split(".")), path


_NAMED_BY: dict[type, str] = {Missing: "fact", DueBy: "what", Part: "kind", Extra: "kind", TenderRefund: "kind"}
"""What a list's item is called by, where only its name is wanted."""


class Nothing:
    """What stands at a place that a list does not have."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


class ExpectationError(ValueError):
    """An expectation that no decision could meet or fail; says what is wrong and what to do."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


class Expectation(NamedTuple):
    """What is wanted at a path: a value, or forms such as `contains`."""

    path: str
    claim: int | None
    """Which claim's decision the steps lead into; None: the whole decision."""
    steps: tuple[str, ...]
    forms: tuple[tuple[str, Any], ...]

    def met(self, decision: Decision) -> bool:
        """Return whether the decision is as wanted."""
        found = self.found(decision)
        return all(_FORMS[form].holds(found, wanted) for form, wanted in self.forms)

    def found(self, decision: Decision) -> Any:
        """Return what the decision has at the path; `NOTHING` where a list is too short."""
        at: Any = decision if self.claim is None else decision.claims[self.claim]
        for step in self.steps:
            if at is None or at is NOTHING:
                break
            if isinstance(at, tuple):
                at = at[int(step)] if int(step) < len(at) else NOTHING
            else:
                at = getattr(at, _attribute(type(at), step))
        return at

    @property
    def wanted(self) -> Any:
        """What is wanted, as a test writes it."""
        forms = dict(self.forms)
        return forms.get("equals", forms)


def read_expectation(path: str, wanted: Any, claims: int) -> Expectation:
    """Return the expectation of a decision on so many claims.

    Raises `ExpectationError` for a path that such a decision does not have, or a form that does not exist.
    """
    claim, steps = _parted(path, claims)
    kind = _kind_at(Decision if claim is None else ClaimDecision, steps, path)
    if not isinstance(wanted, dict):
        return Expectation(path, claim, steps, (("equals", wanted),))
    if not wanted:
        raise ExpectationError(f"nothing is expected of `{path}`", "write a value, or `null`")
    for form, value in wanted.items():
        _check_form(form, value, kind, path)
    return Expectation(path, claim, steps, tuple(wanted.items()))


def _parted(path: str, claims: int) -> tuple[int | None, tuple[str, ...]]:
    first, *rest = path.split(".")
    if first == "$" and rest:
        return None, tuple(rest)
    if first != "claims":
        return 0, (first, *rest)
    if len(rest) < 2 or not rest[0].isdigit():
        raise ExpectationError(f"`{path}` names no claim and field", "write it like `claims.1.outcome`")
    if int(rest[0]) >= claims:
        raise ExpectationError(
            f"`{path}`: the case has no claim {rest[0]}", f"claims are counted from 0 to {claims - 1}"
        )
    return int(rest[0]), tuple(rest[1:])


def _attribute(model: type[BaseModel], step: str) -> str:
    """Return the Python name of a field as a decision's JSON names it."""
    return f"{step}_" if f"{step}_" in model.model_fields else step


def field_names(model: type[BaseModel]) -> list[str]:
    """Return the fields as a decision's JSON names them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _kind_at(model: type[BaseModel], steps: tuple[str, ...], path: str) -> Any:
    at: Any = model
    for step in steps:
        if isinstance(at, type) and issubclass(at, BaseModel):
            known = field_names(at)
            if step not in known:
                remedy = did_you_mean(step, known, f"one of {listed(known, 30)}")
                raise ExpectationError(f"`{path}` is not a path of a decision: it has no `{step}`", remedy)
            at = _unwrapped(at.model_fields[_attribute(at, step)].annotation)
        elif get_origin(at) is tuple:
            if not step.isdigit():
                raise ExpectationError(f"`{path}`: `{step}` stands where a list is", "count its items from 0")
            at = _unwrapped(get_args(at)[0])
        else:
            raise ExpectationError(f"`{path}` is not a path of a decision: there is nothing below to be `{step}`")
    return at


def _unwrapped(annotation: Any) -> Any:
    """Return the annotation without `None` and without what is only annotated."""
    while get_origin(annotation) in (Union, UnionType):
        annotation = next(inner for inner in get_args(annotation) if inner is not type(None))
    return get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation


# -- what may be wanted -----------------------------------------------------------------------


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, tuple):
        return (
            isinstance(wanted, list)
            and len(found) == len(wanted)
            and all(_same(one, other) for one, other in zip(found, wanted, strict=True))
        )
    if isinstance(found, BaseModel):
        name = _NAMED_BY.get(type(found))
        return name is not None and getattr(found, name) == wanted
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, Decimal):
        return _decimal(wanted) == found
    if isinstance(found, datetime):
        return _time(wanted) == found
    return bool(found == wanted)


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(value) if isinstance(value, str | int | Decimal) else None
    except InvalidOperation:
        return None


def _time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _items(found: Any) -> Iterator[Any]:
    yield from found if isinstance(found, tuple) else ()


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(found, str):
        return str(wanted) in found
    return any(_same(item, wanted) for item in _items(found))


def _text(found: Any) -> str:
    return found.isoformat() if isinstance(found, datetime) else "" if found in (None, NOTHING) else str(found)


def _each(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


class _Form(NamedTuple):
    holds: Callable[[Any, Any], bool]
    takes: str
    """`value`, `list`, `text` or `any`."""
    of: str = "any"
    """What it may be wanted of: `any`, or `several` (a list or a text)."""


_FORMS: dict[str, _Form] = {
    "equals": _Form(_same, "any"),
    "contains": _Form(_contains, "value", "several"),
    "contains_all": _Form(lambda found, wanted: all(_contains(found, item) for item in wanted), "list", "several"),
    "lacks": _Form(lambda found, wanted: not any(_contains(found, item) for item in _each(wanted)), "any", "several"),
    "starts_with": _Form(lambda found, wanted: _text(found).startswith(wanted), "text"),
    "missing_any_of": _Form(lambda found, wanted: any(_contains(found, item) for item in wanted), "list", "several"),
    "one_of": _Form(lambda found, wanted: any(_same(found, item) for item in wanted), "list"),
}
FORMS = tuple(form for form in _FORMS if form != "equals")
"""What may be expected other than equality."""


def _check_form(form: str, wanted: Any, kind: Any, path: str) -> None:
    if form not in FORMS:
        remedy = did_you_mean(form, FORMS, f"one of {listed(FORMS)}")
        raise ExpectationError(f"`{form}` is not a form of expectation", remedy)
    takes, of = _FORMS[form].takes, _FORMS[form].of
    if takes == "list" and (not isinstance(wanted, list) or not wanted):
        raise ExpectationError(f"`{form}` takes a list", f"write `{form}: [...]`")
    if takes == "text" and not isinstance(wanted, str):
        raise ExpectationError(f"`{form}` takes a text", "put it in quotes")
    if takes == "value" and isinstance(wanted, list | dict):
        raise ExpectationError(f"`{form}` takes one value", "use `contains_all` for several")
    if of == "several" and get_origin(kind) is not tuple and kind is not str:
        raise ExpectationError(f"`{form}` is expected of `{path}`, which is neither a list nor a text")
    if form == "missing_any_of" and path.rpartition(".")[2] != "missing":
        raise ExpectationError("`missing_any_of` is expected of `missing` alone", "use `contains` or `lacks`")


def plain(value: Any) -> Any:
    """Return a part of a decision as plain data: a list's items by their names, amounts and times as texts."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, BaseModel):
        name = _NAMED_BY.get(type(value))
        return getattr(value, name) if name else value.model_dump(mode="json", by_alias=True)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | Nothing) else value
