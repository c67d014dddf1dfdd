"""What the documents show is what happens; `python tests/documents.py` writes down what happens now."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shipped
from documents import (
    EXAMPLES,
    NOTEBOOK,
    REFERENCE,
    ROOT,
    RULES,
    executed,
    notebook_text,
    pages,
    reference,
    replayed,
    rules_page,
)

from refundrules import Case, Engine
from refundrules.cli.main import commands
from refundrules.io.case_files import read_files

BRIEF = os.environ.get("HYPOTHESIS_PROFILE") == "brief"
PAGES = [page for page in pages() if page.parent == ROOT or not BRIEF]
"""In brief, the README stands for the pages: all of them have been replayed on another Python already."""
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
STALE = "says something that is no longer so; `python tests/documents.py` writes down what is"

# What each example is there to show, as paths into its first claim's decision.
EXPECTED: dict[str, dict[str, object]] = {
    "change-of-mind": {
        "issue_class": "non_quality",
        "resolution": "return_and_refund",
        "refund.total": "121.00",
        "freight.return.payer": "buyer",
        "subject_to": ["claim.goods.resalable"],
    },
    "cheap-promotional-item": {"resolution": "refund_only", "refund.total": "15.00", "return_required": False},
    "dearer-replacement": {
        "resolution": "exchange",
        "exchange.buyer_pays": "12.00",
        "freight.replacement.payer": "buyer",
    },
    "demands-too-much": {"outcome": "manual_review", "most": "98.00"},
    "fading-shoes": {"issue_class": "quality", "resolution": "repair", "repair.payer": "seller"},
    "filed-refund-only": {"resolution": "return_and_refund", "application.reapply": True},
    "humidifier-cuts-out": {
        "resolution": "exchange",
        "freight.return.reimburse": "18.00",
        "deadlines.0.due": "2026-06-21T10:00:00+08:00",
    },
    "late-dispatch": {"issue_class": "logistics", "resolution": "compensation", "extras.0.amount": "4.59"},
    "minor-stain": {"resolution": "compensation", "offer.next": "13.00", "offer.steps.3": "17.00"},
    "missing-button": {"resolution": "compensation", "offer.next": "25.00", "alternatives": ["reship_part"]},
    "one-day-too-late": {"outcome": "decline", "resolution": "none", "instructions.0": "contact_buyer_first"},
    "parcel-never-came": {"issue_class": "logistics", "resolution": "refund_only", "refund.total": "109.00"},
    "shipping-fee-charged": {"issue_class": "pricing", "resolution": "price_adjustment", "refund.total": "10.00"},
    "size-4cm-off": {"issue_class": "quality", "resolution": "return_and_refund", "refund.total": "99.00"},
    "size-not-measured": {"outcome": "needs_information", "missing.0.fact": "claim.measurements"},
    "slight-colour-difference": {"issue_class": "non_quality", "resolution": "return_and_refund"},
    "soaked-shoes": {"issue_class": "non_quality", "resolution": "repair", "repair.payer": "buyer"},
    "sole-came-off": {"resolution": "exchange", "freight.replacement.payer": "seller"},
    "two-claims": {"refund.total": "83.33", "freight.return.payer": "seller", "freight.return.reimburse": "12.00"},
    "wrong-address": {"issue_class": "order_amendment", "resolution": "amend_order", "instructions.0": "amend_address"},
    "wrong-item": {"resolution": "reship", "return_required": True, "freight.return.payer": "seller"},
}


@cache
def engine() -> Engine:
    return shipped.engine()


def example(name: str) -> Any:
    documents, problems = read_files([str(EXAMPLES / f"{name}.yaml")], lambda: b"")
    assert not problems
    assert len(documents) == 1
    return documents[0].data


def at(data: Any, path: str) -> object:
    for step in path.split("."):
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data


# -- pages ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_its_output_are_true(page: Path) -> None:
    assert replayed(page) == page.read_text(encoding="utf-8"), f"{page.relative_to(ROOT)} {STALE}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not anchor or anchor in headings(found), target


def headings(page: Path) -> set[str]:
    lines = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_place_on_the_machine_it_was_made_on(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert "/tmp/" not in text
    assert str(Path.home()) + "/" not in text


def test_the_index_lists_every_page() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs").rglob("*.md")):
        assert page.name == "index.md" or f"]({page.relative_to(ROOT / 'docs')})" in index


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_record_is_short_and_says_context_decision_and_consequences(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 25
    assert text.startswith(f"# {record.stem[:4]}. ")
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
    ]


def test_records_are_numbered_without_gaps() -> None:
    assert [record.stem[:4] for record in RECORDS] == [f"{number:04}" for number in range(1, len(RECORDS) + 1)]


def test_the_readme_installs_what_the_package_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    by_hand = re.search(r"^pip install --no-deps \.\npip install (.*)$", readme, re.MULTILINE)
    assert by_hand is not None
    needed = [re.split(r"[><=; ]", line)[0] for line in project["dependencies"]]
    assert by_hand[1].split() == [name for name in needed if name != "durable-rules"]
    assert f"Python {project['requires-python'].removeprefix('>=')} or newer" in readme
    assert project["name"] == "refundrules"


def test_every_make_target_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)`", (ROOT / "README.md").read_text(encoding="utf-8")):
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_a_page_names_exists(page: Path) -> None:
    for name in re.findall(r"`refundrules (\w+)", page.read_text(encoding="utf-8")):
        assert name in commands.commands


# -- the trace's page -----------------------------------------------------------------------------


def test_the_page_on_the_trace_names_every_field() -> None:
    page = (ROOT / "docs" / "trace.md").read_text(encoding="utf-8")
    decide = engine().decide
    elsewhere = example("size-4cm-off")
    elsewhere = {**elsewhere, "order": {**elsewhere["order"], "jurisdiction": "DE"}}
    traces = [decide(case).trace for case in [*map(example, EXPECTED), elsewhere]]
    found = {name for trace in traces for name in names({key: trace[key] for key in trace if key != "texts"})}
    assert sorted(name for name in found | set(traces[0]["texts"]) if f"`{name}`" not in page) == []


def names(data: object) -> set[str]:
    if isinstance(data, dict):
        return set(data).union(*map(names, data.values()))
    return set().union(*map(names, data)) if isinstance(data, list) else set()


# -- examples -------------------------------------------------------------------------------------


def test_every_example_is_expected_and_every_expected_one_is_there() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.yaml")) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_is_decided_as_it_should(name: str) -> None:
    data = example(name)
    assert data["id"] == name
    claim = engine().decide(Case.read(data)).to_dict(trace=False)["claims"][0]
    wanted = {"outcome": "approve"} | EXPECTED[name]
    assert {path: at(claim, path) for path in wanted} == wanted


def test_examples_show_every_class_of_problem_and_every_outcome() -> None:
    decisions = [engine().decide(example(name)) for name in EXPECTED]
    claims = [claim for decision in decisions for claim in decision.claims]
    assert {claim.outcome for claim in claims} == {"approve", "decline", "needs_information", "manual_review"}
    classes = {"quality", "non_quality", "logistics", "pricing", "order_amendment"}
    assert {claim.issue_class for claim in claims} >= classes


def test_the_refund_of_two_claims_goes_back_the_way_the_payment_came() -> None:
    refund = engine().decide(example("two-claims")).to_dict(trace=False)["refund"]
    assert refund["total"] == "250.00"
    assert refund["by_tender"] == [
        {"kind": "card", "id": None, "amount": "200.00", "to": "original", "points": None},
        {"kind": "points", "id": None, "amount": "50.00", "to": "original", "points": None},
    ]


@pytest.mark.process
def test_the_backend_answers_from_several_threads() -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLES / "backend.py")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env={"PYTHONPATH": str(ROOT)}, check=True)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[:4] == [
        "200 torn-sleeve: approve, return_and_refund, 99.00",
        "200 loose-threads: approve, compensation, 10.00",
        "200 changed-mind: approve, return_and_refund, 59.90",
        "200 runs-small: needs_information, return_and_refund, 139.00 (asks for claim.measurements)",
    ]
    assert lines[4].startswith(
        "422 claims[0].reason: `changed_mnd` is not one of its values (did you mean `changed_mind`?)"
    )


def test_the_notebook_is_well_formed() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert {"cells", "metadata", "nbformat", "nbformat_minor"} == set(notebook)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        common = {"cell_type", "id", "metadata", "source"}
        assert set(cell) == common | ({"execution_count", "outputs"} if cell["cell_type"] == "code" else set())
        assert "".join(cell["source"])


def test_the_notebook_shows_what_running_it_gives() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert notebook_text(executed(json.loads(text))) == text, f"the notebook {STALE}"


def test_the_reference_pages_say_what_the_models_facts_and_commands_say() -> None:
    found = {page.name: page.read_text(encoding="utf-8") for page in REFERENCE.glob("*.md")}
    assert found == reference.pages(), STALE


def test_the_page_of_rules_says_what_the_packs_say() -> None:
    assert RULES.read_text(encoding="utf-8") == rules_page(), STALE
