"""`refundrules ask`: a conversation in a terminal or a pipe, kept as an ordinary case file."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import pytest
import strategies
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from processes import COMMAND, interrupt

from refundrules.cli.main import commands

ROOT = Path(__file__).parents[2]
PART = """\
id: C1
decided_at: 2026-06-10T12:00:00+08:00
language: en
order:
  id: T1
  status: completed
  placed_at: 2026-06-01
  delivered_at: 2026-06-05
  completed_at: 2026-06-06
  lines: [{id: L1, category: apparel, unit_price: 99.00}]
claims: [{reason: stain}]
"""


@pytest.fixture
def part(tmp_path: Path) -> str:
    path = tmp_path / "part.yaml"
    path.write_text(PART, encoding="utf-8")
    return str(path)


def ask(*args: str, answers: str = "") -> Result:
    return CliRunner().invoke(commands, ["ask", *args], input=answers)


def decide(path: str) -> str:
    return CliRunner().invoke(commands, ["decide", path, "--json"]).stdout


def test_a_case_is_asked_for_what_it_lacks_and_decided(part: str) -> None:
    result = ask(part, answers="1\nmajor\n\n")
    assert result.exit_code == 0, result.output
    assert "What does the buyer want?\n   1 return and refund\n" in result.stdout
    assert "✓ approved · return and refund · 99.00 CNY" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.slow
def test_answers_are_numbers_values_or_names_in_either_language(part: str) -> None:
    for words in ("1 major", "return_and_refund 2", "退货退款 严重", "１ ２"):
        result = ask(part, "--json", answers="\n".join([*words.split(" "), "", ""]))
        assert json.loads(result.stdout)["claims"][0]["resolution"] == "return_and_refund", words


def test_json_is_alone_on_stdout_and_the_questions_go_to_stderr(part: str) -> None:
    result = ask(part, "--json", answers="1\n2\n\n")
    assert json.loads(result.stdout)["outcome"] == "approve"
    assert "What does the buyer want?" in result.stderr


@pytest.mark.slow
def test_a_case_is_led_through_from_nothing_in_chinese(tmp_path: Path) -> None:
    kept = str(tmp_path / "kept.yaml")
    result = ask("--save", kept, answers="T8\n破损\n5\n1\n99元\n否\n10天前\n1\n昨天\n严重\n\n")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("\n订单号？\n> T8\n\n买家反映什么问题？\n")
    case = yaml.safe_load(Path(kept).read_text(encoding="utf-8"))
    assert (case["id"], case["order"]["lines"][0]["unit_price"], case["claims"][0]["reason"]) == ("T8", "99", "damage")
    assert json.loads(decide(kept))["outcome"] == "approve"


@pytest.mark.slow
def test_the_end_of_the_input_shows_what_is_known_and_keeps_it(part: str, tmp_path: Path) -> None:
    kept = str(tmp_path / "kept.yaml")
    result = ask(part, "--save", kept, answers="1\n")
    assert result.exit_code == 0
    assert "? needs information" in result.stdout
    assert yaml.safe_load(Path(kept).read_text(encoding="utf-8"))["claims"][0]["requested"] == "return_and_refund"
    result = ask(kept, "--json", answers="2\n\n")
    assert "What does the buyer want?" not in result.stderr
    assert json.loads(result.stdout)["outcome"] == "approve"


def test_too_little_to_decide_at_the_end_of_the_input_is_bad_input() -> None:
    result = ask("--language", "en", answers="T8\n3\n")
    assert (result.exit_code, result.stderr) == (2, "stdin: too little is known of the order to decide\n")


def test_a_decided_case_is_printed_as_decide_does_when_nobody_answers() -> None:
    example = str(ROOT / "examples" / "size-4cm-off.yaml")
    result = ask(example, "--json")
    assert (result.exit_code, result.stdout) == (0, decide(example))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ("9\n", "stdin:1: choose a number from 1 to 8"),
        ("1\nbad\n", "stdin:2: choose a number from 1 to 2"),
        ("1\n1\nmuch\n", "stdin:3: give a number, like 12.50"),
        (
            "1\n1\n12.555\n",
            "stdin:3: `12.555` has more decimals than the currency (2) (round it to the currency's minor unit)",
        ),
        ("1\n2\n9\n", "stdin:3: give numbers, like 1 3; just Enter when none applies"),
        ("b\n", "stdin:1: this is the first question"),
        ("s\n", "stdin:1: name the file with --save"),
    ],
)
def test_a_wrong_answer_in_a_pipe_ends_with_its_line(part: str, answers: str, says: str) -> None:
    result = ask(part, answers=answers)
    assert (result.exit_code, result.stderr) == (2, f"{says}\n")


def test_what_every_case_must_say_cannot_be_left_out() -> None:
    result = ask("--language", "en", answers="?\n")
    assert (result.exit_code, result.stderr) == (2, "stdin:1: this cannot be left out\n")


def test_one_may_go_back_and_answer_otherwise(part: str, tmp_path: Path) -> None:
    kept = str(tmp_path / "kept.yaml")
    result = ask(part, "--save", kept, answers="1\nb\nexchange\n?\nq\n")
    assert result.exit_code == 0
    assert result.stdout.count("What does the buyer want?") == 2
    claim = yaml.safe_load(Path(kept).read_text(encoding="utf-8"))["claims"][0]
    assert claim == {"reason": "stain", "requested": "exchange"}


def test_what_applies_is_picked_from_a_list_and_then_told(part: str, tmp_path: Path) -> None:
    kept = str(tmp_path / "kept.yaml")
    result = ask(part, "--save", kept, answers="1\nminor\n12\n1 3\n2\n12\n\n")
    assert "  How many offers were declined?\n> 2\n" in result.stdout
    claim = yaml.safe_load(Path(kept).read_text(encoding="utf-8"))["claims"][0]
    assert (claim["declined_offers"], claim["insists"], claim["demanded"]) == (2, True, None)


def test_what_applies_in_a_way_nobody_knows_leaves_the_rest_of_the_list_told(part: str, tmp_path: Path) -> None:
    kept = str(tmp_path / "kept.yaml")
    ask(part, "--save", kept, answers="1\nminor\n12\n1 3\n?\n12\n")
    claim = yaml.safe_load(Path(kept).read_text(encoding="utf-8"))["claims"][0]
    assert (claim["declined_offers"], claim["insists"]) == (0, True)


def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("order:\n  status: delivred\n", encoding="utf-8")
    result = ask(str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"{path}:2: order.status: `delivred` is not one of its values (did you mean `delivered`?)\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{PART}---\n{PART}", "holds 2 cases (ask about one at a time)"),
        ("[1]", "is not a mapping of fields"),
        ("order: 3", "is not a mapping of fields"),
        ("order: {lines: [1]}", "is not a mapping of fields"),
        ("claims: {}", "is not a list"),
        ("", "holds no case"),
    ],
)
def test_other_files_are_refused_without_a_traceback(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    result = ask(str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_several_lines_and_claims_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    lines = "[{id: L1, category: apparel, unit_price: 9}, {id: L2, category: apparel, unit_price: 8}]"
    head = PART.replace("[{id: L1, category: apparel, unit_price: 99.00}]", lines)
    path.write_text(head.replace("[{reason: stain}]", "[{reason: changed_mind}, {line: L2, reason: stain}]"), "utf-8")
    result = ask(str(path), answers="1\n")
    assert "Which line is it about?\n   1 L1\n   2 L2\n" in result.stdout
    assert "line L1: What does the buyer want?" in result.stdout


WORDS = st.sampled_from(
    ["1", "2", "3", "1 2", "12", "0", "", "?", "？", "b", "s", "y", "否", "99.5", "2026-06-09", "今天", "昨天", "3天前", "chest",
     "T1", "x\x1b[2J", "99999999999999999", "-1", "NaN", "12.555", "9" * 400, "²"]
)  # fmt: skip


@strategies.examples(10)
@given(st.lists(WORDS, max_size=14), st.booleans(), st.sampled_from(["zh", "en"]))
def test_no_answers_whatever_end_in_a_traceback(answers: list[str], fresh: bool, language: str) -> None:
    with TemporaryDirectory() as folder:
        place, kept = Path(folder) / "part.yaml", str(Path(folder) / "kept.yaml")
        place.write_text(PART, encoding="utf-8")
        start = () if fresh else (str(place),)
        result = ask(*start, "--language", language, "--save", kept, answers="\n".join(answers))
        assert result.exit_code in (0, 2), result.output
        assert "Traceback" not in result.output
        assert "\x1b" not in result.output
        if result.exit_code == 0:
            assert CliRunner().invoke(commands, ["decide", kept]).exit_code == 0


def test_a_case_may_be_kept_as_json(part: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    assert ask(part, "--save", str(kept), answers="1\n").exit_code == 0
    assert json.loads(kept.read_text(encoding="utf-8"))["claims"][0]["requested"] == "return_and_refund"


# -- a terminal ---------------------------------------------------------------------------------------------------


def test_answers_that_cannot_be_saved_are_shown(part: str, tmp_path: Path) -> None:
    result = ask(part, "--save", str(tmp_path / "no" / "kept.yaml"), answers="3\nmajor\n")
    assert result.exit_code == 2
    assert "requested: exchange\n" in result.stderr
    assert result.stderr.endswith("kept.yaml: cannot be written: no such file or directory\n")


class Terminal:
    """A command in a terminal of its own, ended with its test."""

    def __init__(self, *args: str, **env: str) -> None:
        self.screen, follower = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, "ask", *args], stdin=follower, stdout=follower, stderr=follower,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **env}, start_new_session=True, cwd=ROOT,
        )  # fmt: skip
        os.close(follower)
        self.text = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.screen)

    def until(self, wanted: str) -> str:
        """Return what was shown since the last time, up to `wanted`."""
        deadline = time.monotonic() + 60
        while wanted not in self.text:
            assert time.monotonic() < deadline, self.text
            if select.select([self.screen], [], [], 0.2)[0]:
                self.text += os.read(self.screen, 65536).decode("utf-8", "replace").replace("\r\n", "\n")
        found, _, self.text = self.text.partition(wanted)
        return found

    def type(self, text: str) -> None:
        os.write(self.screen, f"{text}\n".encode())


@pytest.mark.process
def test_in_a_terminal_a_wrong_answer_is_explained_and_asked_again(part: str) -> None:
    with Terminal(part, NO_COLOR="1") as terminal:
        assert "Type a number or the answer" in terminal.until("> ")
        terminal.type("9")
        terminal.until("choose a number from 1 to 8\n> ")
        terminal.type("exchange")
        assert "\x1b" not in terminal.until("Is the problem minor or major?")
        terminal.until("> ")
        assert interrupt(terminal.process) == 130
        terminal.until("nothing was saved")
        assert "Traceback" not in terminal.text


@pytest.mark.process
def test_in_a_terminal_questions_stand_out_unless_no_color_forbids(part: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept.yaml"
    with Terminal(part, NO_COLOR="") as terminal:
        assert "\x1b[1m" in terminal.until("What does the buyer want?")
        terminal.until("> ")
        terminal.type("s")
        terminal.until("Save to which file?")
        terminal.type(str(tmp_path / "no" / "kept.yaml"))
        terminal.until("cannot be written")
        terminal.type("s")
        terminal.until("Save to which file?")
        terminal.type(str(kept))
        terminal.until(f"saved: {kept}")
        terminal.until("> ")
        terminal.type("q")
        terminal.until("needs information")
        assert terminal.process.wait(60) == 0
    assert yaml.safe_load(kept.read_text(encoding="utf-8"))["id"] == "C1"
