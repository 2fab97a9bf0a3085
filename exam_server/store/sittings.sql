-- name: lock_sittings
-- Locks sittings in one order, so that two takers cannot wait for each other.
SELECT id FROM sitting WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE

-- name: lock_shift_sittings
-- Locks every sitting of a shift.
SELECT id FROM sitting WHERE shift_id = $1 ORDER BY id FOR UPDATE

-- name: lock_due_sittings
-- Locks sittings that should have ended: the worker's and nobody's, later anyone's; leaves those that another is ending.
SELECT id FROM sitting
WHERE state IN ('running', 'paused') AND ends_at < $1 AND (holder IS NULL OR holder = $2 OR ends_at < $3)
ORDER BY id
LIMIT $4
FOR UPDATE SKIP LOCKED

-- name: select_sittings
-- Sittings with their shift's terms, the last of their log, and why they were paused or ended.
SELECT sitting.id, sitting.shift_id, sitting.seed, sitting.login_version, sitting.fence, sitting.tab_fence,
    sitting.holder, sitting.former,
    sitting.state, sitting.started_at, sitting.paused_at, sitting.paused_ms, sitting.extra_ms,
    sitting.ended_at, sitting.ended_by,
    shift.form_id, shift.opens_at, shift.closes_at, shift.started_at AS bell_at, shift.late_minutes, shift.admission,
    exam.minutes, coalesce(last.n, 0) AS last_n, last.chain AS last_chain, state_event.reason AS state_reason
FROM sitting
JOIN shift ON shift.id = sitting.shift_id
JOIN exam ON exam.id = shift.exam_id
LEFT JOIN LATERAL (
    SELECT n, chain FROM sitting_event WHERE sitting_event.sitting_id = sitting.id ORDER BY n DESC LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT reason FROM sitting_event
    WHERE sitting_event.sitting_id = sitting.id AND sitting_event.kind = sitting.state
        AND sitting.state NOT IN ('registered', 'admitted', 'waiting', 'running')
    ORDER BY n DESC LIMIT 1
) AS state_event ON true
WHERE sitting.id = ANY($1::bigint[])
ORDER BY sitting.id

-- name: select_cards
-- Who sits what, where.
SELECT sitting.id, sitting.number, candidate.name, exam.title AS exam, exam.subject, shift.name AS shift, shift.room,
    sitting.seat
FROM sitting
JOIN candidate ON candidate.id = sitting.candidate_id
JOIN shift ON shift.id = sitting.shift_id
JOIN exam ON exam.id = shift.exam_id
WHERE sitting.id = ANY($1::bigint[])

-- name: select_form
-- An encrypted form.
SELECT sha256, blob, wrapped_key FROM form WHERE id = $1

-- name: update_sittings
-- Writes the state and times that events led to.
UPDATE sitting
SET state = new.state, started_at = new.started_at, paused_at = new.paused_at, paused_ms = new.paused_ms,
    extra_ms = new.extra_ms, ends_at = new.ends_at, ended_at = new.ended_at, ended_by = new.ended_by
FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::bigint[],
    $7::timestamptz[], $8::timestamptz[], $9::text[])
    AS new (id, state, started_at, paused_at, paused_ms, extra_ms, ends_at, ended_at, ended_by)
WHERE sitting.id = new.id

-- name: insert_sitting_events
-- Adds to the sittings' logs.
INSERT INTO sitting_event (sitting_id, n, at, kind, actor, reason, detail, chain)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::bytea[])

-- name: update_fences
-- Gives sittings to new connections of a worker, remembering the other workers whose appends may still be on their way.
UPDATE sitting
SET fence = new.fence, tab_fence = new.tab_fence, holder = $4,
    former = CASE
        WHEN holder IS NULL OR holder = $4 OR holder = ANY(former) THEN former
        ELSE former || holder
    END
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS new (id, fence, tab_fence)
WHERE sitting.id = new.id

-- name: forget_former
-- Forgets workers whose appends have been waited for, unless another connection has come since.
UPDATE sitting SET former = '{}'
FROM unnest($1::bigint[], $2::bigint[]) AS known (id, fence)
WHERE sitting.id = known.id AND sitting.fence = known.fence

-- name: update_pin
-- Replaces a candidate's PIN and ends the sessions that the old one opened.
UPDATE sitting SET pin_hmac = $2, login_version = login_version + 1 WHERE id = $1

-- name: select_number
-- A sitting's candidate number.
SELECT number FROM sitting WHERE id = $1

-- name: lock_due_shifts
-- Locks shifts whose bell is due, leaving those that another worker is opening.
SELECT id FROM shift WHERE started_at IS NULL AND opens_at <= $1 AND closes_at > $1 FOR UPDATE SKIP LOCKED

-- name: lock_optional_shift
-- Locks a shift and tells whether its bell has rung.
SELECT id, started_at, closes_at FROM shift WHERE id = $1 FOR UPDATE

-- name: update_shift_bell
-- Notes when the bells rang.
UPDATE shift SET started_at = $2 WHERE id = ANY($1::bigint[])

-- name: update_shift_end
-- Closes a shift before its time.
UPDATE shift SET closes_at = $2 WHERE id = $1 AND closes_at > $2

-- name: lock_waiting
-- Locks all who wait for the bells of some shifts.
SELECT id FROM sitting WHERE shift_id = ANY($1::bigint[]) AND state = 'waiting' ORDER BY id FOR UPDATE

-- name: start_waiting
-- Starts sittings that wait and are locked: locked before, for a statement that waits for a lock sees the log as it was
-- when it began. With a line in each one's log; who that is. $5: core.chain.happened.
WITH started AS (
    UPDATE sitting
    SET state = 'running', started_at = $2::timestamptz, ends_at = least(
        $2::timestamptz + (exam.minutes * 60000 + sitting.extra_ms + sitting.paused_ms) * interval '1 millisecond', shift.closes_at
    )
    FROM shift JOIN exam ON exam.id = shift.exam_id
    WHERE sitting.id = ANY($1::bigint[]) AND shift.id = sitting.shift_id
    RETURNING sitting.id
)
INSERT INTO sitting_event (sitting_id, n, at, kind, actor, reason, chain)
SELECT started.id, last.n + 1, $2::timestamptz, 'started', $3::text, $4::text,
    sha256(last.chain || int8send(started.id) || int8send((last.n + 1)::bigint) || $5::bytea)
FROM started LEFT JOIN LATERAL (
    SELECT n, chain FROM sitting_event WHERE sitting_event.sitting_id = started.id ORDER BY n DESC LIMIT 1
) AS last ON true
RETURNING sitting_id

-- name: select_waiting
-- Sittings of a shift whose candidates wait for the bell.
SELECT id FROM sitting WHERE shift_id = $1 AND state = 'waiting'

-- name: select_optional_next_bell
-- When the next bell is due.
SELECT min(opens_at) FROM shift WHERE started_at IS NULL AND closes_at > $1

-- name: notify
-- Tells every worker at the commit.
SELECT pg_notify('khaothi', $1)
