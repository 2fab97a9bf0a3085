-- name: insert_lone
-- One durable commit.
INSERT INTO bench_lone (payload) VALUES ($1)
