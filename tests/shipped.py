"""The shipped shop, loaded once for every test that decides by it: it never changes."""

from __future__ import annotations

from functools import cache

from refundrules import Decision, Engine, Policy, load_policy
from refundrules.testing.files import PackTest
from refundrules.testing.runner import read_pack_tests


@cache
def policy() -> Policy:
    """Return the shop's policy."""
    return load_policy("cn-apparel-shop")


@cache
def engine() -> Engine:
    """Return an engine for it that needs no durable-rules."""
    return Engine(policy(), matcher="compiled")


@cache
def decided_tests() -> tuple[tuple[PackTest, Decision], ...]:
    """Return every test of the shop, with what is decided of it."""
    return tuple((test, engine().decide(test.given)) for test in read_pack_tests("cn-apparel-shop", policy()))
