"""The files of a new pack: small, complete and tested, to be changed into what a shop wants.

A pack of its own has one rule, one parameter, one guarantee and their tests; everything else goes to a person. A pack that
extends another changes one of its parameters, with a test that shows the change. The files stand beside this one, with
`$holes` that are filled in, the comments in `comments.yaml`.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from refundrules.errors import PackError, Problem, did_you_mean, listed
from refundrules.io.strict_yaml import read_yaml
from refundrules.money.currency import is_currency
from refundrules.policy.loading.loader import load_policy, pack_names
from refundrules.policy.loading.sections import are_jurisdictions
from refundrules.policy.model import Policy

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ZONES = {
    "AU": "Australia/Sydney", "CA": "America/Toronto", "CN": "Asia/Shanghai", "DE": "Europe/Berlin",
    "ES": "Europe/Madrid", "FR": "Europe/Paris", "GB": "Europe/London", "HK": "Asia/Hong_Kong", "IT": "Europe/Rome",
    "JP": "Asia/Tokyo", "KR": "Asia/Seoul", "NL": "Europe/Amsterdam", "SG": "Asia/Singapore", "TW": "Asia/Taipei",
    "US": "America/New_York",
}  # fmt: skip
"""Where most of a country's people live; a shop elsewhere changes the line."""


_TEMPLATES = Path(__file__).parent
_CHANGES = ("size_tolerance", "no_reason_days")
"""Parameters that an extending pack may change; the first that the extended policy has is taken."""
_LANGUAGES = ("zh", "en")


def new_pack(
    directory: Path, *, currency: str = "CNY", jurisdiction: str = "CN", language: str = "en", extends: str = ""
) -> tuple[Path, ...]:
    """Write the files of a new pack into a folder, whose name the pack takes, and return their paths.

    With `extends`, a shipped pack's name, the pack extends that one, and currency and jurisdiction are that one's.
    Nothing that is there is overwritten. Raises `PackError` with every problem, and `OSError` where nothing can be written.
    """
    name = directory.resolve().name
    problems = [*_of_name(name, directory), *_of_options(currency, jurisdiction, language, extends)]
    if problems:
        raise PackError(problems)
    holes = {
        **_comments(language),
        "name": name, "currency": currency, "jurisdiction": jurisdiction, "language": language, "extends": extends,
        "zone": _ZONES.get(jurisdiction.partition("-")[0], "UTC"),
    }  # fmt: skip
    if extends:
        policy = load_policy(extends)
        holes["complete"] = str(policy.complete).lower()
        change = f"extending/{_change(policy)}"
        templates = {"pack.yaml": "extending", "changes.yaml": change, "tests/changes.yaml": change}
    else:
        templates = dict.fromkeys(("pack.yaml", "returns.yaml", "tests/returns.yaml"), "own")
    texts = {path: Template(_read(f"{folder}/{path}")).substitute(holes) for path, folder in templates.items()}
    return tuple(_written(directory / path, text) for path, text in texts.items())


def _of_name(name: str, directory: Path) -> list[Problem]:
    if not _NAME.fullmatch(name):
        what = "use lower case letters, digits and dashes, beginning with a letter"
        return [Problem(str(directory), f"`{name}` is not a name for a pack", what)]
    if name in pack_names():
        return [Problem(str(directory), f"`{name}` is the name of a shipped pack", "choose another")]
    if directory.exists() and not directory.is_dir():
        return [Problem(str(directory), "is a file", "name a folder that is not there yet")]
    if directory.is_dir() and any(directory.iterdir()):
        return [Problem(str(directory), "is there already and not empty", "nothing was written; name another folder")]
    return []


def _of_options(currency: str, jurisdiction: str, language: str, extends: str) -> list[Problem]:
    problems = []
    if not is_currency(currency):
        problems.append(Problem("--currency", f"`{currency}` is not a currency", "write an ISO 4217 code such as CNY"))
    if not are_jurisdictions([jurisdiction]):
        what = f"`{jurisdiction}` is not a place"
        problems.append(Problem("--jurisdiction", what, "write an ISO 3166 code such as CN or CN-ZJ"))
    if language not in _LANGUAGES:
        problems.append(
            Problem("--language", f"`{language}` is not a language of texts", f"one of {listed(_LANGUAGES)}")
        )
    if extends and extends not in pack_names():
        remedy = did_you_mean(extends, pack_names(), f"one of {listed(pack_names())}")
        problems.append(Problem("--extends", f"there is no shipped pack `{extends}`", remedy))
    return problems


def _change(policy: Policy) -> str:
    for parameter in _CHANGES:
        if parameter in policy.parameters:
            return parameter
    what = f"`{policy.id}` has no parameter that a new pack could change"
    raise PackError([Problem("--extends", what, f"one of {listed(_CHANGES)}; write the pack by hand")])


def _comments(language: str) -> dict[str, str]:
    (comments,), _ = read_yaml(_read("comments.yaml"), "comments.yaml")
    return {hole: both[language] for hole, both in comments.items()}


def _read(path: str) -> str:
    return (_TEMPLATES / path).read_text(encoding="utf-8")


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made anew or not at all: what another process has put there meanwhile stays as it is.
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path
