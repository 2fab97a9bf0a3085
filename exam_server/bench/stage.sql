-- name: create_lone
-- Where lone commits go.
CREATE TABLE bench_lone (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload bytea NOT NULL)

-- name: vacuum
-- So that housekeeping after the set-up does not fall into the measurement.
VACUUM ANALYZE

-- name: update_bell
-- When the bell is to ring.
UPDATE shift SET opens_at = $2 WHERE id = $1

-- name: select_journal_counts
-- How many events each sitting's journal holds.
SELECT sitting_id, count(*)::int AS events FROM journal GROUP BY sitting_id
