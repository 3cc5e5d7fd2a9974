CREATE TABLE users (
    -- UUID v7, made by the application: ordering by id is ordering by creation.
    id           uuid        PRIMARY KEY,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    -- Raised by one with every update; the API's ETag.
    version      bigint      NOT NULL DEFAULT 1,
    is_active    boolean     NOT NULL DEFAULT true,
    is_superuser boolean     NOT NULL DEFAULT false,
    email        text        NOT NULL,
    full_name    text        NULL
);

-- One user per address, whatever its case. Addresses are ASCII, and the C collation lowers ASCII alike in every locale;
-- it also lets LIKE 'prefix%' use this index.
CREATE UNIQUE INDEX users_email_key ON users (lower(email COLLATE "C"));

-- Keyset paging with a filter on is_active, whichever of the two is rare: each page is one range of one of these.
CREATE INDEX users_active_idx ON users (id) WHERE is_active;
CREATE INDEX users_inactive_idx ON users (id) WHERE NOT is_active;

-- Search by the start of a name. text_pattern_ops: LIKE uses the index in every locale, without any extension.
CREATE INDEX users_full_name_idx ON users (lower(full_name) text_pattern_ops);
