"""Loading a pack: every mistake is one line with its place and its way out, and nothing in a pack is ever run."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from tiny_pack import PACK, write_pack

from refundrules import PackError, Policy, dump_policy, load_policy, pack_names
from refundrules.policy.loading.loader import shipped_packs

STAIN = "{claim.reason: stain}"
MIND = "    because: {zh: 不支持"
BECAUSE = "    because: {zh: 有污渍，退款, en: a stain is refunded}\n"
GUARANTEE = """\
guarantees:
  - id: LAW-1
    cite: [S1]
    when: {claim.size_deviation_cm: {above: tolerance}}
    must: {not_declined: true}
    because: {zh: 法律, en: the law}
rules:
"""
CHILD = "pack: child\nversion: 1.0.0\ntitle: {zh: 分店, en: a branch}\nextends: [tiny]\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(text: str) -> Policy:
    """Return the policy of a pack `tiny` in the current folder."""
    Path("tiny").mkdir(exist_ok=True)
    Path("tiny/pack.yaml").write_text(text, encoding="utf-8")
    return load_policy("tiny")


def extend(more: str, base: str = PACK) -> Policy:
    """Return the policy of a pack that extends `tiny`."""
    write_pack(Path(), pack=base)
    Path("child").mkdir()
    Path("child/pack.yaml").write_text(CHILD + more, encoding="utf-8")
    return load_policy("child")


def complaints(text: str) -> list[str]:
    with pytest.raises(PackError) as caught:
        load(text)
    return str(caught.value).splitlines()


def change(old: str, new: str) -> str:
    assert old in PACK
    return PACK.replace(old, new, 1)


MISTAKES = [
    (
        "unknown fact",
        "{claim.reason: stain}",
        "{claim.reasn: stain}",
        "tiny/pack.yaml:20: unknown fact `claim.reasn` (did you mean `claim.reason`?)",
    ),
    (
        "wrong type of value",
        "{claim.reason: stain}",
        "{claim.insists: 1}",
        "tiny/pack.yaml:20: `1` is not a value of `claim.insists` (one of `true`, `false`)",
    ),
    (
        "value outside enum",
        "{claim.reason: stain}",
        "{claim.reason: stian}",
        "tiny/pack.yaml:20: `stian` is not a value of `claim.reason` (did you mean `stain`?)",
    ),
    (
        "number equality",
        "{claim.reason: stain}",
        "{claim.size_deviation_cm: 3}",
        "tiny/pack.yaml:20: `claim.size_deviation_cm` is a number; equality with `3` is not a comparison (use `at_least`, `above`, `at_most` or `below`)",
    ),
    (
        "number op on enum",
        "{claim.reason: stain}",
        "{claim.reason: {above: tolerance}}",
        "tiny/pack.yaml:20: `claim.reason` is not a number; `above` cannot compare it",
    ),
    (
        "unread parameter",
        "{above: tolerance}",
        "{above: 0}",
        "tiny/pack.yaml:13: `tolerance` is declared but nothing reads it (use it or delete it)",
    ),
    (
        "dup rule",
        "id: TINY-2",
        "id: TINY-1",
        "tiny/pack.yaml:29: rule `TINY-1` is defined twice (first at tiny/pack.yaml:18)",
    ),
    (
        "dup key",
        "    cite: [S2]\n    when:",
        "    cite: [S2]\n    cite: [S1]\n    when:",
        "tiny/pack.yaml:31: `cite` is given twice (first on line 30) (keep one)",
    ),
    (
        "anchors",
        "    cite: [S1]\n    when: {claim.reason: stain}",
        "    cite: &here [S1]\n    jurisdictions: *here\n    when: {claim.reason: stain}",
        "tiny/pack.yaml:20: anchors and aliases are not allowed (write the value out)",
    ),
    (
        "tag",
        "en: a stain is refunded",
        "en: !!python/name:os.system stain",
        "tiny/pack.yaml:28: the tag `!!python/name:os.system` is not allowed (write a plain value)",
    ),
    (
        "override unknown",
        "overrides: [TINY-4]",
        "overrides: [TINY-44]",
        "tiny/pack.yaml:34: `TINY-3` overrides `TINY-44`, which is not a rule (did you mean `TINY-4`?)",
    ),
    ("override self", "overrides: [TINY-4]", "overrides: [TINY-3]", "tiny/pack.yaml:34: `TINY-3` overrides itself"),
    (
        "override circle",
        "    because: {zh: 正常",
        "    overrides: [TINY-3]\n    because: {zh: 正常",
        "tiny/pack.yaml:34: rules override each other in a circle: TINY-3 → TINY-4 → TINY-3",
    ),
    (
        "later answer",
        "when: {claim.reason: changed_mind}",
        "when: {claim.reason: changed_mind, resolution: exchange}",
        "tiny/pack.yaml:31: `resolution` is answered too late to be read by a rule that answers `issue_class` (read only facts and earlier answers)",
    ),
    (
        "unknown",
        "when: {claim.reason: changed_mind}",
        "when: {unknown: [claim.application]}",
        "tiny/pack.yaml:31: `unknown` may stand only in rules that answer instructions, guardrails or alternatives alone",
    ),
    ("cite", "cite: [S2]\n", "cite: [S3]\n", "tiny/pack.yaml:29: `S3` is not a source (declare it under `sources`)"),
    (
        "unit",
        "goods: claim.paid",
        "goods: claim.paid + tolerance",
        "tiny/pack.yaml:26: `claim.paid + tolerance`: `money` and `cm` cannot be added or compared",
    ),
    ("not money", "goods: claim.paid", "goods: tolerance", "tiny/pack.yaml:26: `parts` is cm, not money"),
    (
        "division",
        "goods: claim.paid",
        "goods: claim.paid / claim.quantity",
        "tiny/pack.yaml:26: `claim.paid / claim.quantity`: division by something that is not a parameter; only parameters and numbers may divide",
    ),
    ("zero", "goods: claim.paid", "goods: claim.paid / 0", "tiny/pack.yaml:26: `claim.paid / 0`: division by zero"),
    (
        "unknown name",
        "goods: claim.paid",
        "goods: claim.payed",
        "tiny/pack.yaml:26: unknown name `claim.payed` (did you mean `claim.paid`?)",
    ),
    (
        "unreadable formula",
        "goods: claim.paid",
        "goods: claim.paid ** claim.paid",
        "tiny/pack.yaml:26: `claim.paid ** claim.paid` is not a formula: unexpected `*`",
    ),
    (
        "instr without text",
        "[ask_photo]",
        "[ask_foto]",
        "tiny/pack.yaml:27: `ask_foto` is not one of the instructions (did you mean `ask_photo`?)",
    ),
    (
        "placeholder",
        "en: a stain is refunded",
        "en: 'a stain is refunded, {claim.payd}'",
        "tiny/pack.yaml:18: `{claim.payd}` is not a fact, parameter or definition (did you mean `claim.paid`?)",
    ),
    (
        "missing because",
        "    because: {zh: 有污渍，退款, en: a stain is refunded}\n",
        "",
        "tiny/pack.yaml:18: `because` is not a text in both languages (write {zh: …, en: …})",
    ),
    (
        "one language",
        "{zh: 有污渍，退款, en: a stain is refunded}",
        "{zh: 有污渍，退款}",
        "tiny/pack.yaml:18: `because` is not a text in both languages (write {zh: …, en: …})",
    ),
    (
        "cond not mapping",
        "{claim.reason: stain}",
        "stain",
        "tiny/pack.yaml:20: a condition is not a mapping (write `fact: value`)",
    ),
    (
        "empty list",
        "{claim.reason: stain}",
        "{claim.reason: []}",
        "tiny/pack.yaml:20: `claim.reason` is compared with an empty list",
    ),
    (
        "any not list",
        "{claim.reason: stain}",
        "{any: {claim.reason: stain}}",
        "tiny/pack.yaml:20: `any` is not a list of conditions",
    ),
    (
        "bad date",
        "from: beginning",
        "from: 2026-02-30",
        "tiny/pack.yaml:16: `from` `2026-02-30` is not a date (write it like 2026-01-31)",
    ),
    (
        "no beginning",
        "from: beginning",
        "from: 2026-02-28",
        "tiny/pack.yaml:13: `tolerance` has no value from the beginning (give one `from: beginning`)",
    ),
    (
        "value not number",
        "value: 3",
        "value: three",
        "tiny/pack.yaml:16: `three` is not a number (write 3, 12.50, 5/6 or 30%)",
    ),
    (
        "negative",
        "value: 3",
        "value: -3",
        "tiny/pack.yaml:16: `tolerance` is below zero (write the amount and subtract it in the formula)",
    ),
    (
        "guardrail",
        "ask for a photo}",
        "give five stars for cashback}",
        "tiny/pack.yaml:46: `ask_photo` breaks guardrail G1: `five stars for cashback` (it ties money or a gift to a review: leave the review out, or say that the two are unrelated)",
    ),
    (
        "guardrail name",
        "instructions: [ask_photo]",
        "guardrails: [G9]",
        "tiny/pack.yaml:27: `G9` is not one of the guardrails (one of `G1`, `G2`, `G3`, `G4`, `G5`)",
    ),
    (
        "guardrail no text",
        "instructions: [ask_photo]",
        "guardrails: [G1]",
        "tiny/pack.yaml:18: `TINY-1` names G1, which has no text (add it under `guardrails`)",
    ),
    (
        "unknown question",
        "outcome: decline}\n    because: {zh: 不支持",
        "outcom: decline}\n    because: {zh: 不支持",
        "tiny/pack.yaml:32: `outcom` is not a question (did you mean `outcome`?)",
    ),
    (
        "unknown answer",
        "resolution: exchange",
        "resolution: exchang",
        "tiny/pack.yaml:37: `exchang` is not an answer to `resolution` (did you mean `exchange`?)",
    ),
    ("version", "version: 1.0.0", "version: one", "tiny/pack.yaml:2: `one` is not a version (write 1.0.0)"),
    ("no version", "version: 1.0.0\n", "", "tiny/pack.yaml:1: `version` is missing (add it)"),
    (
        "zone",
        "Asia/Shanghai",
        "Asia/Shanghi",
        "tiny/pack.yaml:6: `time_zone: Asia/Shanghi` is not a time zone such as Asia/Shanghai",
    ),
    (
        "currency",
        "currency: CNY",
        "currency: yuan",
        "tiny/pack.yaml:5: `currency: yuan` is not an ISO 4217 code such as CNY",
    ),
    ("lang", "language: en", "language: fr", "tiny/pack.yaml:7: `language: fr` is not `zh` or `en`"),
    ("folder", "pack: tiny", "pack: teeny", "tiny/pack.yaml:1: `teeny` is not the folder's name (write `tiny`)"),
    (
        "missing pack",
        "version: 1.0.0",
        "version: 1.0.0\nextends: [cn-platfrom]",
        "tiny/pack.yaml:3: there is no pack `cn-platfrom` (did you mean `cn-platform`?)",
    ),
    (
        "itself",
        "version: 1.0.0",
        "version: 1.0.0\nextends: [tiny]",
        "tiny/pack.yaml:1: `tiny` extends itself (by way of `tiny`)",
    ),
    (
        "rule id",
        "id: TINY-2",
        "id: tiny-2",
        "tiny/pack.yaml:29: `tiny-2` is not a name for a rule (use upper case letters, digits and dashes)",
    ),
    (
        "answers nothing",
        "    then: {issue_class: non_quality, fault: none, outcome: decline}\n    because: {zh: 不支持",
        "    because: {zh: 不支持",
        "tiny/pack.yaml:29: the rule answers nothing (add `then:`)",
    ),
    (
        "yaml",
        "because: {zh: 不支持",
        "because: {{zh: 不支持",
        "tiny/pack.yaml:34: is not readable YAML: did not find expected ',' or '}'",
    ),
    (
        "tabs",
        "    because: {zh: 不支持",
        "\tbecause: {zh: 不支持",
        "tiny/pack.yaml:33: is not readable YAML: found character that cannot start any token",
    ),
    (
        "group",
        "{claim.reason: stain}",
        "{claim.reason: {in: stains}}",
        "tiny/pack.yaml:20: `stains` is not a group (declare it under `groups`)",
    ),
    (
        "param left",
        "{claim.reason: stain}",
        "{tolerance: {above: 0}}",
        "tiny/pack.yaml:20: `tolerance` is a parameter; it stands on the right of a comparison (put a fact on the left)",
    ),
    (
        "in_force",
        "    because: {zh: 不支持",
        "    in_force: {from: 2026-02-01, until: 2026-01-01}\n    because: {zh: 不支持",
        "tiny/pack.yaml:29: it ends on 2026-01-01, before it starts on 2026-02-01",
    ),
    (
        "NO",
        "{claim.reason: stain}",
        "{claim.insists: NO}",
        "tiny/pack.yaml:20: `NO` is not a value of `claim.insists` (one of `true`, `false`)",
    ),
    (
        "an operator that is no comparison",
        "{above: tolerance}",
        "{above: tolerance, abov: tolerance}",
        "tiny/pack.yaml:36: `abov` is not a comparison (did you mean `above`?)",
    ),
    (
        "a bare number",
        "goods: claim.paid",
        "goods: claim.paid * 2",
        "tiny/pack.yaml:26: `claim.paid * 2` holds the bare number 2 (name it as a parameter)",
    ),
    (
        "a function that is not there",
        "goods: claim.paid",
        "goods: sqrt(claim.paid)",
        "tiny/pack.yaml:26: `sqrt(claim.paid)` is not a formula: unknown function `sqrt`; one of min, max, floor, ceil, round",
    ),
    (
        "an empty condition",
        "{claim.reason: stain}",
        "{claim.size_deviation_cm: {}}",
        "tiny/pack.yaml:20: `claim.size_deviation_cm` is compared with nothing (write a value or a comparison)",
    ),
    (
        "a key that is no word",
        "    cite: [S2]\n",
        "    cite: [S2]\n    priority: 1\n",
        "tiny/pack.yaml:31: unknown word `priority` in the rule (one of `id`, `cite`, `when`, `then`, `overrides`, `because`, `in_force`, `jurisdictions`, `chapter`)",
    ),
    (
        "a missing end",
        "{above: tolerance}",
        "{above: tolerance, between: [tolerance]}",
        "tiny/pack.yaml:36: `between` takes two ends (write {between: [low, high]})",
    ),
    (
        "known in a rule about the outcome",
        "when: {claim.reason: changed_mind}",
        "when: {claim.reason: changed_mind, known: claim.application}",
        "tiny/pack.yaml:31: `known` may stand only in rules that answer instructions, guardrails or alternatives alone",
    ),
    (
        "a rule that cites nothing",
        "    cite: [S2]\n    when",
        "    when",
        "tiny/pack.yaml:29: the rule cites nothing (add `cite: [SOURCE]`)",
    ),
    (
        "no common question",
        "    overrides: [TINY-4]",
        "    overrides: [TINY-5]\n    because: {zh: 一, en: one}\n  - id: TINY-5\n    cite: [S1]\n    then: {instructions: [ask_photo]}",
        "tiny/pack.yaml:34: `TINY-3` overrides `TINY-5`, but they answer no common question",
    ),
    (
        "compared with nothing at all",
        "{above: tolerance}",
        "{not: [], above: tolerance}",
        "tiny/pack.yaml:36: `claim.size_deviation_cm` is compared with an empty list",
    ),
    ("null value", "value: 3", "value: ", "tiny/pack.yaml:16: `null` is not a number (write 3, 12.50, 5/6 or 30%)"),
    (
        "mapping for a version",
        "version: 1.0.0",
        "version: {no: [true, ~]}",
        "tiny/pack.yaml:2: `{no: [true, null]}` is not a version (write 1.0.0)",
    ),
    ("a zero share", "value: 3", "value: 1/0", "tiny/pack.yaml:16: `1/0` is not a number (write 3, 12.50, 5/6 or 30%)"),
    ("too many decimals", "value: 3", "value: 3.0001", "tiny/pack.yaml:16: `3.0001` has more than three decimals"),
]


@pytest.mark.parametrize(("old", "new", "line"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_mistake_is_one_line_with_its_place_and_its_way_out(old: str, new: str, line: str) -> None:
    assert complaints(change(old, new)) == [line]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = change("version: 1.0.0", "version: one").replace(
        "{claim.reason: changed_mind}", "{claim.reson: changed_mind}"
    )
    text = text.replace("resolution: exchange", "resolution: swap").replace("[ask_photo]", "[ask_foto]")
    assert complaints(text) == [
        "tiny/pack.yaml:2: `one` is not a version (write 1.0.0)",
        "tiny/pack.yaml:27: `ask_foto` is not one of the instructions (did you mean `ask_photo`?)",
        "tiny/pack.yaml:31: unknown fact `claim.reson` (did you mean `claim.reason`?)",
        (
            "tiny/pack.yaml:37: `swap` is not an answer to `resolution` (one of `return_and_refund`, `refund_only`, "
            "`compensation`, `exchange`, `repair`, `reship`, `reship_part`, `price_adjustment`, `amend_order`)"
        ),
    ]


def test_problems_of_several_files_are_told_at_once() -> None:
    write_pack(Path(), pack=change(STAIN, "{claim.reasn: stain}"))
    Path("tiny/more.yaml").write_text("rulez: []\n", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_policy("tiny")
    assert [problem.where for problem in caught.value.problems] == ["tiny/more.yaml:1", "tiny/pack.yaml:20"]


def test_definitions_may_not_go_round_in_a_circle() -> None:
    circle = "definitions:\n  one: {title: {zh: 一, en: one}, formula: two}\n  two: {title: {zh: 二, en: two}, formula: one}\nrules:\n"
    assert "tiny/pack.yaml:19: definitions go round in a circle: one → two → one" in complaints(
        change("rules:\n", circle)
    )


def test_a_parameter_that_a_guarantee_reads_says_what_is_better() -> None:
    assert complaints(change("rules:\n", GUARANTEE)) == [
        (
            "tiny/pack.yaml:13: guarantee `LAW-1` reads `tolerance`, which does not say what is better "
            "(add `better: higher` or `better: lower` (for the buyer))"
        )
    ]


SEALED = change("rules:\n", GUARANTEE).replace("    kind: cm\n", "    kind: cm\n    better: lower\n")
RESTATED = "parameters:\n  tolerance:\n    values: [{{from: beginning, value: {}, cite: [S1]}}]\n"


@pytest.mark.parametrize(
    "more", [RESTATED.format(4), RESTATED.format(4).replace("    values", "    better: higher\n    values")]
)
def test_a_sealed_parameter_may_not_get_worse_in_a_pack_that_extends(more: str) -> None:
    with pytest.raises(PackError) as caught:
        extend(more, SEALED)
    assert str(caught.value) == (
        "child/pack.yaml:6: `tolerance` is sealed by guarantee `LAW-1` and may not get worse for the buyer "
        "(keep it at most what `tiny` says)"
    )


def test_a_sealed_parameter_may_not_get_worse_for_a_while() -> None:
    later = "{from: 2026-01-01, value: 4, cite: [S1]}, {from: 2026-02-01, value: 2, cite: [S1]}"
    more = RESTATED.format(2).replace("cite: [S1]}]", f"cite: [S1]}}, {later}]")
    with pytest.raises(PackError, match="may not get worse"):
        extend(more, SEALED)


def test_a_sealed_parameter_may_get_better_and_an_unsealed_one_may_change() -> None:
    assert extend(RESTATED.format(2), SEALED).parameters["tolerance"].values[0].value == 2


def test_an_unsealed_parameter_may_be_restated() -> None:
    assert extend(RESTATED.format(9)).parameters["tolerance"].values[0].value == 9


def test_a_rule_of_an_extended_pack_is_not_defined_again() -> None:
    with pytest.raises(PackError) as caught:
        extend("rules:\n  - id: TINY-1\n    cite: [S1]\n    then: {outcome: decline}\n    because: {zh: 一, en: one}\n")
    assert str(caught.value) == "child/pack.yaml:6: rule `TINY-1` is defined twice (first at tiny/pack.yaml:18)"


def test_a_parameter_that_may_be_zero_does_not_divide() -> None:
    zero = "  nought:\n    kind: share\n    title: {zh: 零, en: nought}\n    values: [{from: beginning, value: 0, cite: [S1]}]\nrules:\n"
    with pytest.raises(PackError, match="zero"):
        load(change("rules:\n", zero).replace("goods: claim.paid", "goods: claim.paid / nought"))


def test_two_packs_may_not_extend_each_other() -> None:
    with pytest.raises(PackError) as caught:
        extend("", change("version: 1.0.0", "version: 1.0.0\nextends: [child]"))
    assert str(caught.value) == "child/pack.yaml:1: `child` extends itself (by way of `child`, `tiny`)"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cn-aparel-shop", "there is no pack `cn-aparel-shop` (did you mean `cn-apparel-shop`?)"),
        ("x", "there is no pack `x` (shipped packs: `cn-apparel-shop`, `cn-consumer-law`, `cn-platform`)"),
        (
            "x" * 999,
            f"there is no pack `{'x' * 999}` (shipped packs: `cn-apparel-shop`, `cn-consumer-law`, `cn-platform`)",
        ),
    ],
)
def test_a_pack_that_is_not_there_is_named_with_the_nearest(name: str, text: str) -> None:
    with pytest.raises(PackError) as caught:
        load_policy(name)
    assert str(caught.value) == text


def test_only_true_and_false_are_booleans_so_norway_stays_a_text() -> None:
    assert load(change("jurisdictions: [CN]", "jurisdictions: [NO]")).jurisdictions == ("NO",)


@pytest.mark.parametrize(
    ("written", "exact"),
    [("12.50", Fraction(25, 2)), ("0.1", Fraction(1, 10)), ("5/6", Fraction(5, 6)), ("30%", Fraction(3, 10))],
)
def test_numbers_are_exact(written: str, exact: Fraction) -> None:
    kind = "cm" if "." in written else "share"
    share = f"  half:\n    kind: {kind}\n    title: {{zh: 半, en: half}}\n    values: [{{from: beginning, value: {written}, cite: [S1]}}]\nrules:\n"
    policy = load(change("rules:\n", share).replace("version: 1.0.0", "version: 1.0.0\ncomplete: false"))
    assert policy.parameters["half"].values[0].value == exact


@pytest.mark.slow
@pytest.mark.parametrize("name", pack_names())
def test_a_dumped_policy_loads_as_an_equal_one(name: str) -> None:
    policy = load_policy(name)
    Path(f"{name}-dump.yaml").write_text(dump_policy(policy), encoding="utf-8")
    again = load_policy(f"{name}-dump.yaml")
    assert again == policy
    assert again.digest == policy.digest


def test_the_order_of_rules_and_their_files_decides_nothing() -> None:
    policy = load(PACK)
    data = yaml.safe_load(PACK.replace("1.0.0", "'1.0.0'"))
    rules = data.pop("rules")
    folder = Path("apart/tiny")
    folder.mkdir(parents=True)
    folder.joinpath("pack.yaml").write_text(
        yaml.safe_dump(dict(reversed(data.items())), sort_keys=False, allow_unicode=True)
    )
    for at, rule in enumerate(rules):
        one = {"chapter": data["chapter"], "rules": [dict(reversed(rule.items()))]}
        folder.joinpath(f"{9 - at}.yaml").write_text(yaml.safe_dump(one, sort_keys=False, allow_unicode=True))
    again = load_policy(folder)
    assert again.digest == policy.digest
    assert again == policy


@pytest.mark.parametrize("old", ["value: 3", "en: a stain is refunded", "outcome: decline", "cite: [S2]"])
def test_what_can_change_a_decision_or_its_words_changes_the_digest(old: str) -> None:
    new = {"value: 3": "value: 4", "outcome: decline": "outcome: manual_review", "cite: [S2]": "cite: [S1]"}
    assert load(PACK).digest != load(change(old, new.get(old, "en: stains are refunded"))).digest


def test_comments_and_layout_do_not_change_the_digest() -> None:
    assert load(PACK).digest == load("# a note\n" + PACK.replace("cite: [S1]\n", "cite:\n      - S1\n")).digest


def test_the_shipped_packs_are_named_by_their_folders() -> None:
    assert pack_names() == sorted(path.parent.name for path in shipped_packs().glob("*/pack.yaml"))


CODE = (
    "__import__('os').system('touch pwned')", "open('pwned', 'w')", "().__class__", "lambda: 1", "claim.__class__",
    "claim.paid if 1 else 0", "claim.paid; 1", "f[0]", "`touch pwned`", "${HOME}", "1e9 * claim.paid", "exec",
)  # fmt: skip


@pytest.mark.parametrize("formula", CODE)
def test_a_formula_never_runs_code(formula: str) -> None:
    (line,) = complaints(change("goods: claim.paid", f"goods: {json.dumps(formula)}"))
    assert line.startswith("tiny/pack.yaml:26: ")
    assert not Path("pwned").exists()


@pytest.mark.parametrize(
    "text", ["{__import__('os')}", "{claim.paid.__class__}", "{0}", "{}", "{claim.paid!r}", "{claim.paid:>9}"]
)
def test_braces_in_a_text_hold_names_alone(text: str) -> None:
    (line,) = complaints(change("en: a stain is refunded", f"en: {json.dumps(text)}"))
    assert line.startswith(f"tiny/pack.yaml:18: `{text}` is not a fact, parameter or definition")


@pytest.mark.parametrize(
    "text", ["a {{claim.paid}} brace", "100%s %(a)s", "one { brace", "one } brace", "$x \\N{DASH} '''"]
)
def test_other_signs_in_a_text_are_only_signs(text: str) -> None:
    if "N{" in text:
        text = text.replace("{DASH}", "")
    policy = load(change("en: a stain is refunded", f"en: {json.dumps(text)}"))
    assert policy.rule["TINY-1"].because.en == text


@pytest.mark.parametrize("word", ["__import__('os').system('touch pwned')", "x' or True or '", 'quote"\\'])
def test_a_value_of_a_packs_own_fact_is_only_a_word(word: str) -> None:
    own = f"facts:\n  facts.colour: {{kind: enum, values: [{json.dumps(word)}, red], default: red}}\nrules:\n"
    text = change("rules:\n", own).replace(STAIN, f"{{claim.reason: stain, facts.colour: {json.dumps(word)}}}")
    assert load(text).facts[0].values == (word, "red")
    assert not Path("pwned").exists()
