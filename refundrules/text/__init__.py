"""The library's words in both languages, sentences made of them, and documents as data with four ways to write them.

Nothing here knows how a decision is made. May import: errors, io, expr, money, case, policy.
"""
