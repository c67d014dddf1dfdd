"""Why, why not, what if, and what to ask next: questions that people have about one decision.

Each is a function of a decision or a case. May import: errors, io, expr, money, case, policy, text, engine, rendering.
"""
