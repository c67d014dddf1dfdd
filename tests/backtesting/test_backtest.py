"""Backtests: what is counted is what is decided, whatever the files, batches and processes it went through."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest
import shipped
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples
from tiny_pack import PACK, write_pack

from refundrules import Backtest, Case, CaseError, Engine, backtest, load_policy, synthetic_cases
from refundrules.backtesting.backtest import run_backtest
from refundrules.backtesting.columns import read_columns
from refundrules.backtesting.history import BATCH, read_batches
from refundrules.backtesting.observer import Example, Tally
from refundrules.backtesting.parallel import INLINE
from refundrules.backtesting.random_draws import Draws, Weighted
from refundrules.backtesting.report_page import render_backtest
from refundrules.backtesting.report_text import as_text, clean
from refundrules.case.models import Reason
from refundrules.cli.main import commands
from refundrules.engine.decision_models import ClaimDecision
from refundrules.text.svg_charts import Bar, bars

Data = dict[str, Any]
COUNT = 120


@cache
def shop() -> Engine:
    return shipped.engine()


@cache
def past() -> tuple[Data, ...]:
    return tuple(synthetic_cases(COUNT, seed=7))


@pytest.fixture(scope="module")
def strict_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with a tolerance of 2 cm where it has 3."""
    place = tmp_path_factory.mktemp("packs") / "strict-shop"
    place.mkdir()
    (place / "pack.yaml").write_text(
        "pack: strict-shop\nversion: 1.0.0\ntitle: {zh: 从严, en: Strict shop}\nextends: [cn-apparel-shop]\n"
        "jurisdictions: [CN]\nsources: {S: {title: {zh: 从严, en: Stricter}}}\nparameters:\n  size_tolerance:\n"
        "    kind: cm\n    title: {zh: 尺码误差, en: size tolerance}\n"
        "    values: [{from: beginning, value: 2, cite: [S], verified: false}]\n",
        encoding="utf-8",
    )
    return place


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("tiny"))


def tables(report: Backtest) -> Data:
    """Return the report without the places its examples stand at."""
    data = report.to_dict()
    for name in ("flip_examples", "disagreements"):
        for row in data["tables"][name]:
            del row["where"]
    return data


def lines(cases: Any) -> str:
    return "".join(json.dumps(case) + "\n" for case in cases)


def from_files(files: list[Path], engine: Engine, against: Engine | None = None, **more: Any) -> Backtest:
    batches = read_batches([str(file) for file in files], io.BytesIO(), size=more.pop("size", BATCH), **more)
    return run_backtest(engine, batches, against)


# -- made-up histories ----------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_on_every_python() -> None:
    text = lines(synthetic_cases(300, seed=7))
    assert text == lines(synthetic_cases(300, seed=7))
    assert hashlib.sha256(text.encode()).hexdigest() == DIGEST


def test_a_made_up_case_does_not_depend_on_how_many_are_made() -> None:
    assert list(synthetic_cases(10, seed=3)) == list(synthetic_cases(40, seed=3))[:10]
    assert list(synthetic_cases(10, seed=3)) != list(synthetic_cases(10, seed=4))


@pytest.mark.slow
def test_made_up_cases_have_every_reason_and_names_of_their_own() -> None:
    made = list(synthetic_cases(4000, seed=1))
    assert len({case["id"] for case in made}) == len(made)
    reasons = Counter(claim["reason"] for case in made for claim in case["claims"])
    assert set(reasons) == set(get_args(Reason))
    assert reasons["does_not_fit"] > 8 * reasons["malfunction"]
    assert 0.5 < sum("actual" in case for case in made) / len(made) < 0.7
    assert any(len(case["claims"]) > 1 for case in made)


@examples(50)
@given(seed=st.integers(0, 2**63 - 1))
def test_every_made_up_case_can_be_read_and_decided(seed: int) -> None:
    report = backtest(shop(), synthetic_cases(2, seed=seed))
    assert (report.cases, report.bad) == (2, ())


@given(seed=st.integers(0, 2**64 - 1), limit=st.integers(1, 2**40))
def test_draws_stay_within_their_limits(seed: int, limit: int) -> None:
    draws = Draws(seed, 0)
    assert all(0 <= draws.below(limit) < limit for _ in range(20))
    assert draws.weighted(Weighted({"never": 0, "always": 3, "nor this": 0})) == "always"
    assert draws.chance(1000)
    assert not draws.chance(0)


# -- the sums are those of the decisions ----------------------------------------------------------


@pytest.mark.slow
def test_the_sums_are_those_of_the_single_decisions() -> None:
    report = backtest(shop(), past())
    decisions = [shop().decide({name: value for name, value in case.items() if name != "actual"}) for case in past()]
    claims = [claim for decision in decisions for claim in decision.claims]
    approved = [claim for claim in claims if claim.outcome == "approve"]
    assert (report.cases, report.claims) == (len(decisions), len(claims))
    assert report.refund == sum(claim.refund.total for claim in approved if claim.refund)
    assert {row["outcome"]: row["cases"] for row in report.rows("outcomes")} == Counter(d.outcome for d in decisions)
    assert {row["resolution"]: row["claims"] for row in report.rows("resolutions")} == Counter(
        claim.resolution for claim in approved
    )
    assert sum(row["refund"] for row in report.rows("resolutions")) == report.refund
    assert sum(row["refund"] for row in report.rows("reasons")) == report.refund
    assert sum(row["refund"] for row in report.rows("issue_classes")) == report.refund
    amounts = {row["what"]: row["amount"] for row in report.rows("money")}
    parts = [part for claim in approved if claim.refund for part in claim.refund.parts]
    assert sum(amount for what, amount in amounts.items() if what.startswith("refund.")) == report.refund
    assert amounts["refund.goods"] == sum(part.amount for part in parts if part.kind == "goods")
    rules = {row["rule"]: row for row in report.rows("rules")}
    assert {rule: row["claims"] for rule, row in rules.items()} == Counter(r for claim in claims for r in claim.reasons)
    assert sum(row["refund"] for row in rules.values()) == sum(p.amount for p in parts if p.rule != "cap")
    payers = Counter(claim.freight.return_.payer for claim in approved)
    shown = {row["payer"]: row["claims"] for row in report.rows("freight") if row["leg"] == "return"}
    assert shown == {payer: count for payer, count in payers.items() if payer not in (None, "none")}
    assert sum(row["claims"] for row in report.rows("review") if row["why"] == "missing") == sum(
        len(c.missing) for c in claims
    )
    people = sum(claim.outcome == "manual_review" for claim in claims)
    assert sum(row["claims"] for row in report.rows("review") if row["outcome"] == "manual_review") == people


@pytest.mark.slow
def test_why_a_person_must_decide_is_what_the_trace_says() -> None:
    report = backtest(shop(), past(), examples=0)
    found: Counter[tuple[str, str, str]] = Counter()
    for case in past():
        decision = shop().decide({name: value for name, value in case.items() if name != "actual"})
        for claim, trace in zip(decision.claims, decision.trace["claims"], strict=True):
            if claim.outcome == "manual_review":
                review = trace["review"]
                about = review["question"] or review["detail"]
                found[review["kind"], about, " ".join(sorted(review["rules"]))] += 1
    shown = {
        (row["why"], row["about"], row["rules"]): row["claims"]
        for row in report.rows("review")
        if row["why"] != "missing"
    }
    assert shown == found


def test_what_a_rule_says_is_said_in_words() -> None:
    said = {row["rule"]: row["because"] for row in backtest(shop(), past()).rows("rules")}
    assert said["REFUND-002"].startswith("the [price paid] paid goes back, without the outbound shipping")
    assert not any("{" in text for text in said.values())


def test_a_policy_against_itself_flips_nothing() -> None:
    report = backtest(shop(), past(), shop())
    assert (report.flipped, report.moved, report.rows("flips")) == (0, 0, [])


@pytest.mark.slow
def test_flips_are_the_cases_decided_otherwise_and_the_other_way_round_they_move_the_opposite(
    strict_shop: Path,
) -> None:
    strict = Engine(load_policy(strict_shop), matcher="compiled")
    sizes = [case for case in synthetic_cases(800, seed=7) if case["claims"][0]["reason"] == "size_deviation"]
    there, back = backtest(strict, sizes, shop(), examples=500), backtest(shop(), sizes, strict, examples=500)
    assert there.flipped == back.flipped > 0
    assert there.moved == -back.moved != 0
    assert there.moved_freight == -back.moved_freight > 0
    assert sum(row["claims"] for row in there.rows("flips")) == len(there.rows("flip_examples"))
    assert sum(row["moves"] for row in there.rows("flip_examples")) == there.moved
    assert sum(row["up"] + row["down"] for row in there.rows("flips")) == there.moved
    assert there.refund - back.refund == there.moved - sum(
        row["amount"] for row in there.rows("money") if row["what"].startswith("extras")
    ) + sum(row["amount"] for row in back.rows("money") if row["what"].startswith("extras"))
    for row in there.rows("flip_examples"):
        case = next(case for case in sizes if case["id"] == row["case"])
        case = {name: value for name, value in case.items() if name != "actual"}
        assert shop().decide(case).claims != strict.decide(case).claims
    first = there.rows("flip_rules")[0]
    assert {row["rule"]: row["now"] for row in there.rows("flip_rules")}["SIZE-002"] == "in"
    assert first["claims"] == len(there.rows("flip_examples"))


def test_two_policies_of_different_currencies_are_not_compared(tmp_path: Path) -> None:
    euro = write_pack(tmp_path, pack=PACK.replace("CNY", "EUR"))
    with pytest.raises(CaseError, match=r"^against: counts in `EUR`, but `cn-apparel-shop` in `CNY`"):
        backtest(shop(), [], Engine(load_policy(euro), matcher="compiled"))


# -- against what happened ------------------------------------------------------------------------


def stain(name: str = "C-1", **actual: Any) -> Data:
    """A case that the tiny shop refunds 99.00 for."""
    return {
        "id": name,
        "decided_at": "2026-06-10T12:00:00+08:00",
        "order": {
            "id": "O1",
            "status": "delivered",
            "placed_at": "2026-06-01",
            "lines": [{"id": "L1", "category": "apparel", "unit_price": "99.00"}],
        },
        "claims": [{"reason": "stain"}],
        **({"actual": actual} if actual else {}),
    }


def test_what_happened_is_held_against_the_decision(tiny: Path) -> None:
    engine = Engine(load_policy(tiny), matcher="compiled")
    resolution = engine.decide(stain()).claims[0].resolution
    report = backtest(
        engine,
        [
            stain("same", outcome="approve", resolution=resolution, refund="99.00"),
            stain("less", outcome="approve", refund="60.00"),
            stain("declined", outcome="decline", resolution="none", refund=0),
            stain("not said"),
        ],
    )
    shown = {row["what"]: (row["cases"], row["amount"]) for row in report.rows("actual")}
    assert shown == {
        "cases with `actual`": (3, None),
        "left to a person": (0, None),
        "compared": (3, None),
        "agree in all that is said": (1, None),
        "refunded in fact": (3, Decimal("159.00")),
        "refund decided": (3, Decimal("297.00")),
        "difference": (3, Decimal("138.00")),
    }
    found = [(row["case"], row["moves"], row["where"]) for row in report.rows("disagreements")]
    assert found == [("declined", Decimal("99.00"), "case[2]"), ("less", Decimal("39.00"), "case[1]")]


@pytest.mark.parametrize(
    ("actual", "message"),
    [
        ({"outcome": "aprove"}, "actual.outcome: `aprove` is not one of its values (did you mean `approve`?)"),
        ({"refund": 12.5}, 'actual.refund: `12.5` is not an exact number (write it like "12.50")'),
        ({"refund": "1.005"}, 'actual.refund: `1.005` has more decimals than the currency (2) (write it like "12.50")'),
        ({"refound": "1"}, "actual.refound: unknown field `refound` (did you mean `refund`?)"),
        (["approve"], "actual: is not a mapping (it may hold `outcome`, `resolution`, `refund`)"),
    ],
)
def test_what_happened_is_read_strictly(tiny: Path, actual: Any, message: str) -> None:
    report = backtest(Engine(load_policy(tiny), matcher="compiled"), [{**stain(), "actual": actual}])
    assert [str(problem) for row in report.bad for problem in row.problems] == [message]
    assert report.cases == 0


# -- files, batches, processes --------------------------------------------------------------------


@examples(8)
@given(order=st.permutations(range(3)), size=st.integers(1, 60), seed=st.integers(0, 99))
def test_neither_the_order_of_files_nor_batches_change_the_report(
    tmp_path_factory: pytest.TempPathFactory, strict_shop: Path, order: list[int], size: int, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("files")
    cases = random.Random(seed).sample(past(), 45)
    files = [folder / f"{number}.jsonl" for number in range(3)]
    for number, file in enumerate(files):
        file.write_text(lines(cases[number * 15 : number * 15 + 15]) + "not a case\n", encoding="utf-8")
    strict = Engine(load_policy(strict_shop), matcher="compiled") if seed % 2 else None
    plain = from_files(files, shop(), strict)
    mixed = from_files([files[at] for at in order], shop(), strict, size=size)
    assert plain.to_dict() == mixed.to_dict()
    assert render_backtest(plain, "html") == render_backtest(mixed, "html")


@pytest.mark.slow
def test_several_processes_find_what_one_finds(tmp_path: Path, tiny: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(lines(past()) + '{"id": 1}\n', encoding="utf-8")
    engine = Engine(load_policy(tiny), matcher="compiled")
    _ = engine.policy.vocabulary  # worked out, it cannot go to another process
    size = COUNT // (2 * INLINE)
    rows: dict[int, list[str]] = {1: [], 2: []}
    reports = [
        run_backtest(
            engine,
            read_batches([str(file)], io.BytesIO(), size=size),
            shop(),
            jobs=jobs,
            rows="csv",
            each=lambda part, jobs=jobs: rows[jobs].append(part.rows),  # type: ignore[misc]
        )
        for jobs in rows
    ]
    assert reports[0].to_dict() == reports[1].to_dict()
    assert rows[1] == rows[2]
    assert len(rows[1]) > INLINE
    assert reports[0].bad_rows == 1


def test_cases_are_taken_one_batch_at_a_time(tiny: Path) -> None:
    given_out, most = 0, 0

    def cases() -> Iterator[Data]:
        nonlocal given_out
        for _ in range(3 * BATCH):
            given_out += 1
            yield stain()

    def done(part: Any) -> None:
        nonlocal given_out, most
        most, given_out = max(most, given_out), 0

    from refundrules.backtesting.backtest import _batches

    run_backtest(Engine(load_policy(tiny), matcher="compiled"), _batches(cases()), each=done)
    assert most <= BATCH + 1


_GARBAGE = st.one_of(
    st.sampled_from(
        [b"{", b"[]", b"1", b"null", b'"x"', b"{}", b'{"id": "x", "id": "y"}', b"\xff\xfe", b'{"id": NaN}', b"\x00"]
    ),
    st.binary(min_size=1, max_size=40).filter(lambda text: b"\n" not in text and b"\r" not in text and text.strip()),
)


@examples(15)
@given(garbage=st.lists(st.tuples(st.integers(0, 30), _GARBAGE), min_size=1, max_size=6))
def test_a_bad_row_never_changes_what_is_said_of_the_others(
    tmp_path_factory: pytest.TempPathFactory, garbage: list[tuple[int, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("bad")
    good = [json.dumps(case).encode() for case in past()[:30]]
    mixed = list(good)
    for at, text in garbage:
        mixed.insert(at, text)
    (folder / "good.jsonl").write_bytes(b"\n".join(good))
    (folder / "mixed.jsonl").write_bytes(b"\n".join(mixed))
    one, other = from_files([folder / "good.jsonl"], shop()), from_files([folder / "mixed.jsonl"], shop())
    assert other.bad_rows == len(garbage)
    assert tables(one)["tables"] == tables(other)["tables"]


@given(
    parts=st.lists(
        st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(-5, 5)), max_size=8), min_size=1, max_size=5
    )
)
def test_tallies_add_up_to_the_same_in_any_order(parts: list[list[tuple[str, int]]]) -> None:
    def made(numbered: list[tuple[int, list[tuple[str, int]]]]) -> Tally:
        whole = Tally(3)
        for number, items in numbered:
            part = Tally(3)
            for at, (key, amount) in enumerate(items):
                part.add((key,), amount)
                part.show(
                    "x", Example((-abs(amount), key, f"{number} {at}"), {"amount": amount, "of": f"{number} {at}"})
                )
            whole.merge(part)
        return whole

    numbered = list(enumerate(parts))
    one, other = made(numbered), made(numbered[::-1])
    assert one.sums == other.sums
    assert one.foremost("x") == other.foremost("x")
    assert len(one.foremost("x")) <= 3


def test_an_engine_that_forgets_decides_the_same() -> None:
    engine = shipped.engine()
    case = {name: value for name, value in past()[0].items() if name != "actual"}
    before = [engine.decide(case).to_json(trace=False) for _ in range(3)]
    engine.forget(above=10**6)
    engine.forget()
    assert {engine.decide(case).to_json(trace=False), *before} == {before[0]}


@pytest.mark.slow
def test_an_open_case_decided_before_shows_neither_in_a_decision_nor_in_its_trace() -> None:
    engine, forgetful = shop(), Engine(shop().policy, matcher="compiled")
    for given_case in synthetic_cases(60, seed=99):
        case = {name: value for name, value in given_case.items() if name != "actual"}
        forgetful.forget()
        alone = forgetful.decide(case).to_json()
        for unsaid in ("severity", "requested", "parcel", "goods", "tests"):
            claims = [{name: value for name, value in claim.items() if name != unsaid} for claim in case["claims"]]
            engine.decide({**case, "claims": claims})
        assert [engine.decide(case).to_json() for _ in range(3)] == [alone] * 3


LACKED = {
    "subject_to": (), "instructions": (), "guardrails": (), "deadlines": (), "application": None,
}  # fmt: skip
"""What a brief decision lacks of a claim, beside why each part of the refund is due."""


def briefly(claim: ClaimDecision) -> ClaimDecision:
    """Return a claim's decision without what a brief one lacks."""
    refund = claim.refund
    parts = [part.model_copy(update={"why": ""}) for part in refund.parts] if refund else []
    shorter = refund.model_copy(update={"parts": tuple(parts)}) if refund else None
    return claim.model_copy(update={**LACKED, "refund": shorter})


@pytest.mark.slow
def test_a_brief_decision_is_the_same_but_for_what_it_lacks() -> None:
    full_engine, brief_engine = shop(), Engine(shop().policy, matcher="compiled")
    lacking = dict.fromkeys((*LACKED, "refund"), 0)
    for given_case in past():
        case = {name: value for name, value in given_case.items() if name != "actual"}
        full, (brief, _) = full_engine.decide(case), brief_engine.decide_with_works(case, brief=True)
        for one, other in zip(full.claims, brief.claims, strict=True):
            assert briefly(one) == briefly(other)
            for name in lacking:
                lacking[name] += getattr(one, name) != getattr(other, name)
        assert (full.outcome, full.refund.total) == (brief.outcome, brief.refund.total)
    assert all(lacking.values())


# -- flat records ---------------------------------------------------------------------------------


def flat(data: Any, path: str = "") -> Data:
    """Return nested data as cells by path."""
    if isinstance(data, dict):
        items = data.items()
    elif isinstance(data, list) and data and isinstance(data[0], dict):
        items = {str(at): item for at, item in enumerate(data)}.items()
    elif isinstance(data, list):
        return {path: ";".join(data)}
    else:
        return {path: str(data).lower() if isinstance(data, bool) else str(data)}
    return {key: cell for name, value in items for key, cell in flat(value, f"{path}.{name}".lstrip(".")).items()}


def test_a_csv_whose_columns_are_paths_says_the_same_as_the_cases(tmp_path: Path) -> None:
    rows = [flat(case) for case in past()]
    header = list({key: None for row in rows for key in row})
    file = tmp_path / "cases.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header)
        writer.writeheader()
        writer.writerows(rows)
    assert tables(from_files([file], shop())) == tables(backtest(shop(), past()))


SHORT = """\
no,state,placed,day,what,price,paid back,kind
1001,签收,2026-06-01,2026-06-10,污渍,99.00,50.00,apparel
1002,签收,2026-06-01,2026-06-10,污渍,99,,apparel
1003,签收,2026-06-01,2026-06-10,污,99.00,,apparel
1004,签收,2026-06-01,2026-06-10,污渍,ninety,x,apparel
"""
COLUMNS = """\
id: no
decided_at: day
order.status: {column: state, values: {签收: delivered}}
order.placed_at: placed
line.category: {constant: apparel}
line.unit_price: price
claim.reason: {column: what, values: {污渍: stain}}
actual.refund: paid back
"""


def test_a_column_map_says_what_is_read_from_where(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "short.csv").write_text(SHORT, encoding="utf-8-sig")
    (tmp_path / "columns.yaml").write_text(COLUMNS, encoding="utf-8")
    columns = read_columns(str(tmp_path / "columns.yaml"))
    batches = read_batches([str(tmp_path / "short.csv")], io.BytesIO(), columns=columns)
    report = run_backtest(Engine(load_policy(tiny), matcher="compiled"), batches)
    assert (report.cases, report.refund) == (2, Decimal("198.00"))
    assert [row["case"] for row in report.rows("disagreements")] == ["1001"]
    place = str(tmp_path / "short.csv")
    first, second = report.bad
    assert first.where == f"{place}:4"
    assert str(first.problems[0]).startswith(
        "claims[0].reason: `污` is not one of its values (one of `size_deviation`, "
    )
    assert (second.where, [str(problem) for problem in second.problems]) == (
        f"{place}:5",
        [
            'actual.refund: `x` is not a number (write it like "12.50")',
            'order.lines[0].unit_price: `ninety` is not a decimal number (write it like "12.50")',
        ],
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "id: {column: {a: b}}\n",
            "columns.yaml: id: is neither a column nor a constant (write `column: NAME` or `constant: VALUE`)",
        ),
        ("order.staus: a\n", "columns.yaml: `order.staus` is no path of a case (did you mean `order.status`?)"),
        (
            "id: {colum: a}\n",
            "columns.yaml: id: is neither a column nor a constant (write `column: NAME` or `constant: VALUE`)",
        ),
        ("id: {column: a, valus: {}}\n", "columns.yaml: id: unknown field `valus` (did you mean `values`?)"),
        ("- id\n", "columns.yaml: is not a mapping of case paths to columns (write lines like `order.status: status`)"),
        ("id: a\nid: b\n", "columns.yaml:2: `id` is given twice (first on line 1) (keep one)"),
    ],
)
def test_a_wrong_column_map_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    (tmp_path / "columns.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaseError) as raised:
        read_columns("columns.yaml")
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("order.staus\n1\n", "x.csv:1: column `order.staus` is no path of a case (did you mean `order.status`?)"),
        ("id;x\n1;2\n", "x.csv:1: column `id;x` is no path of a case (put commas between columns)"),
        ("zzz\n1\n", "x.csv:1: column `zzz` is no path of a case (--columns FILE says what to read)"),
        ("id,id\n1,2\n", "x.csv:1: names the column `id` twice (give every column a name of its own)"),
        ("", "x.csv:1: holds no header (give every column a name of its own)"),
        ("id,\udcff\n1,2\n", "x.csv:1: is not UTF-8 text (save the file as UTF-8)"),
    ],
)
def test_a_csv_of_unknown_columns_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    (tmp_path / "x.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaseError) as raised:
        list(read_batches(["x.csv"], io.BytesIO()))
    assert str(raised.value) == message


def test_rows_of_csv_that_do_not_fit_are_kept_aside(tmp_path: Path, tiny: Path) -> None:
    file = tmp_path / "x.csv"
    good = '1,2026-06-10,delivered,2026-06-01,apparel,"99.00",stain\n'
    file.write_bytes(
        b"id,decided_at,order.status,order.placed_at,line.category,line.unit_price,claim.reason\n"
        + good.encode() + b"2,2026-06-10\n" + b"\xff,,,,,,\n\n" + good.encode()
    )  # fmt: skip
    report = from_files([file], Engine(load_policy(tiny), matcher="compiled"))
    assert report.cases == 2
    assert [f"{row.where.rpartition(':')[2]}: {row.problems[0]}" for row in report.bad] == [
        "3: has 2 cells, but there are 7 columns (quote commas)",
        "4: is not UTF-8 text (save the file as UTF-8)",
    ]


def test_parquet_says_the_same_as_the_cases(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [flat(case) for case in past()]
    header = list({key: None for row in rows for key in row})
    table = arrow.table({name: [row.get(name) for row in rows] for name in header})
    parquet.write_table(table, tmp_path / "cases.parquet")
    assert tables(from_files([tmp_path / "cases.parquet"], shop())) == tables(backtest(shop(), past()))


def test_a_past_case_needs_the_moment_it_was_decided_at(tiny: Path) -> None:
    case = stain()
    del case["decided_at"]
    report = backtest(Engine(load_policy(tiny), matcher="compiled"), [case, Case.read(stain()), stain()])
    assert [str(problem) for problem in report.bad[0].problems] == [
        "decided_at: is missing (a past case needs the moment it was decided at)"
    ]
    assert (report.cases, report.bad_rows, report.bad[0].where) == (2, 1, "case[0]")


# -- the report -----------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\x1b[31m"


@pytest.mark.slow
def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(strict_shop: Path) -> None:
    case = next(case for case in synthetic_cases(500, seed=7) if case["claims"][0]["reason"] == "size_deviation")
    cases = [{**case, "id": EVIL, "actual": {"outcome": "decline", "refund": 0}}, *past(), {"id": EVIL}]
    page = render_backtest(backtest(Engine(load_policy(strict_shop), matcher="compiled"), cases, shop()), "html")
    assert "<script" not in page
    assert "\x1b" not in page
    assert not re.search(r"https?://|url\(|@import|\son\w+=|src=|href=", page)
    charts = re.findall(r"<svg.*?</svg>", page)
    assert len(charts) >= 6
    for chart in charts:
        ET.fromstring(chart)


def test_texts_of_cases_cannot_move_the_cursor(tiny: Path) -> None:
    case = {**stain(EVIL, outcome="decline", refund=0)}
    text = render_backtest(backtest(Engine(load_policy(tiny), matcher="compiled"), [case]))
    assert "<script>alert(1)</script>\\x1b[31m" in text
    assert clean("a\u202eb\n") == "a\\u202eb\\n"


@pytest.mark.slow
def test_no_line_of_the_text_is_wider_than_the_terminal_when_there_is_room(strict_shop: Path) -> None:
    report = backtest(Engine(load_policy(strict_shop), matcher="compiled"), past(), shop())
    for columns in (100, 140):
        tables_only = [line for line in as_text(report, columns).splitlines() if line.startswith("  ")]
        assert max(len(line) for line in tables_only) <= columns


def test_bars_go_to_both_sides_of_zero() -> None:
    found = [
        tuple(int(bar.get(name, "")) for name in ("x", "width"))
        for bar in ET.fromstring(bars([Bar("a", 30, "30"), Bar("b", -10, "-10"), Bar("c", 0, "0")], "x")).iter("rect")
    ]
    zero = found[0][0]
    assert found[1][0] + found[1][1] == zero
    assert found[0][1] == pytest.approx(3 * found[1][1], abs=3)
    assert found[2] == (zero, 0)


def test_a_report_is_the_same_data_as_json_as_rows_and_as_text() -> None:
    report = backtest(shop(), past())
    data = json.loads(json.dumps(report.to_dict()))
    assert data["tables"]["rules"][0]["refund"] == str(report.rows("rules")[0]["refund"])
    assert data["schema"] == "refundrules.backtest/1"
    assert f"{report.refund:,} CNY refunded" in render_backtest(report)
    assert repr(report) == f"<Backtest of cn-apparel-shop: {COUNT} cases, 0 bad rows>"


# -- the commands ---------------------------------------------------------------------------------


def run(*args: object, stdin: str = "") -> Result:
    return CliRunner().invoke(commands, [str(arg) for arg in args], input=stdin)


def test_generate_prints_the_cases_of_its_seed() -> None:
    done = run("generate", "--count", 5, "--seed", 7)
    assert [json.loads(line) for line in done.stdout.splitlines()] == list(past()[:5])


def test_the_command_reports_writes_and_keeps_aside(tmp_path: Path, tiny: Path) -> None:
    file, out, bad, page = (tmp_path / name for name in ("c.jsonl", "out.csv", "bad.jsonl", "r.html"))
    file.write_text(lines([stain("=1+1"), stain("b", outcome="decline")]) + "nonsense\n", encoding="utf-8")
    done = run("backtest", tiny, "--cases", file, "--out", out, "--bad", bad, "--html", page, "--json", "--jobs", 1)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["cases"] == 2
    assert done.stderr.startswith(f"{file}:3: is not readable JSON: ")
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [(row["case"], row["refund.total"], row["actual.outcome"], row["agrees"]) for row in rows] == [
        ("'=1+1", "99.00", "", ""),
        ("b", "99.00", "decline", "false"),
    ]
    kept = [json.loads(line) for line in bad.read_text(encoding="utf-8").splitlines()]
    assert [(row["where"], row["row"]) for row in kept] == [(f"{file}:3", "nonsense")]
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.jsonl", "c.jsonl", "out.csv", "r.html"]


def test_decisions_as_json_lines_are_those_of_decide(tmp_path: Path, tiny: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("backtest", tiny, "--cases", "-", "--out", out, stdin=lines([stain()]))
    assert done.exit_code == 0
    decision = Engine(load_policy(tiny), matcher="compiled").decide(stain())
    assert out.read_text(encoding="utf-8") == decision.to_json(trace=False) + "\n"


@pytest.mark.slow
@pytest.mark.parametrize(("strict", "status"), [((), 0), (("--strict",), 1)])
def test_strict_ends_with_1_when_a_case_flips_or_a_row_is_bad(
    tmp_path: Path, tiny: Path, strict: tuple[str, ...], status: int
) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(lines([stain()]), encoding="utf-8")
    bad.write_text(lines([stain(), {}]), encoding="utf-8")
    assert run("backtest", tiny, "--cases", bad, *strict).exit_code == status
    assert run("backtest", tiny, "--cases", good, "--against", "cn-apparel-shop", *strict).exit_code == status
    assert run("backtest", tiny, "--cases", good, *strict).exit_code == 0


def test_input_of_no_use_ends_with_2_and_leaves_no_file(tmp_path: Path, tiny: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("what was there", encoding="utf-8")
    gone = run("backtest", tiny, "--cases", tmp_path / "gone.jsonl", "--out", out)
    assert (gone.exit_code, gone.stdout) == (2, "")
    assert gone.stderr == f"{tmp_path / 'gone.jsonl'}: cannot be read: no such file or directory\n"
    assert out.read_text(encoding="utf-8") == "what was there"
    nowhere = run("backtest", tiny, "--cases", "-", "--html", tmp_path / "no" / "r.html", stdin=lines([stain()]))
    assert (nowhere.exit_code, nowhere.stdout) == (2, "")
    assert nowhere.stderr == f"{tmp_path / 'no' / 'r.html'}: cannot be written: no such file or directory\n"
    empty = run("backtest", tiny, "--cases", "-", stdin="\n\n")
    assert (empty.exit_code, empty.stdout) == (2, "")
    assert empty.stderr == (
        "--cases: hold no case that can be decided (`refundrules schema case` says what one looks like)\n"
    )
    assert run("backtest", "no-such-pack", "--cases", "-").exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_several_files_and_a_file_of_yaml_cases_are_read(tmp_path: Path, tiny: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines([stain("a")]), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(lines([stain("b")]), encoding="utf-8")
    done = run("backtest", tiny, "--json", "--cases", tmp_path / "a.jsonl", tmp_path / "b.yaml")
    assert json.loads(done.stdout)["cases"] == 2


DIGEST = "35e714cb0ae4972701b71b895357b62317ea2499ca372bf3ad474a1e492d4287"
