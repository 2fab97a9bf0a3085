"""Load tests: locust users that are whole students.

A second implementation of the candidate's side. It shares nothing with the server but
``exam_server/protocol/schema.json``, so that a mistake made on both sides shows.
"""
