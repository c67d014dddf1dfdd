"""How a decision is made: the policy compiled, rules matched and resolved, open cases completed, the trace told.

`engine.Engine` is the way in. May import: errors, display, io, expr, money, case, policy, text.
"""
