"""A policy written out for the people who work by it, as one page or as Markdown.

`document.render_policy` is the way in.
"""
