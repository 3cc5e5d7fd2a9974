-- A database that the first release migrated: pg_dump --no-owner --no-privileges --inserts, without its comments.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE FUNCTION public.outbox_add() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$user', 'public'
    AS $$
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

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    tags text[] NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.schema_migrations (
    version character varying(128) NOT NULL,
    checksum text,
    applied_at timestamp with time zone
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_superuser boolean DEFAULT false NOT NULL,
    email text NOT NULL,
    full_name text
);

INSERT INTO public.schema_migrations
    VALUES ('0001', '9ca5b897c5ca7ce6845d2c9ff2af0b5d0bd0dadbfaa798dc3931289689862d30', '2026-11-25 07:14:34.564615+00');
INSERT INTO public.schema_migrations
    VALUES ('0002', '5655cd53a5fc505e17374ec488323c53341313006c28aaeff661ce2739a4e2fc', '2026-11-25 07:14:34.643079+00');

SELECT pg_catalog.setval('public.outbox_id_seq', 1, false);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX users_active_idx ON public.users USING btree (id) WHERE is_active;

CREATE UNIQUE INDEX users_email_key ON public.users USING btree (lower((email COLLATE "C")));

CREATE INDEX users_full_name_idx ON public.users USING btree (lower(full_name) text_pattern_ops);

CREATE INDEX users_inactive_idx ON public.users USING btree (id) WHERE (NOT is_active);

CREATE TRIGGER users_outbox_delete AFTER DELETE ON public.users
    REFERENCING OLD TABLE AS rows_before FOR EACH STATEMENT EXECUTE FUNCTION public.outbox_add('users', 'user');

CREATE TRIGGER users_outbox_insert AFTER INSERT ON public.users
    REFERENCING NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION public.outbox_add('users', 'user');

CREATE TRIGGER users_outbox_truncate AFTER TRUNCATE ON public.users
    FOR EACH STATEMENT EXECUTE FUNCTION public.outbox_add('users', 'user');

CREATE TRIGGER users_outbox_update AFTER UPDATE ON public.users
    REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after FOR EACH STATEMENT EXECUTE FUNCTION public.outbox_add('users', 'user');
