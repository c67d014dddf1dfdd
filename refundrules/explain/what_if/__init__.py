"""The smallest changes of a case that alter its decision: counterfactual explanations.

`what_if.what_if` is the way in.
"""
