"""What a policy is: typed, frozen data with one exact meaning, and how packs of YAML files become one.

`loading` reads packs, `schema` describes their files to editors. May import: errors, io, expr, money, case.
"""
