-- name: lock_optional_sitting
-- The sitting of a candidate number in an exam, held until the transaction ends; the latest where it was given twice.
SELECT sitting.id, sitting.number, candidate.name
FROM sitting
JOIN shift ON shift.id = sitting.shift_id
JOIN candidate ON candidate.id = sitting.candidate_id
WHERE shift.exam_id = $1 AND sitting.number = $2
ORDER BY sitting.id DESC
LIMIT 1
FOR NO KEY UPDATE OF sitting

-- name: insert_sanction
-- A sanction on a sitting that has none in force.
INSERT INTO sanction (sitting_id, kind, reason, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (sitting_id) WHERE revoked_at IS NULL DO NOTHING
RETURNING id

-- name: select_sanctions
-- Sanctions, newest first: of exam $1, or $2 alone; null means any.
SELECT sanction.id, shift.exam_id, sanction.sitting_id AS sitting, sitting.number, candidate.name, sanction.kind, sanction.reason,
    recorder.name AS recorded_by, sanction.recorded_at, revoker.name AS revoked_by, sanction.revoked_at
FROM sanction
JOIN sitting ON sitting.id = sanction.sitting_id
JOIN shift ON shift.id = sitting.shift_id
JOIN candidate ON candidate.id = sitting.candidate_id
JOIN staff AS recorder ON recorder.id = sanction.recorded_by
LEFT JOIN staff AS revoker ON revoker.id = sanction.revoked_by
WHERE ($1::bigint IS NULL OR shift.exam_id = $1) AND ($2::bigint IS NULL OR sanction.id = $2)
ORDER BY sanction.id DESC

-- name: select_in_force
-- The sanctions that count in an exam, by sitting.
SELECT sanction.sitting_id, sanction.kind
FROM sanction
JOIN sitting ON sitting.id = sanction.sitting_id
JOIN shift ON shift.id = sitting.shift_id
WHERE shift.exam_id = $1 AND sanction.revoked_at IS NULL
ORDER BY sanction.sitting_id

-- name: update_revoked
-- It counts no more; nothing when it did not before.
UPDATE sanction SET revoked_by = $2, revoked_at = $3, revocation = $4
WHERE id = $1 AND revoked_at IS NULL
RETURNING id
