"""What is wrong with a policy, in every case there can be: each finding with a case that shows it.

`check.check_policy` is the way in.
"""
