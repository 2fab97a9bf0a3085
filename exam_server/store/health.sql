-- name: select_alive
-- Any answer will do.
SELECT 1
