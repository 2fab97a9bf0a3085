"""Evidence to look into: copied answers, rapid guessing, changed answers, jumps of a centre's scores.

Every number here says how surprising something is when nothing was wrong. None is a verdict: seats, minutes
and people decide.
"""
