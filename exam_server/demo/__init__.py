"""A school to look at: one paper, one class, one shift, and classmates who sit it."""
