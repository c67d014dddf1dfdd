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
def tests() -> dict[str, PackTest]:
    """Return the shop's own tests by their ids."""
    return {test.id: test for test in read_pack_tests("cn-apparel-shop", policy())}


@cache
def decided_tests() -> tuple[tuple[PackTest, Decision], ...]:
    """Return every one of them, with what is decided of it."""
    return tuple((test, engine().decide(test.given)) for test in tests().values())
