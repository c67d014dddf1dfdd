"""The command line: related commands share a file, each loads what it needs when it is called.

May import: everything.
"""
