"""The seven days: from the day after signing to the last instant of the seventh, by the calendar of the policy's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shipped
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import examples

from refundrules import Case, Engine, load_policy

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
SHOP = shipped.engine()

BERLIN_PACK = """\
pack: berlin
version: 1.0.0
title: {zh: 柏林, en: a shop in Berlin}
jurisdictions: [DE]
currency: EUR
time_zone: Europe/Berlin
language: en
sources:
  S1: {title: {zh: 七天, en: Seven days}}
parameters:
  window:
    kind: days
    title: {zh: 退货期, en: return window}
    values: [{from: beginning, value: 7, cite: [S1]}]
rules:
  - id: DAYS-1
    cite: [S1]
    when: {order.days_since_delivery: {at_most: window}}
    then: {issue_class: non_quality, fault: none, outcome: approve, resolution: refund_only, parts: {goods: claim.paid}}
    because: {zh: 期内, en: it is within the window}
  - id: DAYS-2
    cite: [S1]
    when: {order.days_since_delivery: {above: window}}
    then: {issue_class: non_quality, fault: none, outcome: decline}
    because: {zh: 超期, en: it is after the window}
"""


@pytest.fixture(scope="module")
def berlin(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    place = tmp_path_factory.mktemp("packs") / "berlin.yaml"
    place.write_text(BERLIN_PACK, encoding="utf-8")
    return Engine(load_policy(place), matcher="compiled")


def written(value: Any) -> Any:
    return value if isinstance(value, str) else value.isoformat()


def outcome(engine: Engine, signed: Any, opened: Any, jurisdiction: str = "CN", decided: Any = None) -> str:
    """Return the outcome for intact goods that the buyer no longer wants."""
    claim: dict[str, Any] = {
        "reason": "changed_mind",
        "requested": "return_and_refund",
        "goods": {"received": True, "labels_intact": True, "soiled": False, "resalable": True, "worn_days": 0},
    }
    if opened is not None:
        claim["opened_at"] = written(opened)
    data = {
        "id": "C-1",
        "decided_at": written(decided or "2030-01-01T00:00:00+08:00"),
        "order": {
            "id": "O-1",
            "jurisdiction": jurisdiction,
            "status": "delivered",
            "placed_at": "2023-01-01",
            "delivered_at": written(signed),
            "lines": [{"id": "L1", "category": "apparel", "unit_price": "99.00"}],
        },
        "claims": [claim],
    }
    return engine.decide(Case.model_validate(data)).claims[0].outcome


def last_instant(signed: date, zone: ZoneInfo) -> datetime:
    """Return the end of the seventh day after the day of signing."""
    return datetime.combine(signed + timedelta(days=7), time(23, 59, 59, 999999), zone)


SIGNED = [
    "2026-06-10",
    "2026-01-31",
    "2026-02-22",
    "2024-02-22",
    "2024-02-29",
    "2025-12-25",
    "2025-12-31",
    "2026-04-30",
]


@pytest.mark.parametrize("clock", ["00:00:00", "12:30:00", "23:59:59"])
@pytest.mark.parametrize("day", SIGNED)
def test_the_window_closes_at_the_end_of_the_seventh_day_after_signing(day: str, clock: str) -> None:
    signed, end = f"{day}T{clock}+08:00", last_instant(date.fromisoformat(day), SHANGHAI)
    assert outcome(SHOP, signed, end) == "approve"
    assert outcome(SHOP, signed, end + timedelta(microseconds=1)) == "decline"


@pytest.mark.parametrize(
    ("signed", "last"),
    [
        ("2026-06-10", "2026-06-17"),
        ("2026-01-31", "2026-02-07"),
        ("2026-02-22", "2026-03-01"),
        ("2024-02-22", "2024-02-29"),
        ("2024-02-23", "2024-03-01"),
        ("2024-02-29", "2024-03-07"),
        ("2025-12-25", "2026-01-01"),
    ],
)
def test_days_alone_count_as_days(signed: str, last: str) -> None:
    assert outcome(SHOP, signed, last) == "approve"
    assert outcome(SHOP, signed, date.fromisoformat(last) + timedelta(days=1)) == "decline"
    assert outcome(SHOP, f"{signed}T23:59:59+08:00", last) == "approve"
    assert outcome(SHOP, signed, f"{last}T23:59:59+08:00") == "approve"


def test_the_day_of_signing_itself_does_not_count() -> None:
    assert outcome(SHOP, "2026-06-10T00:00:00+08:00", "2026-06-17T23:59:59+08:00") == "approve"
    assert outcome(SHOP, "2026-06-09T23:59:59+08:00", "2026-06-17T00:00:00+08:00") == "decline"


def test_a_claim_on_the_day_of_signing_is_in_time() -> None:
    assert outcome(SHOP, "2026-06-10T09:00:00+08:00", "2026-06-10T09:00:00+08:00") == "approve"


@pytest.mark.parametrize(
    ("signed", "opened", "found"),
    [
        ("2026-06-09T16:00:00Z", "2026-06-17T15:59:59Z", "approve"),
        ("2026-06-09T16:00:00Z", "2026-06-17T16:00:00Z", "decline"),
        ("2026-06-09T15:59:59Z", "2026-06-17T15:59:59Z", "decline"),
        ("2026-06-09T20:00:00-04:00", "2026-06-17T11:59:59-04:00", "approve"),
        ("2026-06-09T20:00:00-04:00", "2026-06-17T12:00:00-04:00", "decline"),
        ("2026-06-10T05:45:00+05:45", "2026-06-17T21:44:59+05:45", "approve"),
        ("2026-06-10T05:45:00+05:45", "2026-06-17T21:45:00+05:45", "decline"),
    ],
)
def test_the_day_is_that_of_the_policys_zone_however_the_time_is_written(signed: str, opened: str, found: str) -> None:
    assert outcome(SHOP, signed, opened) == found


def test_a_time_without_an_offset_is_the_policys() -> None:
    assert outcome(SHOP, "2026-06-10T09:00:00", "2026-06-17T23:59:59") == "approve"
    assert outcome(SHOP, "2026-06-10T09:00:00", "2026-06-18T00:00:00") == "decline"


def test_without_an_opening_the_day_of_the_decision_counts() -> None:
    assert outcome(SHOP, "2026-06-10", None, decided="2026-06-17T23:59:59+08:00") == "approve"
    assert outcome(SHOP, "2026-06-10", None, decided="2026-06-18T00:00:00+08:00") == "decline"


def test_a_late_decision_does_not_take_a_timely_claim_away() -> None:
    assert outcome(SHOP, "2026-06-10", "2026-06-17", decided="2026-07-30T00:00:00+08:00") == "approve"


offsets = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(instants, st.integers(-90_000, 90_000), offsets, offsets)
@examples(60)
def test_offsets_and_clock_times_never_move_the_end(
    signed: datetime, beside: int, one: timezone, other: timezone
) -> None:
    opened = last_instant(signed.astimezone(SHANGHAI).date(), SHANGHAI) + timedelta(seconds=beside)
    wanted = "approve" if beside <= 0 else "decline"
    assert outcome(SHOP, signed.astimezone(one), opened.astimezone(other)) == wanted


@pytest.mark.parametrize(
    ("signed", "last", "offset_before", "offset_after"),
    [("2026-03-27", "2026-04-03", "+01:00", "+02:00"), ("2026-10-22", "2026-10-29", "+02:00", "+01:00")],
)
def test_a_change_of_the_clocks_within_the_window_moves_nothing(
    berlin: Engine, signed: str, last: str, offset_before: str, offset_after: str
) -> None:
    for clock in ("00:00:00", "23:59:59"):
        at = f"{signed}T{clock}{offset_before}"
        assert outcome(berlin, at, f"{last}T23:59:59{offset_after}", "DE") == "approve"
        after = f"{date.fromisoformat(last) + timedelta(days=1)}T00:00:00{offset_after}"
        assert outcome(berlin, at, after, "DE") == "decline"


@pytest.mark.parametrize(
    ("opened", "found"),
    [
        ("2026-03-29T21:59:59Z", "approve"),
        ("2026-03-29T22:00:00Z", "decline"),
    ],
)
def test_the_day_the_clocks_change_on_ends_at_its_own_midnight(berlin: Engine, opened: str, found: str) -> None:
    assert outcome(berlin, "2026-03-22", opened, "DE") == found


@pytest.mark.parametrize(
    ("opened", "found"), [("2026-10-25T22:59:59Z", "approve"), ("2026-10-25T23:00:00Z", "decline")]
)
def test_the_longer_day_in_autumn_counts_to_its_end(berlin: Engine, opened: str, found: str) -> None:
    assert outcome(berlin, "2026-10-18", opened, "DE") == found


@given(instants, st.integers(-90_000, 90_000))
@example(datetime(2026, 3, 22, 12, tzinfo=UTC), 0)
@example(datetime(2026, 10, 18, 12, tzinfo=UTC), 1)
@examples(60)
def test_in_berlin_too_only_the_local_calendar_counts(berlin: Engine, signed: datetime, beside: int) -> None:
    end = last_instant(signed.astimezone(BERLIN).date(), BERLIN).astimezone(UTC)
    wanted = "approve" if beside <= 0 else "decline"
    assert outcome(berlin, signed, end + timedelta(seconds=beside), "DE") == wanted
