-- name: select_terms
-- What a shift sets for its sittings, and the length of its paper.
SELECT shift.opens_at, shift.closes_at, shift.started_at AS bell_at, exam.minutes * 60000 AS limit_ms,
    shift.late_minutes * 60000 AS late_ms, shift.admission = 'automatic' AS automatic,
    (SELECT count(*) FROM exam_item WHERE exam_item.exam_id = exam.id) AS items
FROM shift JOIN exam ON exam.id = shift.exam_id
WHERE shift.id = $1

-- name: select_seats
-- Every sitting of a shift with its presence, its clock and what went wrong.
SELECT sitting.id AS sitting, sitting.number, candidate.name, sitting.seat, sitting.state,
    coalesce(presence.connected, false) AS connected, presence.seen_at, worker.id IS NOT NULL AS attended,
    coalesce(presence.answered, 0) AS answered, coalesce(presence.flagged, 0) AS flagged,
    coalesce(presence.unsaved, 0) AS unsaved, coalesce(presence.received_form, false) AS received_form,
    coalesce(logged.takeovers, 0) AS takeovers, coalesce(logged.incidents, 0) AS incidents,
    sitting.started_at, sitting.paused_at, sitting.paused_ms, sitting.extra_ms
FROM sitting
JOIN candidate ON candidate.id = sitting.candidate_id
LEFT JOIN presence ON presence.sitting_id = sitting.id
LEFT JOIN worker ON worker.id = presence.worker AND worker.heard_at > clock_timestamp() - interval '5 seconds'
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE kind = 'taken_over') AS takeovers,
        count(*) FILTER (WHERE kind = 'incident') AS incidents
    FROM sitting_event WHERE sitting_event.sitting_id = sitting.id
) AS logged ON true
WHERE sitting.shift_id = $1
ORDER BY sitting.number

-- name: select_log
-- What happened to the sittings of a shift, newest first; members of staff by name.
SELECT sitting_event.at, sitting_event.kind, coalesce(staff.name, sitting_event.actor) AS actor, sitting.number,
    candidate.name, sitting_event.detail, sitting_event.reason
FROM sitting_event
JOIN sitting ON sitting.id = sitting_event.sitting_id
JOIN candidate ON candidate.id = sitting.candidate_id
LEFT JOIN staff ON 'staff:' || staff.username = sitting_event.actor
WHERE sitting.shift_id = $1
ORDER BY sitting_event.at DESC, sitting.number, sitting_event.n DESC
LIMIT $2
