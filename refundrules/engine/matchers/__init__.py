"""From a claim's facts to the rules that may hold: by durable-rules where it runs, by compiled Python everywhere.

Both give the same candidates for every policy and case; only `durable` knows durable-rules.
"""
