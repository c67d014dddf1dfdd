"""What to ask next of a case that is not complete, so that few questions are enough.

`next_question.next_question` is the way in.
"""
