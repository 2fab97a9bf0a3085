-- name: insert_item_use
-- An administration of an item, as a signed run found it.
INSERT INTO item_use (
    item_id, run_id, n, difficulty, difficulty_se, discrimination, model, a, a_se, b, b_se, c, c_se, parameters
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (item_id, run_id) DO NOTHING

-- name: select_history
-- The signed administrations of an item, newest first: when the exam was sat, by the first bell or else as planned.
SELECT item_use.run_id AS run, exam.title AS exam, coalesce(sat.began, sat.planned, scoring_run.signed_at) AS at,
    item_use.n, item_use.difficulty, item_use.difficulty_se, item_use.discrimination, item_use.model, item_use.a, item_use.a_se,
    item_use.b, item_use.b_se, item_use.c
FROM item_use
JOIN scoring_run ON scoring_run.id = item_use.run_id AND scoring_run.state = 'signed'
JOIN exam ON exam.id = scoring_run.exam_id
CROSS JOIN LATERAL (
    SELECT min(started_at) AS began, min(opens_at) AS planned FROM shift WHERE shift.exam_id = exam.id
) AS sat
WHERE item_use.item_id = $1
ORDER BY at DESC, item_use.run_id DESC

-- name: select_latest_uses
-- The latest signed administration of each item of a paper that has one.
SELECT DISTINCT ON (item_use.item_id) item_use.item_id AS item, item_use.difficulty, item_use.parameters
FROM exam_item
JOIN item_use ON item_use.item_id = exam_item.item_id
JOIN scoring_run ON scoring_run.id = item_use.run_id AND scoring_run.state = 'signed'
WHERE exam_item.exam_id = $1
ORDER BY item_use.item_id, scoring_run.signed_at DESC, item_use.run_id DESC
