-- name: insert_schools
-- Schools, so many.
INSERT INTO school (name) SELECT 'Trường ' || place FROM generate_series(1, $1::int) AS place

-- name: insert_classes
-- Classes, so many, spread over the schools.
INSERT INTO class (school_id, name)
SELECT school.id, '12A' || nth
FROM generate_series(1, $1::int) AS nth
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS count FROM school) AS school
    ON school.place = 1 + nth % school.count

-- name: update_candidates
-- Every candidate into a class, and half of them girls.
UPDATE candidate SET class_id = class.id, gender = CASE WHEN candidate.id % 2 = 0 THEN 'female' ELSE 'male' END
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS count FROM class) AS class
WHERE class.place = 1 + candidate.id % class.count

-- name: create_replies
-- What is answered to each item, by code.
CREATE TABLE bench_reply (place int, code int, item bigint, response text, PRIMARY KEY (place, code))

-- name: insert_replies
-- All of them.
INSERT INTO bench_reply SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[], $4::text[])

-- name: insert_journals
-- The journals of some sittings, whose codes stand one after the other: each item is visited, then answered; then the
-- script is handed in. The chain is of the payload alone: nobody verifies it here.
INSERT INTO journal (sitting_id, seq, fence, received_at, payload, chain)
SELECT sitting_id, seq, 1, $4, convert_to(payload, 'UTF8'), sha256(convert_to(payload, 'UTF8'))
FROM (
    SELECT given.sitting_id, 2 * code.place - 1 + act AS seq,
        CASE act
            WHEN 0 THEN format('{"type":"visit","seq":%s,"item":%s,"at_ms":%s}',
                2 * code.place - 1, reply.item, $5::bigint + 60000 * code.place)
            ELSE format('{"type":"answer","seq":%s,"item":%s,"response":%s,"at_ms":%s}',
                2 * code.place, reply.item, reply.response, $5::bigint + 60000 * code.place + 40000)
        END AS payload
    FROM unnest($1::bigint[]) WITH ORDINALITY AS given (sitting_id, nth)
    CROSS JOIN LATERAL unnest(($2::int[])[(given.nth - 1) * $3 + 1 : given.nth * $3]) WITH ORDINALITY AS code (code, place)
    JOIN bench_reply AS reply ON reply.place = code.place AND reply.code = code.code
    CROSS JOIN (VALUES (0), (1)) AS acts (act)
    UNION ALL
    SELECT sitting_id, 2 * $3 + 1, format('{"type":"submit","seq":%s,"at_ms":%s}', 2 * $3 + 1, $5::bigint + 60000 * ($3 + 1))
    FROM unnest($1::bigint[]) AS given (sitting_id)
) AS event

-- name: hand_in
-- Everybody has handed in, and the shift is over.
UPDATE sitting SET state = 'submitted', fence = 1, tab_fence = 1, started_at = $2, ended_at = $3, ended_by = 'candidate'
WHERE shift_id = $1

-- name: end_shift
-- The bell and the end.
UPDATE shift SET started_at = $2, closes_at = $3 WHERE id = $1

-- name: vacuum
-- As housekeeping leaves it.
VACUUM ANALYZE
