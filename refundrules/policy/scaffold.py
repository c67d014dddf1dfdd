"""The files of a new pack: small, complete and tested, to be changed into what a shop wants.

A pack of its own has one rule, one parameter, one guarantee and their tests; everything else goes to a person. A pack that
extends another changes one of its parameters, with a test that shows the change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from refundrules.errors import PackError, Problem, did_you_mean, listed
from refundrules.money.currency import is_currency
from refundrules.policy.loading.loader import load_policy, pack_names
from refundrules.policy.loading.sections import are_jurisdictions
from refundrules.policy.model import Policy

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_HOLE = re.compile(r"@(\w+)@")
_ZONES = {
    "AU": "Australia/Sydney", "CA": "America/Toronto", "CN": "Asia/Shanghai", "DE": "Europe/Berlin",
    "ES": "Europe/Madrid", "FR": "Europe/Paris", "GB": "Europe/London", "HK": "Asia/Hong_Kong", "IT": "Europe/Rome",
    "JP": "Asia/Tokyo", "KR": "Asia/Seoul", "NL": "Europe/Amsterdam", "SG": "Asia/Singapore", "TW": "Asia/Taipei",
    "US": "America/New_York",
}  # fmt: skip
"""Where most of a country's people live; a shop elsewhere changes the line."""


class _Change(NamedTuple):
    """A parameter that an extending pack may change, and the rest of its files."""

    parameter: str
    value: str
    kind: str
    files: Mapping[str, str]


_HEAD = """\
# @about@
pack: @name@
version: 0.1.0
title: {zh: @name@ 的售后规则, en: After-sales rules of @name@}
"""
_OWN_HEAD = """\
jurisdictions: [@jurisdiction@]
currency: @currency@
time_zone: @zone@
language: @language@
complete: true
sources:
  PROMISE: {title: {zh: 本店的退货承诺, en: The shop's promise on returns}}
"""
_OWN_RULES = """\
chapter: {zh: 退货, en: Returns}
# @parameters@
parameters:
  return_days:
    kind: days
    title: {zh: 退货期, en: return window}
    better: higher
    values:
      - {from: beginning, value: 14, cite: [PROMISE], verified: false}
# @definitions@
definitions:
  plain_return:
    title: {zh: 退货期内改变主意的退货, en: a change of mind within the return window}
    when:
      order.status: [delivered, completed]
      claim.reason: [does_not_fit, changed_mind]
      claim.requested: return_and_refund
      order.days_since_delivery: {at_most: return_days}
# @guarantees@
guarantees:
  - id: PROMISE-RETURN
    cite: [PROMISE]
    when: {plain_return: true}
    must: {not_declined: true, refund_at_least: claim.paid}
    because:
      zh: 签收后 {return_days}内改变主意的，可以退货，退还货款
      en: within {return_days} of delivery a buyer may change their mind and gets back what was paid
# @rules@
rules:
  - id: RETURN-001
    cite: [PROMISE]
    when: {plain_return: true}
    then:
      issue_class: non_quality
      fault: none
      outcome: approve
      resolution: return_and_refund
      return_required: true
      freight: {return: buyer}
      parts: {goods: claim.paid}
    because:
      zh: 签收后 {order.days_since_delivery}，在 {return_days}的退货期内，退还货款 {claim.paid}
      en: it is {order.days_since_delivery} since delivery, within the {return_days} of the return window, so {claim.paid} goes back
  - id: PERSON-001
    cite: [PROMISE]
    when: {plain_return: false}
    then: {outcome: manual_review}
    because:
      zh: 没有规则处理这种情况，由人工决定
      en: no rule deals with this yet, so a person decides
"""
_OWN_TESTS = """\
# @tests@
defaults:
  decided_at: 2026-06-15T12:00:00+08:00
  order:
    id: O1
    jurisdiction: @jurisdiction@
    status: delivered
    placed_at: 2026-06-01T09:00:00+08:00
    delivered_at: 2026-06-05T15:00:00+08:00
    lines: [{id: L1, category: apparel, unit_price: 100}]
tests:
  - id: changed-mind-on-the-last-day
    rules: [PROMISE, RETURN-001, PROMISE-RETURN]
    given:
      decided_at: 2026-06-19T12:00:00+08:00
      claims: [{reason: changed_mind, requested: return_and_refund}]
    expect:
      outcome: approve
      resolution: return_and_refund
      refund.total: 100
      freight.return.payer: buyer
  - id: changed-mind-a-day-too-late
    rules: [PROMISE, PERSON-001]
    given:
      decided_at: 2026-06-20T12:00:00+08:00
      claims: [{reason: changed_mind, requested: return_and_refund}]
    expect:
      outcome: manual_review
"""
_BASE_HEAD = """\
extends: [@extends@]
language: @language@
complete: @complete@
sources:
  OURS: {title: {zh: 本店自己的规定, en: The shop's own terms}}
"""
_CHANGED = """\
chapter: {zh: 本店的改动, en: What this shop changes}
# @changed@
parameters:
  @parameter@:
    values:
      - {from: beginning, value: @value@, cite: [OURS], verified: false}
"""
_SIZE_TESTS = """\
# @tests@
tests:
  - id: two-and-a-half-cm-off-is-a-quality-problem
    rules: [OURS]
    given:
      decided_at: 2026-06-10T12:00:00+08:00
      order:
        id: O1
        status: completed
        placed_at: 2026-06-01T09:00:00+08:00
        delivered_at: 2026-06-05T15:00:00+08:00
        completed_at: 2026-06-06T15:00:00+08:00
        lines: [{id: L1, category: apparel, unit_price: 100}]
      claims:
        - reason: size_deviation
          requested: return_and_refund
          measurements: [{attribute: chest, declared_cm: 100, actual_cm: 97.5}]
    expect:
      issue_class: quality
      fault: seller
"""
_RETURN_RULE = """\
# @rules@
rules:
  - id: OWN-RETURN-001
    cite: [OURS]
    when:
      order.status: [delivered, completed]
      claim.reason: [does_not_fit, changed_mind]
      claim.requested: return_and_refund
      returnable: true
    then:
      issue_class: non_quality
      fault: none
      outcome: approve
      resolution: return_and_refund
      return_required: true
      parts: {goods: claim.paid}
    because:
      zh: 签收后 {no_reason_days}内、商品完好，退还货款 {claim.paid}
      en: within {no_reason_days} of delivery and intact, so {claim.paid} goes back
"""
_RETURN_TESTS = """\
# @tests@
tests:
  - id: changed-mind-on-the-last-day
    rules: [OURS, OWN-RETURN-001]
    given:
      decided_at: 2026-06-15T12:00:00+08:00
      order:
        id: O1
        status: delivered
        placed_at: 2026-06-01T09:00:00+08:00
        delivered_at: 2026-06-05T15:00:00+08:00
        lines: [{id: L1, category: apparel, unit_price: 100}]
      claims:
        - reason: changed_mind
          requested: return_and_refund
          goods: {labels_intact: true, soiled: false, resalable: true}
    expect:
      outcome: approve
      resolution: return_and_refund
      refund.total: 100
"""
_CHANGES = (
    _Change("size_tolerance", "2", "cm", {"changes.yaml": _CHANGED, "tests/changes.yaml": _SIZE_TESTS}),
    _Change(
        "no_reason_days", "10", "days", {"changes.yaml": _CHANGED + _RETURN_RULE, "tests/changes.yaml": _RETURN_TESTS}
    ),
)
"""The first whose parameter the extended policy has, and whose completeness fits, is taken."""
_COMMENTS = {
    "zh": {
        "about": "这套规则是什么、在哪里适用；字段说明见 docs/pack-format.md",
        "parameters": "店铺可能改的数值放在这里；guarantees 读到的参数要写明对买家怎样更好",
        "definitions": "给一组条件起个名字，规则里写名字即可",
        "guarantees": "任何决定都不得低于的承诺；会低于时由人工决定",
        "rules": "每条规则：何时成立、得出什么、为什么；规则之间没有先后",
        "tests": "每个测试：一个案件，以及它的决定必须怎样",
        "changed": "只写改了的参数；标题、种类等沿用被扩展的规则",
    },
    "en": {
        "about": "what these rules are and where they hold; docs/pack-format.md explains every word",
        "parameters": "numbers the shop may change; one that a guarantee reads says what is better for the buyer",
        "definitions": "a name for several conditions; rules go by the name",
        "guarantees": "promises no decision falls below; where one would, a person decides",
        "rules": "each rule says when it holds, what follows, and why; rules have no order",
        "tests": "each test is a case and what its decision must be",
        "changed": "only what changes; title, kind and the rest stay as the extended pack has them",
    },
}


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
        **_COMMENTS[language],
        "name": name, "currency": currency, "jurisdiction": jurisdiction, "language": language, "extends": extends,
        "zone": _ZONES.get(jurisdiction.partition("-")[0], "UTC"),
    }  # fmt: skip
    files = _extending(load_policy(extends), holes) if extends else _own(holes)
    return tuple(_written(directory / path, text) for path, text in files.items())


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
    if language not in _COMMENTS:
        problems.append(
            Problem("--language", f"`{language}` is not a language of texts", f"one of {listed(list(_COMMENTS))}")
        )
    if extends and extends not in pack_names():
        remedy = did_you_mean(extends, pack_names(), f"one of {listed(pack_names())}")
        problems.append(Problem("--extends", f"there is no shipped pack `{extends}`", remedy))
    return problems


def _own(holes: Mapping[str, str]) -> dict[str, str]:
    files = {"pack.yaml": _HEAD + _OWN_HEAD, "returns.yaml": _OWN_RULES, "tests/returns.yaml": _OWN_TESTS}
    return {path: _filled(text, holes) for path, text in files.items()}


def _extending(policy: Policy, holes: Mapping[str, str]) -> dict[str, str]:
    change = next((change for change in _CHANGES if change.parameter in policy.parameters), None)
    if change is None:
        wanted = listed([change.parameter for change in _CHANGES])
        what = f"`{policy.id}` has no parameter that a new pack could change"
        raise PackError([Problem("--extends", what, f"one of {wanted}; write the pack by hand")])
    more = {"parameter": change.parameter, "value": change.value, "complete": str(policy.complete).lower()}
    files = {"pack.yaml": _HEAD + _BASE_HEAD, **change.files}
    return {path: _filled(text, {**holes, **more}) for path, text in files.items()}


def _filled(text: str, holes: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda hole: holes[hole[1]], text)


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made anew or not at all: what another process has put there meanwhile stays as it is.
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path
