"""How files become data: strict YAML and JSON with a line for every value, models of what they may hold.

What pydantic refuses is told in our words. The room knows no policy and no case; what the library says is read here too
(`catalog`). May import: errors.
"""
