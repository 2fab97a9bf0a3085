-- name: select_desks
-- Who sat where, of the scripts of an exam that are in; of one shift ($2) unless that is nothing.
SELECT sitting.id AS sitting, sitting.number, candidate.name, shift.name || ', ' || shift.room AS room, sitting.seat
FROM sitting
JOIN shift ON shift.id = sitting.shift_id
JOIN candidate ON candidate.id = sitting.candidate_id
WHERE shift.exam_id = $1 AND ($2::bigint IS NULL OR shift.id = $2) AND sitting.state IN ('submitted', 'closed')
ORDER BY sitting.id
