-- name: insert_rehearsal
-- A room test that waits for its player.
INSERT INTO rehearsal (room, code_sha256, made_by, made_at, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING id

-- name: select_rehearsals
-- The latest room tests, newest first.
SELECT id, room, made_at, expires_at, played_at, report FROM rehearsal ORDER BY id DESC LIMIT 200

-- name: lock_optional_unplayed
-- The room test of a code that still counts.
SELECT id, room, exam_id, 0 AS students FROM rehearsal
WHERE code_sha256 = $1 AND played_at IS NULL AND expires_at > $2
FOR UPDATE

-- name: lock_optional_played
-- The room test that is being played with a token.
SELECT rehearsal.id, rehearsal.room, rehearsal.exam_id,
    (SELECT count(*) FROM sitting JOIN shift ON shift.id = sitting.shift_id WHERE shift.exam_id = rehearsal.exam_id)
        AS students
FROM rehearsal
WHERE token_sha256 = $1 AND exam_id IS NOT NULL
FOR UPDATE

-- name: select_exam_is_near
-- Whether somebody sits a real exam at $1, or a shift with candidates opens before $2.
SELECT EXISTS (
    SELECT FROM shift JOIN exam ON exam.id = shift.exam_id
    WHERE NOT exam.rehearsal AND shift.closes_at > $1 AND EXISTS (
        SELECT FROM sitting
        WHERE sitting.shift_id = shift.id AND (
            sitting.state IN ('waiting', 'running', 'paused')
            OR (shift.started_at IS NULL AND shift.opens_at < $2)
        )
    )
)

-- name: insert_world
-- A made-up exam with its form and its shift; nothing of it is in any list.
WITH new_exam AS (
    INSERT INTO exam (title, subject, minutes, created_at, rehearsal)
    VALUES ($1::text, $1::text, $3::int, $9::timestamptz, true)
    RETURNING id
), new_form AS (
    INSERT INTO form (id, exam_id, sha256, blob, wrapped_key, compiled_at) OVERRIDING SYSTEM VALUE
    SELECT $5::bigint, new_exam.id, $6::text, $7::bytea, $8::bytea, $9 FROM new_exam
    RETURNING id
)
INSERT INTO shift (exam_id, form_id, name, room, opens_at, closes_at, late_minutes, admission)
SELECT new_exam.id, new_form.id, $1, $2::text, $4::timestamptz, $4::timestamptz + ($3::int + 5) * interval '1 minute', 5,
    'automatic'
FROM new_exam, new_form
RETURNING exam_id AS exam, id AS shift

-- name: insert_candidates
-- Made-up people; ids in the order of the names.
INSERT INTO candidate (name) SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS new (name, place) ORDER BY place
RETURNING id

-- name: insert_sittings
-- A sitting for each of them.
INSERT INTO sitting (shift_id, candidate_id, number, seat, pin_hmac, seed)
SELECT $1, candidate, number, seat, pin_hmac, seed
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::bigint[])
    AS new (candidate, number, seat, pin_hmac, seed)
RETURNING id, number

-- name: update_played
-- The code was used.
UPDATE rehearsal SET exam_id = $2, token_sha256 = $3, played_at = $4 WHERE id = $1

-- name: update_report
-- The verdict.
UPDATE rehearsal SET report = $2 WHERE id = $1

-- name: select_proofs
-- What each journal of an exam was chained from, but the payloads.
SELECT sitting.id AS sitting, sitting.seed,
    coalesce(array_agg(journal.seq ORDER BY journal.seq) FILTER (WHERE journal.seq IS NOT NULL), '{}') AS seqs,
    coalesce(array_agg(journal.fence ORDER BY journal.seq) FILTER (WHERE journal.seq IS NOT NULL), '{}') AS fences,
    coalesce(
        array_agg((extract(epoch FROM journal.received_at) * 1000000)::bigint ORDER BY journal.seq)
            FILTER (WHERE journal.seq IS NOT NULL),
        '{}'
    ) AS received_us
FROM sitting
JOIN shift ON shift.id = sitting.shift_id
LEFT JOIN journal ON journal.sitting_id = sitting.id
WHERE shift.exam_id = $1
GROUP BY sitting.id
ORDER BY sitting.id

-- name: select_abandoned
-- Made-up exams played before an instant that are still there.
SELECT exam_id FROM rehearsal WHERE exam_id IS NOT NULL AND played_at < $1 FOR UPDATE SKIP LOCKED

-- name: delete_journal
-- The answers.
DELETE FROM journal WHERE sitting_id IN (
    SELECT sitting.id FROM sitting JOIN shift ON shift.id = sitting.shift_id WHERE shift.exam_id = $1
)

-- name: delete_events
-- What happened to the sittings.
DELETE FROM sitting_event WHERE sitting_id IN (
    SELECT sitting.id FROM sitting JOIN shift ON shift.id = sitting.shift_id WHERE shift.exam_id = $1
)

-- name: delete_evidence
-- What did not count.
DELETE FROM evidence WHERE sitting_id IN (
    SELECT sitting.id FROM sitting JOIN shift ON shift.id = sitting.shift_id WHERE shift.exam_id = $1
)

-- name: delete_presence
-- Where the tabs were.
DELETE FROM presence WHERE sitting_id IN (
    SELECT sitting.id FROM sitting JOIN shift ON shift.id = sitting.shift_id WHERE shift.exam_id = $1
)

-- name: delete_notices
-- Messages.
DELETE FROM notice USING shift WHERE shift.id = notice.shift_id AND shift.exam_id = $1

-- name: delete_sittings
-- The sittings with their people, who sit nothing else.
WITH gone AS (
    DELETE FROM sitting USING shift WHERE shift.id = sitting.shift_id AND shift.exam_id = $1
    RETURNING sitting.candidate_id
)
DELETE FROM candidate USING gone WHERE candidate.id = gone.candidate_id

-- name: delete_shifts
-- The shift, and whoever was to watch it.
WITH watched AS (
    DELETE FROM invigilation USING shift WHERE shift.id = invigilation.shift_id AND shift.exam_id = $1
)
DELETE FROM shift WHERE exam_id = $1

-- name: delete_forms
-- The form.
DELETE FROM form WHERE exam_id = $1

-- name: forget_exam
-- The room test lasts, its exam does not.
UPDATE rehearsal SET exam_id = NULL WHERE exam_id = $1

-- name: delete_exam
-- The exam.
DELETE FROM exam WHERE id = $1 AND rehearsal
