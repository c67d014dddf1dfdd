"""Proofs over every case there can be: what a policy never does, and what an edit of it changes.

`check` looks at one policy, `diff` at two. May import: errors, io, expr, money, case, policy, text, engine, rendering, explain.
"""
