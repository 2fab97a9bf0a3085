-- name: upsert_presence
-- Tells where some candidates' tabs are; an older connection never overwrites a newer one's.
INSERT INTO presence AS known (sitting_id, worker, connected, seen_at, answered, flagged, unsaved, item, received_form)
SELECT new.sitting_id, new.worker, new.connected, new.seen_at, new.answered, new.flagged, new.unsaved, new.item,
    new.received_form
FROM unnest($1::bigint[], $2::int[], $3::bool[], $4::timestamptz[], $5::int[], $6::int[], $7::int[], $8::bigint[],
    $9::bool[], $10::bigint[])
    AS new (sitting_id, worker, connected, seen_at, answered, flagged, unsaved, item, received_form, fence)
JOIN sitting ON sitting.id = new.sitting_id AND sitting.fence = new.fence
ON CONFLICT (sitting_id) DO UPDATE
SET worker = excluded.worker, connected = excluded.connected, seen_at = excluded.seen_at,
    answered = excluded.answered, flagged = excluded.flagged, unsaved = excluded.unsaved, item = excluded.item,
    received_form = excluded.received_form
