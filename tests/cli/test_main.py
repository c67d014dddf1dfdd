"""The command line: what it prints where, its exit statuses, and every way its input can be bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from processes import COMMAND, interrupt
from tiny_pack import DEFAULTS, PACK, TESTS, case_text, write_pack

from refundrules import Decision, Engine, EngineError, load_policy
from refundrules.cli.listing import facts_listing, rules_listing
from refundrules.cli.main import SCHEMAS, commands
from refundrules.cli.schema import SCHEMAS as ALL_SCHEMAS
from refundrules.io.case_files import line_of, read_cases
from refundrules.io.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules" / "cn-apparel-shop"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path)


@pytest.fixture
def decide(tmp_path: Path, pack: Path) -> Callable[..., Result]:
    """Decide files of this folder by the tiny pack, from within it."""

    def run(*args: str, files: Mapping[str, str | bytes] = {}, stdin: str | bytes = "") -> Result:
        for name, text in files.items():
            (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
        before = Path.cwd()
        os.chdir(tmp_path)
        try:
            return CliRunner().invoke(
                commands, ["decide", "--policy", str(pack), "--matcher", "compiled", *args, *files], input=stdin
            )
        finally:
            os.chdir(before)

    return run


def invoke(*args: str, **more: Any) -> Result:
    return CliRunner().invoke(commands, args, **more)


def shell(*args: str, **more: Any) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "refundrules", *args],
        capture_output=True,
        text=True,
        env=env,
        timeout=60,
        cwd=ROOT,
        **more,
    )


def refused(result: Result) -> list[str]:
    """Return the lines of a refusal: exit status 2, and nothing on stdout."""
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "Traceback" not in result.stderr
    return result.stderr.splitlines()


# -- decide -----------------------------------------------------------------------------------


def test_a_case_is_decided_for_a_person_to_read(decide: Callable[..., Result]) -> None:
    result = decide(files={"a.yaml": case_text("C-1")})
    assert (result.exit_code, result.stderr) == (0, "")
    assert "C-1" in result.stdout
    assert "99.00 CNY" in result.stdout
    assert "\x1b" not in result.stdout


def test_what_a_person_reads_is_what_the_decision_renders_as(decide: Callable[..., Result], pack: Path) -> None:
    data = read_yaml(case_text(), "x")[0][0]
    decision = Engine(load_policy(pack), matcher="compiled").decide(data)
    assert decide(files={"a.yaml": case_text()}).stdout == f"{decision}\n"


def test_several_cases_are_parted_by_an_empty_line(decide: Callable[..., Result]) -> None:
    one = decide(files={"a.yaml": case_text("C-1")}).stdout
    two = decide(files={"b.yaml": case_text("C-2")}).stdout
    assert decide(files={"a.yaml": case_text("C-1"), "b.yaml": case_text("C-2")}).stdout == f"{one}\n{two}"


def test_a_decline_and_an_open_case_are_done_all_the_same(decide: Callable[..., Result]) -> None:
    for reason in ("changed_mind", "fading", "size_deviation"):
        assert decide(files={"a.yaml": case_text(reason=reason)}).exit_code == 0


def test_json_is_one_object_a_line_and_nothing_else(decide: Callable[..., Result]) -> None:
    files = {"a.yaml": case_text("C-1"), "b.yaml": case_text("C-2", "changed_mind")}
    result = decide("--json", files=files)
    decisions = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(data["case"], data["outcome"]) for data in decisions] == [("C-1", "approve"), ("C-2", "decline")]
    assert decisions[0]["trace"]["schema"] == "refundrules.trace/1"
    assert Decision.read(decisions[0]).claims[0].resolution == "refund_only"


def test_json_holds_the_trace_when_it_is_asked_for(decide: Callable[..., Result]) -> None:
    data = json.loads(decide("--json", "--trace", files={"a.yaml": case_text()}).stdout)
    assert data["trace"]["schema"] == "refundrules.trace/1"


def test_the_trace_is_shown_to_a_person_when_it_is_asked_for(decide: Callable[..., Result]) -> None:
    short = decide(files={"a.yaml": case_text()}).stdout
    assert decide("--trace", files={"a.yaml": case_text()}).stdout.startswith(short.rstrip("\n"))


def test_the_same_case_gives_the_same_bytes(decide: Callable[..., Result]) -> None:
    first = decide("--json", "--trace", files={"a.yaml": case_text()})
    assert decide("--json", "--trace", files={"a.yaml": case_text()}).stdout_bytes == first.stdout_bytes


@pytest.mark.parametrize(("language", "because"), [("zh", "有污渍，退款"), ("en", "a stain is refunded")])
def test_the_language_may_be_chosen(decide: Callable[..., Result], language: str, because: str) -> None:
    files = {"a.yaml": f"language: en\n{case_text()}"}
    assert because in decide("--language", language, files=files).stdout
    assert json.loads(decide("--json", "--language", language, files=files).stdout)["language"] == language


YAML_TWO = f"{case_text('C-1')}---\n{case_text('C-2')}"
JSON_ONE = json.dumps(
    {
        "id": "C-1",
        "decided_at": "2026-06-10",
        "order": {
            "id": "O",
            "status": "delivered",
            "lines": [{"id": "L", "category": "apparel", "unit_price": 12.5}],
        },
        "claims": [{"reason": "stain"}],
    }
)
JSON_TWO = JSON_ONE.replace("C-1", "C-2")
INDENTED = json.dumps(json.loads(JSON_ONE), indent="\t")
CONTENTS = {
    "one.yaml": (case_text(), 1),
    "crlf.yaml": (case_text().replace("\n", "\r\n"), 1),
    "bom.yaml": (f"\ufeff{case_text()}", 1),
    "comments.yaml": (f"# a case\n---\n{case_text()}...\n", 1),
    "list.yaml": ("- " + case_text().rstrip().replace("\n", "\n  "), 1),
    "one.json": (JSON_ONE, 1),
    "indented.json": (INDENTED, 1),
    "list.json": (f"[{JSON_ONE}, {JSON_TWO}]", 2),
    "lines.jsonl": (f"{JSON_ONE}\n\n{JSON_TWO}\n", 2),
    "no-suffix": (f"{JSON_ONE}\n{JSON_TWO}\n", 2),
    "flow.yaml": (
        "{id: C-1, order: {id: O, status: paid, lines: [{id: L, category: other, unit_price: 1}]}, claims: [{reason: stain}]}",
        1,
    ),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_may_hold_one_case_or_several(decide: Callable[..., Result], name: str) -> None:
    text, count = CONTENTS[name]
    result = decide("--json", files={name: text})
    assert (result.exit_code, result.stderr) == (0, "")
    assert [json.loads(line)["case"] for line in result.stdout.splitlines()] == ["C-1", "C-2"][:count]


def test_a_file_may_hold_several_yaml_documents() -> None:
    documents, problems = read_cases(YAML_TWO, "two.yaml")
    assert ([(one.data["id"], one.line) for one in documents], problems) == ([("C-1", 1), ("C-2", 11)], [])


@pytest.mark.parametrize("text", [case_text(), JSON_ONE, f"{JSON_ONE}\n", INDENTED])
def test_standard_input_may_be_yaml_or_json(decide: Callable[..., Result], text: str) -> None:
    result = decide("--json", "-", stdin=text)
    assert (result.exit_code, json.loads(result.stdout)["case"]) == (0, "C-1")


def test_standard_input_and_files_go_together_in_order(decide: Callable[..., Result]) -> None:
    result = decide("--json", "-", files={"b.yaml": case_text("C-2")}, stdin=case_text())
    assert [json.loads(line)["case"] for line in result.stdout.splitlines()] == ["C-1", "C-2"]


def test_the_shipped_shop_decides_by_default() -> None:
    result = invoke("decide", "--json", str(ROOT / "examples" / "size-4cm-off.yaml"))
    assert json.loads(result.stdout)["policy"]["id"] == "cn-apparel-shop"


# -- bad input --------------------------------------------------------------------------------

GOOD = case_text()
BAD: dict[str, tuple[str | bytes, list[str]]] = {
    "empty.yaml": ("", ["empty.yaml: holds no case (`refundrules schema case` says what one looks like)"]),
    "blank.json": ("\n", ["blank.json: holds no case (`refundrules schema case` says what one looks like)"]),
    "null.yaml": ("---\n", ["null.yaml: holds no case (`refundrules schema case` says what one looks like)"]),
    "none.json": ("[]", ["none.json: holds no case (`refundrules schema case` says what one looks like)"]),
    "binary.yaml": (bytes(range(256)), ["binary.yaml: is not UTF-8 text (byte 128) (save it as UTF-8)"]),
    "utf16.yaml": (GOOD.encode("utf-16"), ["utf16.yaml: is not UTF-8 text (byte 0) (save it as UTF-8)"]),
    "text.yaml": ("hello\n", ["text.yaml: `hello` is not a mapping of fields"]),
    "deep.json": ("[" * 99_999, ["deep.json: is not readable JSON: nested deeper than 60"]),
    "hidden.yaml": (
        f"# {']' * 99_999}\n{'[' * 99_999}{']' * 99_999}",
        ["hidden.yaml:2: is nested deeper than 60 (flatten it)"],
    ),
    "keys.yaml": ("? " * 99_999 + "x", ["keys.yaml:1: is nested deeper than 60 (flatten it)"]),
    "stairs.yaml": (
        "".join(" " * depth + "a:\n" for depth in range(1190)),
        ["stairs.yaml:61: is nested deeper than 60 (flatten it)"],
    ),
    "deep.yaml": ("- " * 9_999 + "x", ["deep.yaml:1: is nested deeper than 60 (flatten it)"]),
    "nan.json": ('{"id": NaN}', ["nan.json: is not readable JSON: `NaN` is not a number JSON or money knows"]),
    "nan.yaml": (
        GOOD.replace("  id: O1\n", "  id: O1\n  discount: .nan\n"),
        ['nan.yaml:5: order.discount: `.nan` is not a decimal number (write it like "12.50")'],
    ),
    "twice.yaml": (f"{GOOD}id: C-2\n", ["twice.yaml:10: `id` is given twice (first on line 1) (keep one)"]),
    "twice.json": ('{"id": 1, "id": 2}', ["twice.json: is not readable JSON: `id` is given twice"]),
    "alias.yaml": ("a: &x [1]\nb: *x\n", ["alias.yaml:2: anchors and aliases are not allowed (write the value out)"]),
    "tag.yaml": (
        "id: !!python/object:os.system x\n",
        [
            "tag.yaml:1: the tag `!!python/object:os.system` is not allowed (write a plain value)",
        ],
    ),
    "tags.yaml": (
        "id: !!bool yes\norder: !include [a.yaml]\nclaims: !!float 1e5\n",
        [
            "tags.yaml:1: the tag `!!bool` is not allowed (write a plain value)",
            "tags.yaml:2: the tag `!include` is not allowed (write a plain value)",
            "tags.yaml:3: the tag `!!float` is not allowed (write a plain value)",
        ],
    ),
    "digits.json": (
        '{"id": ' + "9" * 5000 + "}",
        ["digits.json: is not readable JSON: a number of 5000 digits is larger than any amount can be"],
    ),
    "surrogate.json": (
        JSON_ONE.replace("delivered", "\\ud800"),
        ["surrogate.json: order.status: `\\ud800` is not text that UTF-8 can hold"],
    ),
    "cut.json": ('{"id": "C', ["cut.json:1: is not readable JSON: unterminated string starting at"]),
    "lines.jsonl": (
        f"{JSON_ONE}\n\n{{bad\n",
        ["lines.jsonl:3: is not readable JSON: expecting property name enclosed in double quotes"],
    ),
    "typo.yaml": (
        GOOD.replace("  status: delivered\n", "  status: delivred\n"),
        ["typo.yaml:5: order.status: `delivred` is not one of its values (did you mean `delivered`?)"],
    ),
    "unknown.yaml": (f"{GOOD}shops: {{}}\n", ["unknown.yaml:10: shops: unknown field `shops` (did you mean `shop`?)"]),
    "missing.yaml": (
        GOOD.replace("  status: delivered\n", ""),
        ["missing.yaml:3: order.status: is required and missing (add it)"],
    ),
    "currency.yaml": (
        GOOD.replace("  id: O1\n", "  id: O1\n  currency: USD\n"),
        ["currency.yaml:5: order.currency: `USD` is not the policy's currency (the policy decides in `CNY`)"],
    ),
    "future.yaml": (
        GOOD.replace("  id: O1\n", "  id: O1\n  placed_at: 2026-06-11\n"),
        [
            "future.yaml:5: order.placed_at: is after `decided_at` (a decision knows nothing of the future)",
        ],
    ),
    "item.json": (f"[{JSON_ONE}, 3]", ["item.json: case[1]: `3` is not a mapping of fields"]),
    "field.json": (
        f"[{JSON_ONE}, {JSON_TWO.replace('delivered', 'zzz')}]",
        [
            (
                "field.json: case[1].order.status: `zzz` is not one of its values "
                "(one of `awaiting_payment`, `paid`, `shipped`, `delivered`, `completed`, `closed`)"
            )
        ],
    ),
    "escape.yaml": (
        'id: x\n"a\\e[2Jb\\nc": 1\n',
        [
            "escape.yaml:1: order: is required and missing (add it)",
            "escape.yaml:1: claims: is required and missing (add it)",
            (
                "escape.yaml:2: a\\x1b[2Jb\\nc: unknown field `a\\x1b[2Jb\\nc` (known fields: `id`, `decided_at`, `language`, "
                "`facts`, `order`, `claims`, `shop`, `customer`)"
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_line_and_the_way_out(decide: Callable[..., Result], name: str) -> None:
    text, expected = BAD[name]
    assert refused(decide(files={name: text})) == expected


def test_json_lines_are_refused_with_their_line(decide: Callable[..., Result]) -> None:
    text = f"{JSON_ONE}\n\n{JSON_TWO.replace('delivered', 'lost')}\n"
    assert refused(decide(files={"a.jsonl": text}))[0].startswith("a.jsonl:3: order.status: `lost` is not one")


def test_a_json_line_may_hold_any_character_but_a_line_feed(decide: Callable[..., Result]) -> None:
    text = JSON_ONE.replace('"O1"', '"O\u20281\x85"')
    result = decide("--json", files={"a.jsonl": f"{text}\r\n{JSON_TWO}\n"})
    assert len(result.stdout.split("\n")) == 3, result.stderr


def test_a_case_in_a_list_is_named_by_its_line_where_there_is_one(decide: Callable[..., Result]) -> None:
    text = "- " + GOOD.rstrip().replace("\n", "\n  ").replace("status: delivered", "status: lost")
    assert refused(decide(files={"a.yaml": text}))[0].startswith("a.yaml:5: order.status: `lost` is not one")


def test_bad_input_on_stdin_is_refused(decide: Callable[..., Result]) -> None:
    assert refused(decide("-", stdin=b"\xff")) == ["stdin: is not UTF-8 text (byte 0) (send UTF-8)"]
    assert refused(decide("-", "-", stdin=GOOD)) == ["stdin: is named twice (`-` once holds all of it)"]
    assert refused(decide("-")) == ["stdin: holds no case (`refundrules schema case` says what one looks like)"]


def test_a_file_that_cannot_be_read_is_refused(decide: Callable[..., Result], tmp_path: Path) -> None:
    assert refused(decide("nowhere.yaml")) == ["nowhere.yaml: cannot be read: no such file or directory"]
    assert refused(decide(str(tmp_path))) == [f"{tmp_path}: cannot be read: is a directory"]


def test_every_problem_of_every_file_is_told_and_nothing_is_decided(decide: Callable[..., Result]) -> None:
    files = {
        "good.yaml": GOOD,
        "bad.yaml": GOOD.replace("delivered", "delivred").replace("O1", ""),
        "late.yaml": GOOD.replace("  id: O1\n", "  id: O1\n  placed_at: 2026-06-11\n"),
    }
    assert refused(decide("--json", "gone.yaml", files=files)) == [
        "gone.yaml: cannot be read: no such file or directory",
        "bad.yaml:4: order.id: is required and missing (add it)",
        "bad.yaml:5: order.status: `delivred` is not one of its values (did you mean `delivered`?)",
        "late.yaml:5: order.placed_at: is after `decided_at` (a decision knows nothing of the future)",
    ]


def test_the_line_of_a_path_is_the_deepest_that_is_there() -> None:
    data = read_yaml("order:\n  lines:\n    - id: L1\n      unit_price: 1\norder.id: x\n", "x")[0][0]
    lines = {
        "order.lines[0].unit_price": 4,
        "order.lines[0].title": 3,
        "order.lines[7].id": 2,
        "claims": 1,
        "order.id": 5,
    }
    assert {path: line_of(data, path) for path in lines} == lines
    assert line_of({"order": 1}, "order") == 0


# -- bad policies and options -----------------------------------------------------------------

CASE_FILE = str(ROOT / "examples" / "size-4cm-off.yaml")


def test_an_unknown_policy_is_refused_with_the_nearest_name() -> None:
    assert refused(invoke("decide", "--policy", "cn-aparel-shop", CASE_FILE)) == [
        "there is no pack `cn-aparel-shop` (did you mean `cn-apparel-shop`?)"
    ]


@pytest.mark.parametrize("command", ["test", "rules", "facts"])
def test_every_command_refuses_an_unknown_pack(command: str) -> None:
    assert refused(invoke(command, "nowhere")) == [
        "there is no pack `nowhere` (shipped packs: `cn-apparel-shop`, `cn-consumer-law`, `cn-platform`)"
    ]


def test_a_bad_policy_is_refused_with_all_its_problems(tmp_path: Path) -> None:
    place = write_pack(tmp_path, TESTS, PACK.replace("outcome: approve", "outcome: aprove"))
    lines = refused(invoke("decide", "--policy", str(place), CASE_FILE))
    assert [line.replace(f"{place}/", "") for line in lines] == [
        "pack.yaml:24: `aprove` is not an answer to `outcome` (did you mean `approve`?)",
        "pack.yaml:37: `aprove` is not an answer to `outcome` (did you mean `approve`?)",
    ]


@pytest.mark.parametrize(
    "args",
    [
        [], ["decide"], ["decide", "--nonsense"], ["decide", "--language", "fr", CASE_FILE], ["schema"], ["schema", "x"],
        ["decied", CASE_FILE], ["decide", "--matcher", "x", CASE_FILE],
    ],
)  # fmt: skip
def test_a_usage_error_is_status_2_with_the_usage_on_stderr(args: list[str]) -> None:
    assert refused(invoke(*args))[0].startswith("Usage: ")


def test_a_matcher_that_cannot_be_had_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: Any, **__: Any) -> Engine:
        raise EngineError("durable-rules cannot be used here")

    monkeypatch.setattr("refundrules.engine.engine.Engine", unavailable)
    assert refused(invoke("decide", "--matcher", "durable", CASE_FILE)) == [
        "--matcher: durable-rules cannot be used here"
    ]


# -- bugs of ours, and other ends -------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    def break_engine(error: BaseException) -> None:
        def decide(*_: Any) -> Decision:
            raise error

        monkeypatch.setattr(Engine, "decide", decide)

    return break_engine


def test_a_bug_of_ours_is_status_3_and_says_how_to_report_it(broken: Callable[[BaseException], None]) -> None:
    broken(KeyError("x"))
    result = invoke("decide", CASE_FILE)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == (
        f"{CASE_FILE}: in case `size-4cm-off`: this is a bug of refundrules: KeyError: 'x' "
        "(report it with the input and the version; REFUNDRULES_DEBUG=1 shows where it is)\n"
    )


@pytest.mark.slow
def test_a_contradiction_of_the_engine_is_a_bug_of_ours(broken: Callable[[BaseException], None]) -> None:
    broken(EngineError("rule `A` was found true but means false"))
    result = invoke("test")
    assert result.exit_code == 3
    assert "in test `" in result.stderr
    assert "this is a bug of refundrules: rule `A` was found true but means false (" in result.stderr


def test_a_traceback_is_shown_only_when_it_is_asked_for(broken: Callable[[BaseException], None]) -> None:
    broken(KeyError("x"))
    result = invoke("decide", CASE_FILE, env={"REFUNDRULES_DEBUG": "1"})
    assert result.exit_code == 3
    assert "Traceback" in result.stderr
    assert result.stderr.endswith("KeyError: 'x' (report it with the input and the version)\n")


def test_an_interrupt_ends_quietly(broken: Callable[[BaseException], None]) -> None:
    broken(KeyboardInterrupt())
    result = invoke("decide", CASE_FILE)
    assert (result.exit_code, result.output) == (130, "")


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_the_process_quietly(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    os.mkfifo(case)
    command = [*COMMAND, "decide", str(case)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    with process, case.open("wb"):  # opens once the process reads
        code = interrupt(process)
        out, err = process.communicate()
    assert (code, out, err) == (130, b"", b"")


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_a_reader_who_leaves_ends_the_process_quietly(tmp_path: Path) -> None:
    lines = tmp_path / "many.jsonl"
    lines.write_text(f"{JSON_ONE}\n" * 300, encoding="utf-8")
    policy = str(write_pack(tmp_path))
    command = [sys.executable, "-m", "refundrules", "decide", "--json", "--policy", policy, str(lines)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert (process.stderr.read(), process.wait(30)) == (b"", 141)


@pytest.mark.process
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
def test_output_that_cannot_be_written_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "refundrules", "facts"], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, text=True
        )
    assert (done.returncode, done.stderr) == (2, "cannot read or write: no space left on device\n")


# -- a process of its own ---------------------------------------------------------------------


@pytest.mark.process
def test_statuses_of_a_process(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, f"{DEFAULTS}tests: []\n")
    assert shell("decide", CASE_FILE).returncode == 0
    assert shell("test", str(pack)).returncode == 1
    done = shell("decide", "nowhere.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nowhere.yaml: cannot be read: no such file or directory\n"


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="closed descriptors of POSIX")
@pytest.mark.parametrize("command", [["decide", "-"], ["backtest", "cn-apparel-shop", "--cases", "-"], ["ask"]])
def test_a_closed_stdin_holds_nothing(command: list[str]) -> None:
    result = shell(*command, preexec_fn=lambda: os.close(0))
    assert (result.returncode, "bug" in result.stderr) == (2, False), result.stderr


@pytest.mark.process
def test_answers_are_read_as_utf8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(case_text(), encoding="utf-8")
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    kept = tmp_path / "kept.yaml"
    words = "T8\n破损\n" if os.name == "posix" else "T8\n"
    shell("ask", "--language", "zh", "--save", str(kept), env=env, input=words, encoding="utf-8")
    bad = shell("ask", "--language", "en", env=env, input="T\udcff\n", encoding="utf-8", errors="surrogateescape")
    assert bad.stderr == "stdin:1: `T\\udcff` is not text that UTF-8 can hold\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A folder with a case, a pack and past cases, where commands run; what its files hold."""
    write_pack(tmp_path).rename(tmp_path / "my")
    head = tmp_path / "my" / "pack.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("pack: tiny", "pack: my"), encoding="utf-8")
    (tmp_path / "my" / "tests").mkdir(exist_ok=True)
    (tmp_path / "my" / "tests" / "mine.yaml").write_text("tests: []\n", encoding="utf-8")
    (tmp_path / "case.yaml").write_text(case_text(), encoding="utf-8")
    (tmp_path / "past.jsonl").write_text(f"{JSON_ONE}\n", encoding="utf-8")
    (tmp_path / "columns.yaml").write_text("id: no\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return _texts(tmp_path)


def _texts(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("docs my -o my/pack.yaml", "--output: `my/pack.yaml` is read by this command"),
        ("docs my --output ./my/../my/pack.yaml", "--output: `./my/../my/pack.yaml` is read by this command"),
        ("report case.yaml --policy my -o case.yaml", "--output: `case.yaml` is read by this command"),
        (
            "report case.yaml --policy my -o my/tests/mine.yaml",
            "--output: `my/tests/mine.yaml` is read by this command",
        ),
        ("backtest my --cases past.jsonl --out past.jsonl", "--out: `past.jsonl` is read by this command"),
        ("backtest my --cases past.jsonl --bad past.jsonl", "--bad: `past.jsonl` is read by this command"),
        ("backtest my --cases past.jsonl --html my/pack.yaml", "--html: `my/pack.yaml` is read by this command"),
        (
            "backtest my --cases past.jsonl --columns columns.yaml --out columns.yaml",
            "--out: `columns.yaml` is read by this command",
        ),
        ("ask case.yaml --policy my --save my/pack.yaml", "--save: `my/pack.yaml` is read by this command"),
    ],
)
def test_what_a_command_reads_is_not_written_over(desk: dict[str, str], command: str, says: str) -> None:
    assert refused(invoke(*command.split())) == [f"{says} (nothing was written; name another file)"]
    assert _texts(Path.cwd()) == desk


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("check my --save my/tests/mine.yaml", "--save"),
        ("test my --coverage --suggest my/tests/mine.yaml", "--suggest"),
    ],
)
def test_tests_that_a_person_may_have_changed_are_not_written_over(
    desk: dict[str, str], command: str, option: str
) -> None:
    says = f"{option}: `my/tests/mine.yaml` is there already (nothing was written; name a new file)"
    assert refused(invoke(*command.split())) == [says]
    assert _texts(Path.cwd()) == desk


def test_two_outputs_may_not_be_one_file(desk: dict[str, str]) -> None:
    result = invoke("backtest", "my", "--cases", "past.jsonl", "--out", "new.csv", "--html", "./new.csv")
    assert refused(result) == ["--html: `./new.csv` is what --out writes (name another file)"]
    result = invoke("backtest", "my", "--cases", "-", "-", input=JSON_ONE)
    assert refused(result) == ["--cases: names standard input twice (`-` once holds all of it)"]
    assert _texts(Path.cwd()) == desk


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
@pytest.mark.parametrize("command", ["docs my -o", "report case.yaml --policy my -o"])
def test_an_output_that_cannot_be_written_is_named(desk: dict[str, str], command: str) -> None:
    assert refused(invoke(*command.split(), "/dev/full")) == ["/dev/full: cannot be written: no space left on device"]
    assert refused(invoke(*command.split(), "no/x.html")) == ["no/x.html: cannot be written: no such file or directory"]
    assert refused(invoke(*command.split(), "/dev")) == ["/dev: cannot be written: is a directory"]
    assert _texts(Path.cwd()) == desk


@pytest.mark.process
def test_output_is_utf8_whatever_the_locale() -> None:
    env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = shell("decide", "--json", "--language", "zh", CASE_FILE, env=env, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["language"] == "zh"


@pytest.mark.process
def test_a_decision_in_json_needs_no_rich() -> None:
    code = (
        "import sys; from refundrules.cli.main import commands;"
        f"commands(['decide', '--json', {CASE_FILE!r}], standalone_mode=False); assert 'rich' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)


def test_the_version_is_that_of_the_package() -> None:
    try:
        expected = version("refundrules")
    except PackageNotFoundError:
        expected = "0+unknown"
    assert invoke("--version").stdout == f"refundrules {expected}\n"


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    from refundrules.cli.shell import _is_colourful

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert _is_colourful(Terminal()) is coloured


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_shows_a_decision_in_colour(environment: dict[str, str], coloured: bool) -> None:
    import pty

    ours, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command = [sys.executable, "-m", "refundrules", "decide", "--trace", CASE_FILE]
    with subprocess.Popen(command, stdout=theirs, cwd=ROOT, env={**env, "TERM": "xterm", **environment}) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert (process.returncode, b"\x1b[" in shown) == (0, coloured)
    assert "size-4cm-off" in shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


# -- help -------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *commands.commands])
def test_every_command_and_option_has_help(command: str) -> None:
    result = invoke(*filter(None, [command]), "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    found = commands.commands[command] if command else commands
    assert found.help
    assert all(option.help for option in found.params if isinstance(option, click.Option))


# -- test -------------------------------------------------------------------------------------


def test_the_tests_of_a_pack_pass(pack: Path) -> None:
    result = invoke("test", str(pack))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "tiny 1.0.0: 4 tests\n....\n\n4 passed, 0 failed\n"


def test_every_test_may_be_named(pack: Path) -> None:
    assert invoke("test", "-v", "-k", "stain", str(pack)).stdout == (
        "tiny 1.0.0: 1 test\npassed  stain-is-refunded\n\n1 passed, 0 failed\n"
    )


def test_failures_and_unshown_rules_are_told(tmp_path: Path) -> None:
    tests = TESTS.replace("refund.total: 198", "refund.total: 197").replace("changed_mind}", "fading}")
    place = write_pack(tmp_path, tests)
    result = invoke("test", str(place))
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.replace(f"{place}/", "") == (
        "tiny 1.0.0: 4 tests\n"
        "FF..\n"
        "\n"
        "tests/all.yaml:11: test `stain-is-refunded` failed\n"
        "  refund.total: wanted `197`, got `198.00`\n"
        "  determined by `TINY-1`\n"
        "\n"
        "tests/all.yaml:15: test `changed-mind-is-declined` failed\n"
        "  outcome: wanted `decline`, got `manual_review`\n"
        "  determined by no rule\n"
        "  manual review: gap of `issue_class`\n"
        "\n"
        "pack.yaml:29: no test shows rule `TINY-2` (add one whose decision it determines)\n"
        "\n"
        "2 passed, 2 failed\n"
    )


def test_an_unshown_rule_alone_fails_a_pack(tmp_path: Path) -> None:
    place = write_pack(tmp_path, TESTS.partition("  - id: small")[0])
    result = invoke("test", str(place))
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "3 passed, 0 failed")


def test_several_packs_are_tested_together(pack: Path) -> None:
    result = invoke("test", str(pack), str(pack))
    assert result.exit_code == 0
    assert result.stdout == "tiny 1.0.0: 4 tests\n....\n\n" * 2 + "8 passed, 0 failed\n"


def test_reports_may_be_json_one_pack_a_line(pack: Path) -> None:
    result = invoke("test", "--json", str(pack), str(pack))
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(report["pack"], report["passed"]) for report in reports] == [("tiny", 4), ("tiny", 4)]


def test_failing_tests_are_status_1_in_json_too(tmp_path: Path) -> None:
    place = write_pack(tmp_path, TESTS.replace("refund.total: 198", "refund.total: 197"))
    result = invoke("test", "--json", str(place))
    assert (result.exit_code, json.loads(result.stdout)["failed"]) == (1, 1)


def test_a_choice_that_leaves_no_test_is_refused(pack: Path) -> None:
    assert refused(invoke("test", "-k", "zzz", str(pack))) == [
        "-k: no test has `zzz` in its id or file (-v names them)"
    ]


def test_tests_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    place = write_pack(tmp_path, TESTS.replace("expect: {outcome: decline}", "expect: {outcom: decline}"))
    lines = refused(invoke("test", str(place)))
    assert [line.replace(f"{place}/", "") for line in lines] == [
        "tests/all.yaml:18: `outcom` is not a path of a decision: it has no `outcom` (did you mean `outcome`?)",
        "tests/all.yaml:34: `outcom` is not a path of a decision: it has no `outcom` (did you mean `outcome`?)",
    ]


# -- rules and facts --------------------------------------------------------------------------


def test_rules_are_listed_where_they_stand(pack: Path) -> None:
    result = invoke("rules", str(pack))
    assert result.exit_code == 0
    assert result.stdout.replace(f"{pack}/", "").splitlines()[:6] == [
        "tiny 1.0.0: 4 rules, 0 guarantees",
        "",
        "Everything · pack.yaml",
        "  TINY-1  issue_class, fault, outcome, resolution, parts, instructions  [S1]",
        "      a stain is refunded",
        "  TINY-2  issue_class, fault, outcome  [S2]",
    ]


def test_a_source_is_found_with_its_rules_parameters_and_tests(pack: Path) -> None:
    result = invoke("rules", "--cite", "S1", str(pack))
    assert result.stdout.replace(f"{pack}/", "") == (
        "S1  Quality problems\n"
        "\n"
        "rules that cite it\n"
        "  TINY-1  pack.yaml:18\n"
        "          a stain is refunded\n"
        "  TINY-3  pack.yaml:34\n"
        "          it is off by more than the tolerance\n"
        "  TINY-4  pack.yaml:40\n"
        "          it is within tolerance\n"
        "\n"
        "parameters that cite it\n"
        "  tolerance  pack.yaml:13\n"
        "\n"
        "tests that show it\n"
        "  stain-is-refunded            tests/all.yaml:11\n"
        "  too-small-is-exchanged       tests/all.yaml:19\n"
        "  small-deviation-is-declined  tests/all.yaml:27\n"
    )


def test_a_rule_is_found_with_all_there_is_to_say_of_it(pack: Path) -> None:
    result = invoke("rules", "--id", "TINY-3", "--language", "zh", str(pack))
    assert result.stdout.replace(f"{pack}/", "") == (
        "TINY-3  pack.yaml:34\n"
        "  chapter        全部\n"
        "  because        超差\n"
        "  cites          S1  质量问题\n"
        "  when           claim.reason: size_deviation\n"
        "                 claim.size_deviation_cm: {above: tolerance}\n"
        "  then           {issue_class: quality, fault: seller, outcome: approve, resolution: exchange}\n"
        "  overrides      TINY-4\n"
        "  shown by       too-small-is-exchanged  tests/all.yaml:19\n"
    )
    assert "  overridden by  TINY-3\n" in invoke("rules", "--id", "TINY-4", str(pack)).stdout


def test_an_unknown_source_or_rule_is_refused_with_the_nearest(pack: Path) -> None:
    assert refused(invoke("rules", "--cite", "S3", str(pack))) == [
        "--cite: there is no source `S3` (one of `S1`, `S2`)"
    ]
    assert refused(invoke("rules", "--id", "TINY-9", str(pack))) == [
        "--id: there is no rule `TINY-9` (did you mean `TINY-4`?)"
    ]


def test_every_source_of_the_shop_can_be_looked_up() -> None:
    policy = load_policy()
    for source in policy.sources:
        assert rules_listing(policy, cite=source)["source"]["id"] == source


def test_a_guarantee_is_found_by_its_id() -> None:
    result = invoke("rules", "--id", "LAW-QUALITY-FREIGHT", "--language", "en")
    assert "  must           {return_payer_not: buyer, replacement_payer_not: buyer}\n" in result.stdout


def test_rules_in_json_hold_what_the_text_shows(pack: Path) -> None:
    data = json.loads(invoke("rules", "--json", str(pack)).stdout)
    rule = data["rules"][2]
    assert (rule["id"], rule["kind"], rule["questions"]) == (
        "TINY-3",
        "rule",
        ["issue_class", "fault", "outcome", "resolution"],
    )
    assert rule["cites"] == [{"id": "S1", "title": {"zh": "质量问题", "en": "Quality problems"}}]
    assert [test["test"] for test in rule["tests"]] == ["too-small-is-exchanged"]
    assert rule["then"] == {
        "issue_class": "quality",
        "fault": "seller",
        "outcome": "approve",
        "resolution": "exchange",
    }


def test_facts_are_listed_with_what_is_asked_for_them() -> None:
    text = invoke("facts", "--language", "en").stdout
    wide = max(len(fact["fact"]) for fact in facts_listing(load_policy())["facts"])
    assert (
        f"{'claim.size_deviation_cm':{wide}}  cm, may be unknown\n"
        "    from    claim.measurements\n"
        "    is      largest absolute difference of declared and actual over the measurements\n"
        "    asks    Measure the item against the size chart, with a photo: what is declared and what is actual, in cm?\n"
    ) in text
    assert f"{'facts.dangerous':{wide}}  bool\n    default false\n" in text


def test_facts_in_json_are_the_policys_vocabulary() -> None:
    data = json.loads(invoke("facts", "--json").stdout)
    assert [fact["fact"] for fact in data["facts"]] == list(load_policy().vocabulary)
    assert data["facts"][0]["values"][0] == "size_deviation"


# -- schema -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_printed(name: str) -> None:
    result = invoke("schema", name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_command_knows_every_schema() -> None:
    assert set(SCHEMAS) == set(ALL_SCHEMAS)
