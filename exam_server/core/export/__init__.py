"""What leaves the system: tables, workbooks, everything of a run."""
