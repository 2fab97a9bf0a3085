-- name: lock_optional_exam
-- Hold an exam until the transaction ends: its runs and key corrections change one after the other.
SELECT id, title, release FROM exam WHERE id = $1 AND NOT rehearsal FOR NO KEY UPDATE

-- name: select_has_unfinished
-- Whether a run of the exam waits or is being computed.
SELECT EXISTS (SELECT FROM scoring_run WHERE exam_id = $1 AND state IN ('queued', 'running'))

-- name: insert_run
-- A run that waits to be computed.
INSERT INTO scoring_run (exam_id, number, settings, link_to, requested_by, requested_at)
VALUES (
    $1, (SELECT coalesce(max(number), 0) + 1 FROM scoring_run WHERE exam_id = $1), $2, $3, $4, $5
)
RETURNING id

-- name: select_runs
-- Runs, newest first: of exam $1, run $2 alone, in state $3; null means any. fitted: the model and the link that came of it.
SELECT scoring_run.id, scoring_run.exam_id, exam.title AS exam, scoring_run.number, scoring_run.state, scoring_run.stage,
    scoring_run.progress, scoring_run.settings, scoring_run.link_to, scoring_run.key_changes, scoring_run.sanctions,
    scoring_run.n, scoring_run.requested_by, starter.name AS requested_name, scoring_run.requested_at,
    scoring_run.finished_at, scoring_run.error, scoring_run.applied_keys, scoring_run.inputs_sha256,
    scoring_run.part_labels, scoring_run.part_points, scoring_run.record_sha256, signer.name AS signed_name,
    scoring_run.signed_at, link_exam.title AS link_exam, fitted.model ->> 'model' AS fitted_model,
    coalesce(fitted.model ->> 'link', '') <> '' AS link_made, later.number AS later_signed
FROM scoring_run
JOIN exam ON exam.id = scoring_run.exam_id
LEFT JOIN scoring_run AS link_run ON link_run.id = scoring_run.link_to
LEFT JOIN exam AS link_exam ON link_exam.id = link_run.exam_id
LEFT JOIN scoring_run AS later ON later.exam_id = scoring_run.exam_id AND later.state = 'signed'
    AND later.number > scoring_run.number
CROSS JOIN LATERAL (
    SELECT convert_from(scoring_run.findings, 'UTF8')::json -> 'model' AS model
) AS fitted
JOIN staff AS starter ON starter.id = scoring_run.requested_by
LEFT JOIN staff AS signer ON signer.id = scoring_run.signed_by
WHERE ($1::bigint IS NULL OR scoring_run.exam_id = $1) AND ($2::bigint IS NULL OR scoring_run.id = $2)
    AND ($3::text IS NULL OR scoring_run.state = $3)
ORDER BY scoring_run.id DESC

-- name: lock_run_row
-- Hold a run until the transaction ends.
SELECT id FROM scoring_run WHERE id = $1 FOR UPDATE

-- name: select_linkable
-- Signed runs of other exams with items that this exam has too and that have a model there.
SELECT scoring_run.id, exam.title AS exam, count(*)::int AS shared
FROM exam_item
JOIN item_use ON item_use.item_id = exam_item.item_id AND item_use.parameters IS NOT NULL
JOIN scoring_run ON scoring_run.id = item_use.run_id AND scoring_run.state = 'signed' AND scoring_run.exam_id <> $1
JOIN exam ON exam.id = scoring_run.exam_id
WHERE exam_item.exam_id = $1
GROUP BY scoring_run.id, exam.title
ORDER BY scoring_run.id DESC

-- name: select_unfinished
-- How many candidates still sit or may.
SELECT count(*)
FROM (SELECT id FROM shift WHERE shift.exam_id = $1 AND shift_is_open(shift, $2)) AS open
JOIN sitting ON sitting.shift_id = open.id
WHERE sitting.state IN ('registered', 'admitted', 'waiting', 'running', 'paused')

-- name: select_claimables
-- Runs that nobody computes: they wait, or the process that had them is gone.
SELECT id FROM scoring_run
WHERE state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp())
ORDER BY id
LIMIT 10

-- name: lock_optional_claimable
-- Such a run, unless another process is just taking it.
SELECT id, exam_id, state, lease, settings, link_to FROM scoring_run
WHERE id = $1 AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
FOR UPDATE SKIP LOCKED

-- name: update_lease
-- The process that took it has it for some seconds.
UPDATE scoring_run SET state = $2, lease = lease + 1, lease_until = clock_timestamp() + $3 * interval '1 second'
WHERE id = $1
RETURNING lease

-- name: update_progress
-- How far it is; nothing when it was cancelled or another process has it.
UPDATE scoring_run
SET stage = $3, progress = $4, lease_until = clock_timestamp() + $5 * interval '1 second'
WHERE id = $1 AND lease = $2 AND state = 'running'
RETURNING id

-- name: lock_optional_leased
-- The run, if this process still has it.
SELECT state FROM scoring_run WHERE id = $1 AND lease = $2 AND state = 'running' FOR UPDATE

-- name: update_computed
-- The results of a run.
UPDATE scoring_run
SET state = $2, stage = 'step_done', progress = 1, finished_at = $3, n = $4, key_changes = $5, sanctions = $6,
    applied_keys = $7, inputs_sha256 = $8, part_labels = $9, part_points = $10, findings = $11, record = $12,
    record_sha256 = $13
WHERE id = $1

-- name: update_ended
-- It failed or was cancelled.
UPDATE scoring_run SET state = $2, finished_at = $3, error = $4 WHERE id = $1

-- name: update_state
-- Another state.
UPDATE scoring_run SET state = $2 WHERE id = $1

-- name: update_signed
-- Who signed it.
UPDATE scoring_run SET state = $2, signed_by = $3, signed_at = $4 WHERE id = $1

-- name: insert_item_findings
-- What a run found out about an item.
INSERT INTO run_item (run_id, item_id, position, findings) VALUES ($1, $2, $3, $4)

-- name: insert_class_findings
-- What a run found out about a class.
INSERT INTO run_class (run_id, class_id, findings) VALUES ($1, $2, $3)

-- name: select_findings
-- What a run found out about the test.
SELECT findings FROM scoring_run WHERE id = $1

-- name: select_item_findings
-- What it found out about its items, in the order of the paper.
SELECT findings FROM run_item WHERE run_id = $1 ORDER BY position

-- name: select_class_findings
-- What it found out about classes: all, or a teacher's ($2).
SELECT findings FROM run_class
WHERE run_id = $1 AND ($2::bigint IS NULL OR class_id IN (SELECT class_id FROM teaching WHERE staff_id = $2))
ORDER BY class_id

-- name: select_record
-- The record, compressed.
SELECT record FROM scoring_run WHERE id = $1

-- name: select_scores
-- A page of a run's candidates, a teacher's own ($2); $3 is sought without diacritics, $4 with; by $5. Only what orders
-- them is sorted: the rest of a row is read for the page alone.
SELECT run_score.sitting_id AS sitting, number, name, class_name, state, score, raw_score, parts, theta, theta_se, low, high,
    sanction
FROM (
    SELECT sitting_id, row_number() OVER () AS rank
    FROM (
        SELECT sitting_id
        FROM run_score
        WHERE run_id = $1 AND ($2::bigint IS NULL OR class_id IN (SELECT class_id FROM teaching WHERE staff_id = $2))
            AND ($3 = '' OR strpos(search, $3) > 0) AND ($4 = '' OR strpos(lower(name COLLATE pg_c_utf8), $4) > 0)
        ORDER BY
            CASE $5::text WHEN 'score' THEN -coalesce(score, -1)::float8 WHEN 'theta' THEN -coalesce(theta, '-infinity') END,
            CASE WHEN $5 = 'number' THEN number END COLLATE "C",
            place
        LIMIT $6 OFFSET $7
    ) AS sorted
) AS page
JOIN run_score ON run_score.run_id = $1 AND run_score.sitting_id = page.sitting_id
ORDER BY page.rank

-- name: select_scores_by_name
-- A page of a run's candidates, a teacher's own ($2); $3 is sought without diacritics, $4 with; by name.
SELECT sitting_id AS sitting, number, name, class_name, state, score, raw_score, parts, theta, theta_se, low, high, sanction
FROM run_score
WHERE run_id = $1 AND ($2::bigint IS NULL OR class_id IN (SELECT class_id FROM teaching WHERE staff_id = $2))
    AND ($3 = '' OR strpos(search, $3) > 0) AND ($4 = '' OR strpos(lower(name COLLATE pg_c_utf8), $4) > 0)
ORDER BY place
LIMIT $5 OFFSET $6

-- name: select_score_count
-- How many candidates the same search finds.
SELECT count(*)
FROM run_score
WHERE run_id = $1 AND ($2::bigint IS NULL OR class_id IN (SELECT class_id FROM teaching WHERE staff_id = $2))
    AND ($3 = '' OR strpos(search, $3) > 0) AND ($4 = '' OR strpos(lower(name COLLATE pg_c_utf8), $4) > 0)

-- name: select_own_count
-- How many of a teacher's pupils are in a run.
SELECT count(*)
FROM run_score WHERE run_id = $1 AND class_id IN (SELECT class_id FROM teaching WHERE staff_id = $2)

-- name: select_outcomes
-- What became of some sittings in a run; those that have a score.
SELECT sitting_id, sanction FROM run_score WHERE run_id = $1 AND sitting_id = ANY ($2::bigint[]) AND score IS NOT NULL
