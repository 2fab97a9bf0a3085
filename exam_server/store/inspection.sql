-- name: select_settings
-- What decides whether a commit is durable, and how many connections there may be.
SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('max_connections')::int AS max_connections, pg_is_in_recovery() AS replica

-- name: select_has_forms
-- Whether the program's tables are there already.
SELECT to_regclass('form') IS NOT NULL

-- name: emit_message
-- Something durable that leaves nothing behind.
SELECT pg_logical_emit_message(true, 'doctor', $1)
