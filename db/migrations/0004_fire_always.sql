-- A session may say that it fires no ordinary triggers (session_replication_role = replica), as tools for loading do. Readers have
-- to learn of its changes all the same. What a subscription of logical replication applies fires no trigger of a statement in any
-- case, and DISABLE TRIGGER, which pg_restore --disable-triggers uses, turns these off too.
ALTER TABLE users
    ENABLE ALWAYS TRIGGER users_outbox_insert,
    ENABLE ALWAYS TRIGGER users_outbox_update,
    ENABLE ALWAYS TRIGGER users_outbox_delete,
    ENABLE ALWAYS TRIGGER users_outbox_truncate;
