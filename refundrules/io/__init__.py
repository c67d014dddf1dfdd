"""How files become data: strict YAML and JSON with a line for every value, and what pydantic refuses in our words.

It knows no policy and no case; what the library says is read here too (`catalog`). May import: errors.
"""
