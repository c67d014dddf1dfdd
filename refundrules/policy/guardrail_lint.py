"""The guardrails G1–G5 in words: `lint` finds text that breaks one, in Chinese and English.

A rule of the table beside this file, `guardrail_lint.yaml`, names an *act*, looked for in each sentence, and what
*excuses* it: a prohibition that governs it ("never …"), a denial in its clause ("has nothing to do with reviews"), or the
honest form in its sentence (the true reason, with your consent). Text is folded first: full width, case, accents,
invisible characters, look-alike letters, traditional characters, separators inside words (r e v i e w). The limits, so
that a person still reads new texts:

* It reads words, not intent. Hints, pictures, other languages, pinyin, homophones, digits for letters (rev1ew), Chinese
  words cut by a comma or full stop and English ones cut into other words pass, and so does any wording the table lacks.
* It does not know the case. A named reason breaks G2 even where it is the true one, a card or wallet breaks G5 unless
  the sentence says it is the one paid with, any review beside money breaks G1 (give the invitation its own sentence).
  A right that is merely named (a 7-day return) passes. A placeholder counts as money by its name, never by its value.
* It reads sentence by sentence: a tie spread over two, or over 200 characters, passes. Within one clause an excuse meant
  for something else may cover the act. An exclusion by law or a consent is believed as it is written.
* A prohibition is known by its verb, so an honest sentence in rare words may be reported: write "never …".
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

from refundrules.io.strict_yaml import read_yaml


class Breach(NamedTuple):
    """A guardrail broken: its id, the offending words as written, and what to write instead."""

    guardrail: str
    excerpt: str
    why: str


_WHY = {
    "G1": "it ties money or a gift to a review: leave the review out, or say that the two are unrelated",
    "G2": "it suggests a return reason: ask for the true reason and name none",
    "G3": "it asks for an invented tracking number: ask for the real one, or say that nothing is sent back",
    "G4": "it treats signing or opening as acceptance: decline only for a reason that the rules name",
    "G5": "it moves a refund to another channel: use the one paid with, or ask for consent in the same sentence",
}

_TABLE = Path(__file__).with_suffix(".yaml")
"""The words and rules, and how they are written."""
_EXCUSES = ("denial", "honest", "dishonest")
_TOKENS = {"~": r"[^,;:!?。]{0,44}?", "@": r"[^,;:!?。]{0,18}?", " ": " ?"}
_FAR = 200  # characters: the longest act, and the furthest that a prohibition reaches
_NOISE = re.compile(r"[^a-z0-9\u3400-\u9fff,;:!?。、{}¥$€£★%=]+")
_NEEDLESS = re.compile(r"(?<=[\u3400-\u9fff★0-9]) (?=[\u3400-\u9fff★0-9])| (?=[,;:!?。])")
_END = re.compile(r"[。;]+|\n\s*(?:\n|[-*•]\s)|(?:(?<=[a-z]{2})|(?<=[\d)}\"'”’]))\.(?=\s+[^\d\s])(?![^{}]{0,40}})")


class _Rule(NamedTuple):
    guardrail: str
    letters: re.Pattern[str]
    acts: list[list[re.Pattern[str]]]
    """Each act as the parts that make it, in any order."""
    excuses: dict[str, re.Pattern[str]]


class _Table(NamedTuple):
    words: dict[str, re.Pattern[str]]
    """The words the code asks for."""
    rules: list[_Rule]
    spaced: list[re.Pattern[str]]
    """English words with or without spaces, long ones first."""
    folds: dict[str, str]


@cache
def _read() -> _Table:
    (data,), _ = read_yaml(_TABLE.read_text(encoding="utf-8"), _TABLE.name)
    written: list[str] = []
    named: dict[str, str] = {}

    def pattern(given: str | list[str]) -> str:
        body = given if isinstance(given, str) else "|".join(given)
        written.append(body)
        tokens = re.sub(r"[~@ ]", lambda token: _TOKENS[token[0]], body)
        return re.sub(r"<(\w+)>", lambda word: f"(?:{named[word[1]]})", tokens)

    for name, words in data["words"].items():
        named[name] = pattern(words)
    rules = [
        _Rule(
            rule["guardrail"],
            re.compile(pattern(rule["letters"])),
            [[re.compile(part, re.ASCII) for part in pattern(act).split("&")] for act in rule["acts"]],
            {name: re.compile(pattern(rule[name]), re.ASCII) for name in _EXCUSES if name in rule},
        )
        for rule in data["rules"]
    ]
    asked = {name: re.compile(named[name], re.ASCII) for name in ("ban", "comma", "refusal", "stop", "unless")}
    pairs = "".join(data["folds"])
    return _Table(asked, rules, _spaced("\n".join(written)), dict(zip(pairs[::2], pairs[1::2], strict=True)))


def _spaced(patterns: str) -> list[re.Pattern[str]]:
    source = re.sub(r"\\[a-z]|<\w+>|\b(?:ed|ing|ance|ment)\b", " ", patterns)
    known = sorted(dict.fromkeys(re.findall(r"[a-z]{2,}", source)), key=len, reverse=True)
    spaced = []
    for low, high, end in ((5, 99, "(?: ?e ?[dsr])?[a-z]*"), (3, 4, r"(?:s|e ?d|i ?n ?g)?\b"), (2, 2, r"\b")):
        words = "|".join(" ?".join(word) for word in known if low <= len(word) <= high)
        spaced.append(re.compile(rf"\b(?:{words}){end}"))
    return spaced


@cache
def _fold(char: str) -> str:
    if char in "_\n" or char.isspace() or unicodedata.category(char) == "Cc":
        return "\n" if char == "\n" else " "
    folds = _read().folds
    plain = unicodedata.normalize("NFKD", folds.get(char, char)).casefold()
    return "".join(folds.get(part, part) for part in plain if unicodedata.category(part)[0] not in "CM")


def _view(sentence: str) -> str:
    """Return a folded sentence in the spelling of the table."""
    view = _NEEDLESS.sub("", _NOISE.sub(" ", sentence))
    for spaced in _read().spaced:
        view = spaced.sub(lambda word: word[0].replace(" ", ""), view)
    return view


def _excused(denial: re.Pattern[str], view: str, first: int, last: int) -> bool:
    words, start, end = _read().words, max(0, first - _FAR), last + _FAR
    before, after = (re.split(r"[,;:!?。]", part) for part in (view[start:first], view[last:end]))
    if denial.search(before[-1] + view[first:last] + after[0]):
        return True
    absolute = not words["unless"].search(view, start, end)
    return all(comma.start() >= last for comma in words["comma"].finditer(view, first, end)) and any(
        (absolute or words["refusal"].search(ban[0]))
        and all(stop.start() >= first for stop in words["stop"].finditer(view, ban.end(), end))
        for ban in words["ban"].finditer(view, start, last)
        if ban.start() < first
    )


def _act(rule: _Rule, view: str) -> tuple[int, int] | None:
    """Return where in `view` the first act stands that nothing excuses."""
    said = {name: bool(excuse.search(view)) for name, excuse in rule.excuses.items()}
    for parts in rule.acts if not said.get("honest") or said.get("dishonest") else ():
        for places in product(*([hit.span() for hit in part.finditer(view)] for part in parts)):
            first, last = min(place[0] for place in places), max(place[1] for place in places)
            if last - first <= _FAR and not _excused(rule.excuses["denial"], view, first, last):
                return first, last
    return None


def lint(text: str) -> tuple[Breach, ...]:
    """Return the breaches in `text`, at most one per rule and sentence; `()` when nothing is wrong.

    >>> [breach.excerpt for breach in lint("Refunds never depend on reviews. A 5-star r e v i e w earns you a voucher!")]
    ['5-star r e v i e w earns you a voucher']
    """
    folded = "".join(map(_fold, text))
    found = []
    for start, end in pairwise([0, *(end.end() for end in _END.finditer(folded)), len(folded)]):
        letters = _NOISE.sub("", folded[start:end])
        rules = [rule for rule in _read().rules if rule.letters.search(letters)]
        view = _view(folded[start:end]) if rules else ""
        for rule in rules:
            if act := _act(rule, view):
                solid = [index for index, char in enumerate(text) for _ in _NOISE.sub("", _fold(char))]
                first, last = (len(_NOISE.sub("", folded[:start] + view[:edge])) for edge in act)
                excerpt = text[solid[first] : solid[last - 1] + 1]
                found.append(Breach(rule.guardrail, excerpt, _WHY[rule.guardrail]))
    return tuple(dict.fromkeys(found))
