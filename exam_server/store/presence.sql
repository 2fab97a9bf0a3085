-- name: upsert_presence
-- Tells where some candidates' tabs are; an older connection never overwrites a newer one's.
INSERT INTO presence AS known
    (sitting_id, worker, connected, seen_at, answered, flagged, unsaved, item, received_form, fence)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::bool[], $4::timestamptz[], $5::int[], $6::int[], $7::int[],
    $8::bigint[], $9::bool[], $10::bigint[])
ON CONFLICT (sitting_id) DO UPDATE
SET worker = excluded.worker, connected = excluded.connected, seen_at = excluded.seen_at,
    answered = excluded.answered, flagged = excluded.flagged, unsaved = excluded.unsaved, item = excluded.item,
    received_form = excluded.received_form, fence = excluded.fence
WHERE known.fence <= excluded.fence
