-- name: create_raw
-- A table like the journal.
CREATE TABLE bench_journal (LIKE journal INCLUDING ALL)

-- name: insert_raw
-- A batch of made-up events.
INSERT INTO bench_journal (sitting_id, seq, fence, received_at, payload, chain)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::timestamptz[], $5::bytea[], $6::bytea[])

-- name: drop_raw
-- The table again.
DROP TABLE bench_journal
