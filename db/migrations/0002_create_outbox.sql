-- migrate:up

-- Tags of responses that a committed change made outdated, until a node has evicted them. The change and its row are one
-- transaction, whoever makes it: the API, a bulk load, a person in psql.
CREATE TABLE outbox (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tags text[] NOT NULL
) WITH (
    -- Small and busy: without this its dead rows would wait for a threshold that suits large tables.
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000
);

-- For triggers of statements, on any table with a column id:  outbox_add('users', 'user')  adds the tag 'users', and
-- 'user:<id>' for each row that changed; past a number of rows, 'all' in place of these. It works with its owner's rights
-- and names, so that whoever may write to the table needs none of the outbox.
CREATE FUNCTION outbox_add() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    most_rows CONSTANT int := 100;
    changed text[];
BEGIN
    -- Each looks at one row too many and no further, however large the statement was.
    IF TG_OP = 'INSERT' THEN
        changed := ARRAY(SELECT id::text FROM rows_after LIMIT most_rows + 1);
    ELSIF TG_OP = 'DELETE' THEN
        changed := ARRAY(SELECT id::text FROM rows_before LIMIT most_rows + 1);
    ELSIF TG_OP = 'UPDATE' THEN
        -- An update may change an id too.
        changed := ARRAY(
            (SELECT id::text FROM rows_before LIMIT most_rows + 1) UNION (SELECT id::text FROM rows_after LIMIT most_rows + 1));
    END IF;

    IF TG_OP = 'TRUNCATE' OR cardinality(changed) > most_rows THEN
        INSERT INTO outbox (tags) VALUES (ARRAY[TG_ARGV[0], 'all']);
    ELSIF cardinality(changed) > 0 THEN
        INSERT INTO outbox (tags) SELECT TG_ARGV[0] || array_agg(TG_ARGV[1] || ':' || id) FROM unnest(changed) AS id;
    ELSE
        RETURN NULL;
    END IF;

    -- Wakes a relay when the transaction commits. It may get lost; the row does not.
    NOTIFY outbox;
    RETURN NULL;
END
$$;

CREATE TRIGGER users_outbox_insert AFTER INSERT ON users
    REFERENCING NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION outbox_add('users', 'user');
CREATE TRIGGER users_outbox_update AFTER UPDATE ON users
    REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION outbox_add('users', 'user');
CREATE TRIGGER users_outbox_delete AFTER DELETE ON users
    REFERENCING OLD TABLE AS rows_before FOR EACH STATEMENT EXECUTE FUNCTION outbox_add('users', 'user');
CREATE TRIGGER users_outbox_truncate AFTER TRUNCATE ON users
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_add('users', 'user');

-- migrate:down

DROP TRIGGER users_outbox_insert ON users;
DROP TRIGGER users_outbox_update ON users;
DROP TRIGGER users_outbox_delete ON users;
DROP TRIGGER users_outbox_truncate ON users;
DROP FUNCTION outbox_add;
DROP TABLE outbox;
