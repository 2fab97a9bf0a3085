-- name: select_sitting_ids
-- The sittings of a shift and their candidate numbers.
SELECT id, number FROM sitting WHERE shift_id = $1 ORDER BY id

-- name: select_links
-- The journals of some sittings, in order.
SELECT sitting_id, seq, fence, received_at, payload, chain FROM journal
WHERE sitting_id = ANY($1::bigint[]) ORDER BY sitting_id, seq
