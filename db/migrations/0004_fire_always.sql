-- A session may say that it fires no ordinary triggers (session_replication_role = replica), as tools for loading and for
-- replication do. Readers have to learn of its changes all the same.
ALTER TABLE users
    ENABLE ALWAYS TRIGGER users_outbox_insert,
    ENABLE ALWAYS TRIGGER users_outbox_update,
    ENABLE ALWAYS TRIGGER users_outbox_delete,
    ENABLE ALWAYS TRIGGER users_outbox_truncate;
