-- name: insert_exam
-- A new exam; nothing when the title is taken.
INSERT INTO exam (title, subject, minutes, release, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (title) DO NOTHING
RETURNING id

-- name: insert_exam_part
-- A part of a paper.
INSERT INTO exam_part (exam_id, position, label, instruction) VALUES ($1, $2, $3, $4)

-- name: insert_exam_item
-- An item of a paper, with its ladder.
INSERT INTO exam_item (exam_id, item_id, part, position, ladder) VALUES ($1, $2, $3, $4, $5)

-- name: select_exams
-- Every exam with its counts; for a teacher ($1) those that a class of theirs sits.
SELECT exam.id, exam.title, exam.subject, exam.minutes, exam.release,
    (SELECT count(*) FROM exam_item WHERE exam_item.exam_id = exam.id) AS items,
    count(DISTINCT shift.id) AS shifts,
    count(sitting.id) AS candidates
FROM exam
LEFT JOIN shift ON shift.exam_id = exam.id
LEFT JOIN (sitting JOIN candidate ON candidate.id = sitting.candidate_id)
    ON sitting.shift_id = shift.id
    AND ($1::bigint IS NULL OR candidate.class_id IN (SELECT class_id FROM teaching WHERE staff_id = $1))
WHERE NOT exam.rehearsal
GROUP BY exam.id
HAVING $1::bigint IS NULL OR count(sitting.id) > 0
ORDER BY exam.id DESC

-- name: select_optional_exam
-- An exam.
SELECT id, title, subject, minutes, release FROM exam WHERE id = $1 AND NOT rehearsal

-- name: select_questions
-- A paper in order, with keys and ladders.
SELECT item.id,
    row_number() OVER (PARTITION BY exam_item.part ORDER BY exam_item.position) AS number,
    exam_part.label AS part, exam_part.instruction, item.content, item_key.key, exam_item.ladder,
    item.passage_id AS passage
FROM exam_item
JOIN exam_part ON exam_part.exam_id = exam_item.exam_id AND exam_part.position = exam_item.part
JOIN item ON item.id = exam_item.item_id
JOIN item_key ON item_key.item_id = item.id
WHERE exam_item.exam_id = $1
ORDER BY exam_item.position

-- name: select_form_passages
-- The passages of a paper's items.
SELECT id, body FROM passage
WHERE id IN (
    SELECT item.passage_id FROM exam_item JOIN item ON item.id = exam_item.item_id WHERE exam_item.exam_id = $1
)
ORDER BY id

-- name: select_assets
-- Pictures by hash.
SELECT sha256, media_type, data FROM asset WHERE sha256 = ANY ($1::text[]) ORDER BY sha256

-- name: next_form_id
-- A fresh form id.
SELECT nextval(pg_get_serial_sequence('form', 'id'))

-- name: insert_form
-- An encrypted form under an id taken before.
INSERT INTO form (id, exam_id, sha256, blob, wrapped_key, compiled_at) OVERRIDING SYSTEM VALUE
VALUES ($1, $2, $3, $4, $5, $6)

-- name: select_optional_wrapped_key
-- The wrapped key of the newest form.
SELECT wrapped_key FROM form ORDER BY id DESC LIMIT 1

-- name: select_optional_form_blob
-- An encrypted form.
SELECT blob FROM form WHERE sha256 = $1

-- name: insert_shift
-- A new shift; nothing when the exam has one of this name in this room.
INSERT INTO shift (exam_id, form_id, name, room, opens_at, closes_at, late_minutes, admission)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (exam_id, name, room) DO NOTHING
RETURNING id

-- name: select_shifts
-- Shifts with counts by state: of exam $1, shift $2, invigilator $3; null means any.
SELECT shift.id, shift.exam_id, exam.title AS exam, exam.subject, shift.name, shift.room, shift.opens_at,
    shift.closes_at, shift.started_at, exam.minutes,
    coalesce(counts.candidates, 0)::int AS candidates, coalesce(counts.states, '{}') AS states
FROM shift
JOIN exam ON exam.id = shift.exam_id
LEFT JOIN LATERAL (
    SELECT sum(each.count) AS candidates, jsonb_object_agg(each.state, each.count)::text AS states
    FROM (SELECT state, count(*) FROM sitting WHERE shift_id = shift.id GROUP BY state) AS each
) AS counts ON true
WHERE NOT exam.rehearsal AND ($1::bigint IS NULL OR shift.exam_id = $1)
    AND ($2::bigint IS NULL OR shift.id = $2)
    AND ($3::bigint IS NULL OR EXISTS (
        SELECT FROM invigilation WHERE invigilation.shift_id = shift.id AND invigilation.staff_id = $3
    ))
ORDER BY shift.opens_at, shift.id
