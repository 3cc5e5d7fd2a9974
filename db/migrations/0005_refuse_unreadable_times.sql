-- Postgres has times that .NET has not: those before the year 1 and after the year 9999, and infinity. One of them would make
-- every list with its row fail. Not valid yet: this migration locks the table, and so reads none of it.
ALTER TABLE users ADD CONSTRAINT users_readable_times CHECK (
    created_at >= '0001-01-01 00:00:00+00' AND created_at < '10000-01-01 00:00:00+00'
    AND updated_at >= '0001-01-01 00:00:00+00' AND updated_at < '10000-01-01 00:00:00+00'
) NOT VALID;
