-- name: append
-- Inserts events whose fence holds, all or none.
SELECT journal_append($1, $2, $3, $4, $5, $6, $7)

-- name: settle
-- Inserts what is missing of doubtful events and tells each one's fate, by place.
SELECT fate FROM journal_settle($1, $2, $3, $4, $5, $6, $7) ORDER BY place

-- name: await_holders
-- Waits until every append that some workers have begun is over.
SELECT pg_advisory_xact_lock(journal_lock_class(), worker) FROM unnest($1::int[]) AS worker

-- name: prove
-- Makes this transaction's commit wait for the standby although it changes no row.
SELECT pg_logical_emit_message(true, 'retry', '')

-- name: select_journal
-- A sitting's events, in order.
SELECT seq, fence, received_at, payload, chain FROM journal WHERE sitting_id = $1 ORDER BY seq

-- name: select_works
-- The messages of some sittings in order, and the end of their chains.
SELECT wanted.id, work.payloads, last.seq, last.chain
FROM unnest($1::bigint[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT array_agg(payload ORDER BY seq) AS payloads FROM journal WHERE journal.sitting_id = wanted.id
) AS work
CROSS JOIN LATERAL (
    SELECT seq, chain FROM journal WHERE journal.sitting_id = wanted.id ORDER BY seq DESC LIMIT 1
) AS last

-- name: select_optional_payload
-- One event's message as received.
SELECT payload FROM journal WHERE sitting_id = $1 AND seq = $2

-- name: select_payloads
-- The messages of some sittings, in order, for projections.
SELECT sitting_id, payload FROM journal WHERE sitting_id = ANY($1::bigint[]) ORDER BY sitting_id, seq

-- name: insert_evidence
-- Keeps what was sent but does not count, up to $5 in all of one sitting.
INSERT INTO evidence (sitting_id, at, why, payload)
SELECT $1, $2, $3, unnest($4::bytea[])
LIMIT greatest(0, $5 - (SELECT count(*) FROM evidence WHERE sitting_id = $1))

-- name: select_worker_id
-- A number that no other process of this database has had.
SELECT nextval('worker_id')::int
