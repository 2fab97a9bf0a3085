-- name: lock_schema
-- One migrating process at a time, until its transaction ends.
SELECT pg_advisory_xact_lock(7246019813604401)

-- name: create_schema_version
-- The list of applied steps.
CREATE TABLE IF NOT EXISTS schema_version (
    version int PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)

-- name: select_version
-- The last applied step, 0 for an empty database.
SELECT coalesce(max(version), 0) FROM schema_version

-- name: insert_version
-- One more applied step.
INSERT INTO schema_version (version, name) VALUES ($1, $2)

-- name: drop_public
-- Everything goes.
DROP SCHEMA public CASCADE

-- name: create_public
-- An empty place again.
CREATE SCHEMA public
