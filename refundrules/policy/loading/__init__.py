"""From the files of packs to one policy: every name, type and unit checked, every problem with its file and line.

`loader.load_policy` is the way in.
"""
