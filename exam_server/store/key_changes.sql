-- name: insert_key_change
-- A proposed correction.
INSERT INTO key_change (exam_id, item_id, old_key, new_key, reason, proposed_by, proposed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id

-- name: select_key_changes
-- Corrections with their items, newest first: of exam $1, or $2 alone; null means any.
SELECT key_change.id, key_change.exam_id, exam.title AS exam, key_change.item_id AS item, key_change.old_key,
    key_change.new_key, key_change.reason, key_change.state, key_change.replaces, key_change.proposed_by,
    proposer.name AS proposed_name, key_change.proposed_at, decider.name AS decided_name, key_change.decided_at
FROM key_change
JOIN exam ON exam.id = key_change.exam_id
JOIN staff AS proposer ON proposer.id = key_change.proposed_by
LEFT JOIN staff AS decider ON decider.id = key_change.decided_by
WHERE ($1::bigint IS NULL OR key_change.exam_id = $1) AND ($2::bigint IS NULL OR key_change.id = $2)
ORDER BY key_change.id DESC

-- name: select_live_keys
-- The keys that count in an exam instead of the items' own.
SELECT item_id AS item, new_key AS key FROM key_change WHERE exam_id = $1 AND state = 'live' ORDER BY item_id

-- name: select_optional_live_id
-- The live correction of an item in an exam.
SELECT id FROM key_change WHERE exam_id = $1 AND item_id = $2 AND state = 'live'

-- name: update_decided
-- What was decided, by whom and why.
UPDATE key_change SET state = $2, decided_by = $3, decided_at = $4, decision = $5 WHERE id = $1

-- name: update_confirmed
-- A second person has it made live; it replaces the one that was.
UPDATE key_change
SET state = $2, confirmed_by = $3, decided_by = $3, decided_at = $4, decision = $5, replaces = $6
WHERE id = $1

-- name: update_state
-- Another state.
UPDATE key_change SET state = $2 WHERE id = $1
