"""What codes, facts and values are called, sentences made of that, and documents as data with four ways to write them.

Nothing here knows how a decision is made. May import: errors, io, expr, money, case, policy.
"""
