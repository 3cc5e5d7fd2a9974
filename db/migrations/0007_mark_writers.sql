-- Who writes to a table and evicts by itself marks its transaction: SELECT set_config('outbox.writer', <any text>, true). Its rows
-- carry that mark, so that it can take them away after its eviction. A relay leaves them alone until they are due, which is when
-- their writer is given up for dead. They notify nobody, because transactions that notify commit one after the other.
ALTER TABLE outbox ADD COLUMN writer text, ADD COLUMN due timestamptz;
CREATE INDEX outbox_writer_idx ON outbox (writer) WHERE writer IS NOT NULL;

-- As before, but for the mark, and for what too many rows leave: outbox_add('users', 'user') adds the tags 'users' and 'user'
-- then. Responses of single rows carry the second one too, and nothing else evicts it; what is stored of other tables stays.
CREATE OR REPLACE FUNCTION outbox_add() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    most CONSTANT int := 200;
    grace CONSTANT interval := '3 seconds';
    changed text[] := '{}';
    -- At the end of its transaction a local setting becomes an empty one. What another trigger changes is not the writer's own:
    -- it may not know of it.
    marked CONSTANT text := CASE WHEN pg_trigger_depth() = 1 THEN NULLIF(current_setting('outbox.writer', true), '') END;
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
        changed := ARRAY[TG_ARGV[1]];
    ELSIF changed = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO outbox (tags, writer, due)
    VALUES (TG_ARGV[0] || changed, marked, CASE WHEN marked IS NOT NULL THEN clock_timestamp() + grace END);

    -- Wakes a relay at the commit; it may get lost, the row does not.
    IF marked IS NULL AND current_setting('outbox.notify', true) IS DISTINCT FROM 'off' THEN
        NOTIFY outbox;
    END IF;
    RETURN NULL;
END
$$;
