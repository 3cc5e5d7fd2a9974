-- Answers to requests that came with an Idempotency-Key, kept in the transaction of the write that they answer: either both are
-- there, or neither. A repeated request gets the answer and writes nothing.
CREATE TABLE idempotency_keys (
    -- SHA-256 of the caller and the key: neither is stored.
    key        bytea       PRIMARY KEY,
    -- SHA-256 of the method's target and the payload.
    request    bytea       NOT NULL,
    answer     text        NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Each write with a key deletes a few that have expired.
CREATE INDEX idempotency_keys_expires_idx ON idempotency_keys (expires_at);
