-- name: lock_subject
-- One judgement at a time per subject, until the transaction ends.
SELECT pg_advisory_xact_lock(7246, hashtext($1))

-- name: select_attempts
-- How many attempts, and since when.
SELECT count(*) AS count, min(at) AS oldest_at FROM login_attempt WHERE subject = $1 AND at > $2

-- name: delete_old_attempts
-- Forget some attempts that no longer count, whoever's they were.
DELETE FROM login_attempt
WHERE ctid = ANY (
    ARRAY(SELECT ctid FROM login_attempt WHERE at <= $1 ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED)
)

-- name: insert_attempt
-- One more wrong attempt.
INSERT INTO login_attempt (subject, at) VALUES ($1, $2)

-- name: delete_attempts
-- Forget a subject's wrong attempts.
DELETE FROM login_attempt WHERE subject = $1

-- name: delete_attempts_of_sittings
-- Forget the wrong attempts on the candidates of some sittings, from every address.
DELETE FROM login_attempt USING sitting
WHERE sitting.id = ANY ($1::bigint[])
    AND (subject = 'candidate ' || sitting.number OR starts_with(subject, 'candidate ' || sitting.number || ' @ '))

-- name: select_logins
-- The sittings a candidate number may mean; unfinished ones first, then those that open nearest to now.
SELECT sitting.id, sitting.shift_id, sitting.number, sitting.pin_hmac, sitting.login_version
FROM sitting JOIN shift ON shift.id = sitting.shift_id
WHERE sitting.number = $1 AND shift.closes_at > $2 AND sitting.state <> 'voided'
ORDER BY sitting.state IN ('submitted', 'closed'), abs(extract(epoch FROM shift.opens_at - $3)), sitting.id
LIMIT 10

-- name: select_optional_candidate
-- Who sits this sitting, and which logins still count.
SELECT sitting.id AS sitting, sitting.number, candidate.name, exam.title AS exam, sitting.login_version
FROM sitting
JOIN candidate ON candidate.id = sitting.candidate_id
JOIN shift ON shift.id = sitting.shift_id
JOIN exam ON exam.id = shift.exam_id
WHERE sitting.id = $1
