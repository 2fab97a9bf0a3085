-- name: insert_bank
-- A bank for made-up items.
INSERT INTO bank (name) VALUES ($1) RETURNING id

-- name: insert_source
-- The file they would have come from.
INSERT INTO source (bank_id, name, title, sha256, imported_at) VALUES ($1, $2, $2, $3, $4) RETURNING id

-- name: insert_item
-- One item.
INSERT INTO item (source_id, number, position, part, kind, content, plain, search)
VALUES ($1, $2, $2, $3, $4, $5, '', '') RETURNING id

-- name: insert_key
-- Its key.
INSERT INTO item_key (item_id, key) VALUES ($1, $2)

-- name: insert_exam
-- An exam.
INSERT INTO exam (title, subject, minutes, created_at) VALUES ($1, $2, $3, $4) RETURNING id

-- name: insert_part
-- A part of its paper.
INSERT INTO exam_part (exam_id, position, label, instruction) VALUES ($1, $2, $3, '')

-- name: insert_exam_item
-- An item in its paper.
INSERT INTO exam_item (exam_id, item_id, part, position, ladder) VALUES ($1, $2, $3, $4, $5)

-- name: insert_form
-- The compiled paper.
INSERT INTO form (exam_id, sha256, blob, wrapped_key, compiled_at) VALUES ($1, $2, $3, $4, $5) RETURNING id

-- name: insert_shift
-- A shift.
INSERT INTO shift (exam_id, form_id, name, room, opens_at, closes_at, late_minutes, admission)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id

-- name: insert_candidates
-- Candidates by the hundred.
INSERT INTO candidate (name) SELECT * FROM unnest($1::text[]) RETURNING id

-- name: insert_sittings
-- Their sittings.
INSERT INTO sitting (shift_id, candidate_id, number, seat, pin_hmac, seed)
SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::bigint[]) RETURNING id

-- name: insert_staff
-- An invigilator who cannot log in.
INSERT INTO staff (username, name, role, password_hash) VALUES ($1, $2, 'invigilator', '') RETURNING id

-- name: insert_invigilation
-- Who watches the shift.
INSERT INTO invigilation (staff_id, shift_id) VALUES ($1, $2)
