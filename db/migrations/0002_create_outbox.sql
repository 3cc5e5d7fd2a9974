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
-- 'user:<id>' for each row that changed; where these would be too many, 'all' in place of them. It works with its owner's
-- rights and names, so that whoever may write to the table needs none of the outbox.
CREATE FUNCTION outbox_add() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    most CONSTANT int := 200;
    changed text[] := '{}';
BEGIN
    -- Each looks at one row too many and no further, however large the statement was.
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        changed := ARRAY(SELECT TG_ARGV[1] || ':' || id FROM rows_before LIMIT most + 1);
    END IF;
    -- An update names its rows twice: it may have changed their ids.
    IF TG_OP IN ('UPDATE', 'INSERT') THEN
        changed := changed || ARRAY(SELECT TG_ARGV[1] || ':' || id FROM rows_after LIMIT most + 1);
    END IF;

    IF TG_OP = 'TRUNCATE' OR cardinality(changed) > most THEN
        changed := '{all}';
    ELSIF changed = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO outbox (tags) VALUES (TG_ARGV[0] || changed);

    -- Wakes a relay at the commit; it may get lost, the row does not. Transactions that notify commit one after the other,
    -- so who writes often and evicts by itself turns it off for its connections, and leaves the rest to the relay's next look.
    IF current_setting('outbox.notify', true) IS DISTINCT FROM 'off' THEN
        NOTIFY outbox;
    END IF;
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
