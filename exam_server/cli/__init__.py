"""The command line ``khaothi``: one module per group of commands.
Each calls the actions that the pages call."""
