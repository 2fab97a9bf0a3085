"""Simulated exams: a made-up shift, and students who speak the protocol like the real client."""
