-- name: insert_notice
-- Stores an invigilator's message to one candidate, or with no sitting to all of the shift.
INSERT INTO notice (shift_id, sitting_id, staff_id, text, at) VALUES ($1, $2, $3, $4, $5) RETURNING id

-- name: select_notice
-- One message.
SELECT id, shift_id, sitting_id, text, at FROM notice WHERE id = $1

-- name: select_notices
-- The messages to one candidate, oldest first.
SELECT id, shift_id, sitting_id, text, at FROM notice
WHERE sitting_id = $1 OR (sitting_id IS NULL AND shift_id = $2)
ORDER BY id
