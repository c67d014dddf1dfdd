"""What comes in, and what follows from it: the models of a case, and the table of facts that rules may read.

Nothing here knows a rule. May import: errors, io, expr, money.
"""
