"""JSON Schemas of what people write: packs and cases.

An editor that knows them completes and checks while one types.
"""
