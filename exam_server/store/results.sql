-- name: select_script_heads
-- Every sitting of an exam; for a teacher ($2) those of their classes' pupils.
SELECT sitting.id AS sitting, sitting.number, candidate.name, class.name AS class_name, sitting.state
FROM sitting
JOIN shift ON shift.id = sitting.shift_id
JOIN candidate ON candidate.id = sitting.candidate_id
LEFT JOIN class ON class.id = candidate.class_id
WHERE shift.exam_id = $1
    AND ($2::bigint IS NULL OR candidate.class_id IN (SELECT class_id FROM teaching WHERE staff_id = $2))
ORDER BY sitting.number, sitting.id

-- name: select_item_is_released
-- Whether a pupil of the teacher has handed in a paper with this item, and nobody may still sit one.
SELECT EXISTS (
    SELECT FROM exam_item
    JOIN shift ON shift.exam_id = exam_item.exam_id
    JOIN sitting ON sitting.shift_id = shift.id AND sitting.state IN ('submitted', 'closed')
    JOIN candidate ON candidate.id = sitting.candidate_id
    JOIN teaching ON teaching.class_id = candidate.class_id
    WHERE exam_item.item_id = $1 AND teaching.staff_id = $2
) AND NOT EXISTS (
    SELECT FROM exam_item
    JOIN shift ON shift.exam_id = exam_item.exam_id
    WHERE exam_item.item_id = $1 AND shift_is_open(shift, $3)
)

-- name: select_unreleased_items
-- The items of an exam that are on a paper, its own or another exam's, that somebody may still sit.
SELECT DISTINCT exam_item.item_id
FROM exam_item
JOIN exam_item AS used ON used.item_id = exam_item.item_id
JOIN shift ON shift.exam_id = used.exam_id
WHERE exam_item.exam_id = $1 AND shift_is_open(shift, $2)
