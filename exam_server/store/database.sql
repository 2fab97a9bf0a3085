-- name: set_by_key
-- No table is read from end to end for the rest of the transaction where an index will do.
SET LOCAL enable_seqscan = off
