"""PostgreSQL. One module per aggregate, its SQL in the .sql file beside it; asyncpg is used nowhere else."""
