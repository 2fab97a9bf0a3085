"""``khaothi load``: a whole shift played by the students of ``loadtests``, watched, checked and reported.

The students run as processes of their own; nothing of theirs is imported here.
"""
