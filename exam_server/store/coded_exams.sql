-- name: select_candidates
-- Everyone of an exam, by sitting.
SELECT sitting.id AS sitting, sitting.number, candidate.name, candidate.class_id, class.name AS class_name,
    class.school_id, school.name AS school_name, candidate.gender, sitting.state
FROM sitting
JOIN shift ON shift.id = sitting.shift_id
JOIN candidate ON candidate.id = sitting.candidate_id
LEFT JOIN class ON class.id = candidate.class_id
LEFT JOIN school ON school.id = class.school_id
WHERE shift.exam_id = $1
ORDER BY sitting.id

-- name: select_people
-- Some of them.
SELECT sitting.id AS sitting, sitting.number, candidate.name, class.name AS class_name
FROM sitting
JOIN candidate ON candidate.id = sitting.candidate_id
LEFT JOIN class ON class.id = candidate.class_id
WHERE sitting.id = ANY ($1::bigint[])

-- name: select_journals
-- The messages of some sittings in order, each sitting's as one JSON array; sittings without any are left out.
SELECT sitting_id, '['::bytea || string_agg(payload, ','::bytea ORDER BY seq) || ']'::bytea AS journal
FROM journal
WHERE sitting_id = ANY ($1::bigint[])
GROUP BY sitting_id

-- name: select_scripts_sha256
-- Of the ids of the sittings whose scripts are in: a script that is in does not change any more.
SELECT encode(sha256(coalesce(string_agg(int8send(sitting.id), ''::bytea ORDER BY sitting.id), ''::bytea)), 'hex')
FROM sitting JOIN shift ON shift.id = sitting.shift_id
WHERE shift.exam_id = $1 AND sitting.state IN ('submitted', 'closed')

-- name: select_script_count
-- How many scripts are in.
SELECT count(*)
FROM sitting JOIN shift ON shift.id = sitting.shift_id
WHERE shift.exam_id = $1 AND sitting.state IN ('submitted', 'closed')

-- name: upsert_coded_exam
-- Keep an exam's responses as numbers.
INSERT INTO coded_exam (exam_id, scripts_sha256, coded) VALUES ($1, $2, $3)
ON CONFLICT (exam_id) DO UPDATE SET scripts_sha256 = excluded.scripts_sha256, coded = excluded.coded

-- name: select_optional_coded_exam
-- An exam's responses as numbers, when they are of these scripts.
SELECT coded FROM coded_exam WHERE exam_id = $1 AND scripts_sha256 = $2
