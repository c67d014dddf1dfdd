"""Decisions and policies for people to read: text, Markdown, cards, pages and pictures.

`forms.render` is the way in. May import: errors, io, expr, money, case, policy, text, engine.
"""
