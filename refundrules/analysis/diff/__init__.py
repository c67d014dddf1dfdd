"""What an edit of a policy does to decisions, or the proof that it does nothing.

`diff.diff_policies` is the way in.
"""
