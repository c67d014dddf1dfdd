"""The tests of a pack: run, measured by coverage, challenged by mutants, and suggested where they are missing.

Not the tests of this library. May import: errors, io, expr, money, case, policy, text, engine, rendering, explain, analysis.
"""
