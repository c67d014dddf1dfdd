"""Runs what the documents show, and writes down what it says now.

`python tests/documents.py` brings the README, the pages in docs/ (the shop's rules among them) and the notebook up to date; `test_docs.py`
fails while any of them says something else.

In a page, a `console` block holds commands after `$ ` and their output, a `pycon` block Python after `>>> ` (one
namespace a page), and a `yaml` block that begins with `# path` is a file the commands find. Where a `text` block
follows a `console` block, it holds the output from the trace on.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from click.testing import CliRunner  # noqa: E402

from refundrules import Engine, load_policy, render_policy  # noqa: E402
from refundrules.cli.main import commands  # noqa: E402
from refundrules.io.case_files import read_files  # noqa: E402
from refundrules.policy.questions import ISSUE_CLASSES  # noqa: E402
from refundrules.rendering.forms import render  # noqa: E402
from scripts import reference  # noqa: E402

EXAMPLES = ROOT / "examples"
REFERENCE = ROOT / "docs" / "reference"
RULES = ROOT / "docs" / "rules.md"
NOTEBOOK = EXAMPLES / "first_steps.ipynb"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (\S+/\S+\.yaml)\n")
_TRACE = re.compile(r"\n\n(?=Trace   )")
_CASES = re.compile(r"<!-- cases -->\n.*?<!-- /cases -->", re.DOTALL)
_NEEDS_SHELL = re.compile(r"[|<>&;`$*]")
_SHIMS = {"refundrules": '-m refundrules "$@"', "python": '"$@"'}


def pages() -> list[Path]:
    """Return every page that is checked."""
    written = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent != REFERENCE]
    return [ROOT / "README.md", EXAMPLES / "README.md", *written]


# -- pages ----------------------------------------------------------------------------------------


class Replay:
    """Replays one page in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {}
        self.rest = ""
        shutil.copytree(EXAMPLES, folder / "examples")
        shims = folder / ".shims"
        shims.mkdir()
        for name, arguments in _SHIMS.items():
            shim = shims / name
            shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}\n')
            shim.chmod(0o755)

    def page(self, text: str) -> str:
        """Return the page as it should be."""
        return _CASES.sub(lambda _: f"<!-- cases -->\n{cases_table()}<!-- /cases -->", _BLOCK.sub(self._block, text))

    def _block(self, found: re.Match[str]) -> str:
        language, body = found.groups()
        if language == "console":
            body = self._console(body)
        elif language == "pycon":
            body = self._python(body)
        elif language == "text" and self.rest:
            body, self.rest = self.rest, ""
        elif language == "yaml" and (named := _FILE.match(body)):
            path = self.folder / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        return f"```{language}\n{body}```"

    def _console(self, body: str) -> str:
        commands = [line for line in body.splitlines() if line.startswith("$ ")]
        output = "\n".join(f"{command}\n{self.run(command[2:])}".rstrip() for command in commands) + "\n"
        parts = _TRACE.split(output, maxsplit=1)
        if len(parts) == 2:
            output, self.rest = parts[0] + "\n", parts[1]
        return output

    def run(self, command: str) -> str:
        """Return all that a command prints; one that needs no shell is run in this process."""
        command = recipe(command.removeprefix("make ")) if command.startswith("make ") else command
        if command.startswith("refundrules ") and not _NEEDS_SHELL.search(command):
            with contextlib.chdir(self.folder):
                result = CliRunner().invoke(commands, shlex.split(command)[1:], prog_name="refundrules")
            return result.stdout + result.stderr
        environment = {
            "PATH": f"{self.folder / '.shims'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        }
        done = subprocess.run(
            ["sh", "-c", command], cwd=self.folder, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        return done.stdout + done.stderr

    def _python(self, body: str) -> str:
        shown = ""
        for example in doctest.DocTestParser().get_examples(body):
            prompts = [">>> ", *["... "] * example.source.count("\n")]
            shown += "".join(
                f"{prompt}{line}\n" for prompt, line in zip(prompts, example.source.splitlines(), strict=False)
            )
            shown += self._said(example.source)
        return shown

    def _said(self, source: str) -> str:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            try:
                exec(compile(source, "<page>", "single", dont_inherit=True), self.names)
            except Exception as error:  # noqa: BLE001
                name = f"{type(error).__module__}.{type(error).__name__}"
                said.write(f"Traceback (most recent call last):\n    ...\n{name}: {error}\n")
        return said.getvalue()


def recipe(target: str) -> str:
    """Return the shell command of a target of the Makefile, with its variables filled in."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^(\w+)\s*[:?]?= *(.*)$", text, re.MULTILINE)) | {"BIN": ".shims"}
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert found is not None, f"the Makefile has no target `{target}`"
    command = found[1].replace("\t@", "").replace("\t", "")
    return re.sub(r"\$\((\w+)\)", lambda name: variables[name[1]], command)


def cases_table() -> str:
    """Return the table of the example cases: what the file says of itself, and the decision's headline."""
    engine = Engine(load_policy("cn-apparel-shop"))
    documents, problems = read_files([str(path) for path in sorted(EXAMPLES.glob("*.yaml"))], lambda: b"")
    assert not problems, problems
    rows: dict[str, list[str]] = {}
    for document in documents:
        path = Path(document.file)
        first, _ = path.read_text(encoding="utf-8").split("\n", 1)
        decision = engine.decide({**document.data, "language": "en"})
        headline = " ".join(word for word in render(decision).splitlines()[0].split(" ")[1:] if word)
        row = f"| [{path.stem}]({path.name}) | {first.removeprefix('# ')} | {headline} |\n"
        rows.setdefault(decision.claims[0].issue_class or "quality", []).append(row)
    ordered = [row for issue_class in ISSUE_CLASSES for row in rows.get(issue_class, ())]
    return "| case | what happened | decision |\n|---|---|---|\n" + "".join(ordered)


def rules_page() -> str:
    """Return the shipped shop's rules written out."""
    head = "<!-- Written by `refundrules docs cn-apparel-shop --language en --format markdown`; edit the pack instead. -->\n"
    return head + render_policy(load_policy("cn-apparel-shop"), language="en", style="markdown")


def replayed(page: Path) -> str:
    """Return the text a page should have."""
    with tempfile.TemporaryDirectory() as folder:
        return Replay(Path(folder)).page(page.read_text(encoding="utf-8"))


# -- the notebook ---------------------------------------------------------------------------------


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook with the outputs its code cells have when run from the first to the last."""
    names: dict[str, Any] = {}
    count = 0
    cells = [dict(cell) for cell in notebook["cells"]]
    for cell in cells:
        if cell["cell_type"] == "code":
            count += 1
            cell["outputs"] = list(_outputs("".join(cell["source"]), names, count))
            cell["execution_count"] = count
    return notebook | {"cells": cells}


def _outputs(source: str, names: dict[str, Any], count: int) -> Iterator[dict[str, Any]]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    said, value = io.StringIO(), None
    with contextlib.redirect_stdout(said):
        exec(compile(tree, "<cell>", "exec", dont_inherit=True), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval", dont_inherit=True), names)
    if said.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": said.getvalue().splitlines(keepends=True)}
    if value is not None:
        html = getattr(value, "_repr_html_", None)
        data = {"text/html": [html()]} if html else {"text/plain": repr(value).splitlines(keepends=True)}
        yield {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}


def notebook_text(notebook: dict[str, Any]) -> str:
    """Return a notebook as it stands in its file."""
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    REFERENCE.mkdir(exist_ok=True)
    for name, text in reference.pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
    RULES.write_text(rules_page(), encoding="utf-8")
    for page in pages():
        page.write_text(replayed(page), encoding="utf-8")
    NOTEBOOK.write_text(notebook_text(executed(json.loads(NOTEBOOK.read_text(encoding="utf-8")))), encoding="utf-8")


if __name__ == "__main__":
    main()
