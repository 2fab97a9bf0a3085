-- name: select_pupils
-- The candidates of a run by Vietnamese name with who they are: all or a teacher's ($2), of all classes or one ($3), all
-- or one sitting ($4).
SELECT run_score.sitting_id AS sitting, run_score.number, run_score.name, school.name AS school, run_score.class_name,
    candidate.pupil_code, candidate.birth_date, run_score.state, run_score.score, run_score.raw_score, run_score.parts,
    run_score.theta, run_score.theta_se, run_score.low, run_score.high, run_score.sanction
FROM run_score
JOIN sitting ON sitting.id = run_score.sitting_id
JOIN candidate ON candidate.id = sitting.candidate_id
LEFT JOIN class ON class.id = run_score.class_id
LEFT JOIN school ON school.id = class.school_id
WHERE run_score.run_id = $1
    AND ($2::bigint IS NULL OR run_score.class_id IN (SELECT class_id FROM teaching WHERE staff_id = $2))
    AND ($3::bigint IS NULL OR run_score.class_id = $3)
    AND ($4::bigint IS NULL OR run_score.sitting_id = $4)
ORDER BY run_score.place

-- name: select_export_head
-- What a run's exports are of: exam, subject and the moment of its first shift.
SELECT exam.title AS exam, exam.subject, scoring_run.number AS run, staff.name AS signed_by,
    (SELECT min(coalesce(shift.started_at, shift.opens_at)) FROM shift WHERE shift.exam_id = exam.id) AS first_shift
FROM scoring_run
JOIN exam ON exam.id = scoring_run.exam_id
LEFT JOIN staff ON staff.id = scoring_run.signed_by AND scoring_run.state = 'signed'
WHERE scoring_run.id = $1
