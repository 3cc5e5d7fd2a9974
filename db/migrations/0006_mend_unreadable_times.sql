-- Rows from before the constraint get the nearest time that can be read, for no list that holds them has worked so far.
-- Reads and writes go on meanwhile.
UPDATE users
SET created_at = least(greatest(created_at, '0001-01-01 00:00:00+00'), '9999-12-31 23:59:59.999999+00'),
    updated_at = least(greatest(updated_at, '0001-01-01 00:00:00+00'), '9999-12-31 23:59:59.999999+00')
WHERE created_at < '0001-01-01 00:00:00+00' OR created_at >= '10000-01-01 00:00:00+00'
    OR updated_at < '0001-01-01 00:00:00+00' OR updated_at >= '10000-01-01 00:00:00+00';

ALTER TABLE users VALIDATE CONSTRAINT users_readable_times;
