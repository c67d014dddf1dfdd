"""The closed language of packs: conditions in three-valued truth, and formulas that are exact and have units.

Parsed and checked at load, walked by everybody who reads a rule. May import: errors, io.
"""
