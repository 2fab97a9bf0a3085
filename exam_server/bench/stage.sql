-- name: create_lone
-- Where lone commits go.
CREATE TABLE bench_lone (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload bytea NOT NULL)

-- name: vacuum
-- So that housekeeping after the set-up does not fall into the measurement.
VACUUM ANALYZE

-- name: update_bell
-- When the bell is to ring.
UPDATE shift SET opens_at = $2 WHERE id = $1
