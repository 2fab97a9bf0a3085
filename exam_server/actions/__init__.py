"""Load, decide, write event and state and audit in one transaction, reply. HTTP, socket and command line call
the same."""
