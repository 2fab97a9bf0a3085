-- name: insert_notice
-- Stores an invigilator's message to one candidate, or with no sitting to all of the shift.
INSERT INTO notice (shift_id, sitting_id, staff_id, text, at) VALUES ($1, $2, $3, $4, $5) RETURNING id

-- name: select_notice
-- One message.
SELECT id, shift_id, sitting_id, text, at FROM notice WHERE id = $1

-- name: select_notices
-- The messages to each of some candidates, oldest first.
SELECT sitting.id AS told, notice.id, notice.shift_id, notice.sitting_id, notice.text, notice.at
FROM sitting
JOIN notice ON notice.shift_id = sitting.shift_id AND (notice.sitting_id IS NULL OR notice.sitting_id = sitting.id)
WHERE sitting.id = ANY($1::bigint[])
ORDER BY notice.id
