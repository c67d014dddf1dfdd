"""What a policy decides of past cases, what another would decide otherwise, and made-up histories to try it on.

`backtest.backtest` is the way in. May import: errors, io, expr, money, case, policy, text, engine, rendering, explain.
"""
