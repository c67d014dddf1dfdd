"""The smallest changes of a case that alter its decision: counterfactual explanations (S. Wachter et al., 2017).

`what_if.what_if` is the way in.
"""
