"""Plays the room test from a lab PC that has the program; the browser's page does the same."""
