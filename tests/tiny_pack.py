"""A pack small enough to see at a glance, with its tests beside it, for tests of the tools."""

from __future__ import annotations

from pathlib import Path

PACK = """\
pack: tiny
version: 1.0.0
title: {zh: 小店, en: a tiny shop}
jurisdictions: [CN]
currency: CNY
time_zone: Asia/Shanghai
language: en
sources:
  S1: {title: {zh: 质量问题, en: Quality problems}}
  S2: {title: {zh: 不想要了, en: A change of mind}, instrument: house rules 2}
chapter: {zh: 全部, en: Everything}
parameters:
  tolerance:
    kind: cm
    title: {zh: 误差, en: tolerance}
    values: [{from: beginning, value: 3, cite: [S1], verified: false}]
rules:
  - id: TINY-1
    cite: [S1]
    when: {claim.reason: stain}
    then:
      issue_class: quality
      fault: seller
      outcome: approve
      resolution: refund_only
      parts: {goods: claim.paid}
      instructions: [ask_photo]
    because: {zh: 有污渍，退款, en: a stain is refunded}
  - id: TINY-2
    cite: [S2]
    when: {claim.reason: changed_mind}
    then: {issue_class: non_quality, fault: none, outcome: decline}
    because: {zh: 不支持, en: a change of mind is no reason here}
  - id: TINY-3
    cite: [S1]
    when: {claim.reason: size_deviation, claim.size_deviation_cm: {above: tolerance}}
    then: {issue_class: quality, fault: seller, outcome: approve, resolution: exchange}
    overrides: [TINY-4]
    because: {zh: 超差, en: it is off by more than the tolerance}
  - id: TINY-4
    cite: [S1]
    when: {claim.reason: size_deviation}
    then: {issue_class: non_quality, fault: none, outcome: decline}
    because: {zh: 正常, en: it is within tolerance}
instructions:
  ask_photo: {zh: 请买家拍照, en: ask for a photo}
"""

DEFAULTS = """\
defaults:
  decided_at: 2026-06-10T12:00:00+08:00
  order:
    id: O1
    status: delivered
    placed_at: 2026-06-01
    lines:
      - {id: L1, category: apparel, unit_price: 99.00, quantity: 2}
      - {id: L2, category: apparel, unit_price: 10.00}
"""

TESTS = (
    DEFAULTS
    + """\
tests:
  - id: stain-is-refunded
    rules: [S1, TINY-1]
    given: {claims: [{line: L1, reason: stain, quantity: 2}]}
    expect: {outcome: approve, refund.total: 198}
  - id: changed-mind-is-declined
    rules: [S2]
    given: {claims: [{line: L1, reason: changed_mind}]}
    expect: {outcome: decline}
  - id: too-small-is-exchanged
    rules: [TINY-3]
    given:
      claims:
        - line: L2
          reason: size_deviation
          measurements: [{attribute: chest, declared_cm: 100, actual_cm: 96}]
    expect: {$.claims.0.issue_class: quality}
  - id: small-deviation-is-declined
    rules: [TINY-4]
    given:
      claims:
        - line: L2
          reason: size_deviation
          measurements: [{attribute: chest, declared_cm: 100, actual_cm: 97}]
    expect: {outcome: decline}
"""
)

CASE = """\
id: {id}
decided_at: 2026-06-10T12:00:00+08:00
order:
  id: O1
  status: delivered
  lines:
    - {{id: L1, category: apparel, unit_price: 99.00}}
claims:
  - reason: {reason}
"""


def write_pack(folder: Path, tests: str = TESTS, pack: str = PACK) -> Path:
    """Write the pack and its tests, and return its folder."""
    place = folder / "tiny"
    (place / "tests").mkdir(parents=True)
    (place / "pack.yaml").write_text(pack, encoding="utf-8")
    (place / "tests" / "all.yaml").write_text(tests, encoding="utf-8")
    return place


def case_text(name: str = "C-1", reason: str = "stain") -> str:
    """Return a case of the pack as YAML."""
    return CASE.format(id=name, reason=reason)


BARE = DEFAULTS + TESTS[len(DEFAULTS) :].split("  - id: too-small")[0]
"""Tests of which only the first is left."""

REST = """\
  - id: REST
    cite: [S1]
    when: {claim.reason: {not: [stain, changed_mind, size_deviation]}}
    then: {issue_class: pricing, fault: none, outcome: decline}
    because: {zh: 其他, en: the rest}
  - id: FREIGHT
    cite: [S1]
    when: {resolution: exchange}
    then: {freight: {replacement: seller}}
    because: {zh: 换货运费, en: freight of an exchange}
instructions:
"""
WHOLE = PACK.replace("instructions:\n", REST)
"""The tiny pack, mended: every case has an answer."""
