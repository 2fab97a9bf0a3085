-- name: scan_journal
-- How many events there are, every payload looked at.
SELECT count(*) FILTER (WHERE length(payload) > 0) FROM journal
