-- Every update of a user raises its version by one, whoever makes it: entity tags would otherwise confirm copies that a person
-- in psql has made outdated, and conditional writes would overwrite the change. What the statement says of the version is
-- ignored. The time of the update is the statement's where it names another than before, and else that of its transaction.
CREATE FUNCTION users_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    IF NEW.updated_at = OLD.updated_at THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER users_raise_version BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_raise_version();

-- Also in sessions that fire no ordinary triggers: session_replication_role = replica.
ALTER TABLE users ENABLE ALWAYS TRIGGER users_raise_version;
