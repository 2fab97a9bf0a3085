-- name: upsert_worker
-- Stores what a worker says of itself now; the five seconds in which it says so.
INSERT INTO worker AS known (id, host, pid, figures, families) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE
SET heard_at = clock_timestamp(), figures = excluded.figures, families = excluded.families
RETURNING floor(extract(epoch FROM known.heard_at) / 5)::bigint AS slot

-- name: insert_history
-- Keeps what a worker did in five seconds.
INSERT INTO worker_history (slot, worker, host, figures) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING

-- name: delete_history_before
-- Forgets the past of every worker.
DELETE FROM worker_history WHERE slot < $1

-- name: delete_workers_silent
-- Forgets the workers that have said nothing for so many seconds.
DELETE FROM worker WHERE heard_at < clock_timestamp() - $1 * interval '1 second'

-- name: delete_worker
-- Forgets a worker that ends as it should.
DELETE FROM worker WHERE id = $1

-- name: select_workers
-- Every worker as last heard.
SELECT id AS worker, host, pid, started_at, figures,
    greatest(0, extract(epoch FROM clock_timestamp() - heard_at))::float8 AS heard_s,
    greatest(0, extract(epoch FROM clock_timestamp() - started_at))::float8 AS started_s
FROM worker
ORDER BY host, id

-- name: select_families
-- The metrics of the workers of a machine that were heard within so many seconds.
SELECT id, families FROM worker
WHERE host = $1 AND heard_at >= clock_timestamp() - $2 * interval '1 second'
ORDER BY id

-- name: select_history
-- What the workers did after a slot, oldest first.
SELECT slot, worker, host, figures FROM worker_history WHERE slot > $1 ORDER BY slot, worker

-- name: select_slot
-- The five seconds that it is now.
SELECT floor(extract(epoch FROM clock_timestamp()) / 5)::bigint AS slot

-- name: select_place
-- Where the database is, as far as this role may know: its directory, and its address unless it is a Unix socket.
SELECT (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS directory,
    host(inet_server_addr()) AS address

-- name: select_database_bytes
-- What the database takes on its disk.
SELECT pg_database_size(current_database()) AS size

-- name: select_reserving
-- How many candidates have shifts that run or begin before $2, and when the last of these is over.
SELECT count(sitting.id) AS candidates, max(shift.closes_at) AS ends_at
FROM shift JOIN sitting ON sitting.shift_id = shift.id
WHERE shift.closes_at > $1 AND shift.opens_at <= $2

-- name: select_shift_load
-- What a shift asks of the server now.
SELECT count(*) FILTER (WHERE presence.connected AND (worker.id IS NOT NULL OR presence.seen_at > $2)) AS connected,
    coalesce(sum(presence.unsaved), 0)::int AS unsaved, coalesce(sum(presence.answered), 0)::int AS answered
FROM sitting
JOIN presence ON presence.sitting_id = sitting.id
LEFT JOIN worker ON worker.id = presence.worker AND worker.heard_at > clock_timestamp() - interval '5 seconds'
WHERE sitting.shift_id = $1
