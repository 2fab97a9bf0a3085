"""Tells before the day whether this machine holds so many students."""
