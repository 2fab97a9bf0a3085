-- name: lock_optional_shift
-- Hold a shift until the transaction ends.
SELECT id, admission, started_at IS NOT NULL AS started FROM shift WHERE id = $1 FOR NO KEY UPDATE

-- name: select_optional_shift
-- A shift, for looking only.
SELECT id, admission, started_at IS NOT NULL AS started FROM shift WHERE id = $1

-- name: ensure_school
-- The school of this name, made when there is none.
INSERT INTO school (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id

-- name: select_optional_first_school
-- The school that was made first.
SELECT id FROM school ORDER BY id LIMIT 1

-- name: ensure_class
-- The class of this name in the school, made when there is none.
INSERT INTO class (school_id, name) VALUES ($1, $2)
ON CONFLICT (school_id, name) DO UPDATE SET name = excluded.name
RETURNING id

-- name: select_optional_class
-- The class of this name; of the school that was made first, where several have one.
SELECT id FROM class WHERE name = $1 ORDER BY school_id LIMIT 1

-- name: ensure_candidate
-- The candidate with this pupil code, brought up to date, or a new one.
INSERT INTO candidate (name, birth_date, gender, pupil_code, class_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (pupil_code) DO UPDATE SET
    name = excluded.name,
    birth_date = coalesce(excluded.birth_date, candidate.birth_date),
    gender = coalesce(excluded.gender, candidate.gender),
    class_id = coalesce(excluded.class_id, candidate.class_id)
RETURNING id

-- name: insert_sitting
-- A place on the roster.
INSERT INTO sitting (shift_id, candidate_id, number, seat, pin_hmac, seed)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id

-- name: select_taken_numbers
-- Which of the candidate numbers the shift has already.
SELECT number FROM sitting WHERE shift_id = $1 AND number = ANY ($2::text[])

-- name: select_taken_codes
-- Which of the pupil codes the shift has already.
SELECT candidate.pupil_code
FROM sitting JOIN candidate ON candidate.id = sitting.candidate_id
WHERE sitting.shift_id = $1 AND candidate.pupil_code = ANY ($2::text[])

-- name: select_candidates
-- A shift's candidates.
SELECT sitting.id AS sitting, sitting.number, candidate.name, class.name AS class_name,
    to_char(candidate.birth_date, 'YYYY-MM-DD') AS birth_date,
    sitting.seat, sitting.state
FROM sitting
JOIN candidate ON candidate.id = sitting.candidate_id
LEFT JOIN class ON class.id = candidate.class_id
WHERE sitting.shift_id = $1
ORDER BY sitting.number
