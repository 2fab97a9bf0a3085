-- name: insert_staff
-- A new member; nothing when the username is taken.
INSERT INTO staff (username, name, role, password_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (username) DO NOTHING
RETURNING id

-- name: update_password
-- A new password; every session of the member ends.
WITH changed AS (
    UPDATE staff SET password_hash = $2 WHERE username = $1 RETURNING id
)
DELETE FROM staff_session USING changed WHERE staff_id = changed.id

-- name: select_optional_credentials
-- The active member with this username.
SELECT id, username, name, role, password_hash FROM staff WHERE username = $1 AND active

-- name: delete_expired_sessions
-- Forget sessions that are over.
DELETE FROM staff_session WHERE expires_at <= $1

-- name: insert_session
-- Open a session.
INSERT INTO staff_session (token_sha256, staff_id, expires_at) VALUES ($1, $2, $3)

-- name: select_optional_session
-- Whose session this is, if it is open and the member active.
SELECT staff.id, staff.username, staff.name, staff.role
FROM staff_session JOIN staff ON staff.id = staff_session.staff_id
WHERE token_sha256 = $1 AND expires_at > $2 AND active

-- name: delete_session
-- Close a session.
DELETE FROM staff_session WHERE token_sha256 = $1

-- name: insert_invigilation
-- A shift becomes one of the member's.
INSERT INTO invigilation (staff_id, shift_id) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: insert_teaching
-- A class becomes one of the member's.
INSERT INTO teaching (staff_id, class_id) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: select_invigilates
-- Whether the shift is one of the member's.
SELECT EXISTS (SELECT FROM invigilation WHERE staff_id = $1 AND shift_id = $2)
