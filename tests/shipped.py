"""The shipped shop, loaded once for every test that decides by it: it never changes."""

from __future__ import annotations

from functools import cache

from refundrules import Engine, Policy, load_policy


@cache
def policy() -> Policy:
    """Return the shop's policy."""
    return load_policy("cn-apparel-shop")


@cache
def engine() -> Engine:
    """Return an engine for it that needs no durable-rules."""
    return Engine(policy(), matcher="compiled")
