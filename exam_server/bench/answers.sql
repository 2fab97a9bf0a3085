-- name: create_lone
-- Where lone commits go.
CREATE TABLE bench_lone (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload bytea NOT NULL)

-- name: insert_lone
-- One durable commit.
INSERT INTO bench_lone (payload) VALUES ($1)

-- name: count_journal
-- How many answers the journal holds.
SELECT count(*)::int FROM journal

-- name: vacuum
-- So that housekeeping after the set-up does not fall into the measurement.
VACUUM ANALYZE
