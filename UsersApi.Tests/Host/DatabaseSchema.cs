namespace UsersApi.Tests.Host;

/// <summary>Tells by one text whether anything but rows differs between two databases.</summary>
internal static class DatabaseSchema
{
    /// <summary>A statement whose result is equal where the schema, the migrations, the rights and the settings are.</summary>
    public const string Sql = """
        SELECT md5(string_agg(part, E'\n' ORDER BY part)) FROM (
            SELECT 'schema ' || nspname || coalesce(nspacl::text, '') FROM pg_namespace WHERE nspname NOT LIKE 'pg\_t%'
            UNION ALL SELECT concat_ws(' ', 'relation', oid::regclass, relkind, relpersistence, relrowsecurity, relacl, reloptions)
                FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'column', attrelid::regclass, attnum, attname, atttypid, atttypmod, attnotnull, atthasdef, attacl)
                FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
            UNION ALL SELECT concat_ws(' ', 'default', adrelid::regclass, adnum, pg_get_expr(adbin, adrelid)) FROM pg_attrdef
            UNION ALL SELECT concat_ws(' ', 'function', oid::regprocedure, prosrc, proconfig, proacl)
                FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
            UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid))
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'index', indexrelid::regclass, indisvalid) FROM pg_index
            UNION ALL SELECT concat_ws(' ', 'extension', extname) FROM pg_extension
            UNION ALL SELECT concat_ws(' ', 'migration', migration) FROM schema_migrations AS migration
            UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
                WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
            UNION ALL SELECT concat_ws(' ', 'database', datacl, datconnlimit) FROM pg_database WHERE datname = current_database()
            UNION ALL SELECT concat_ws(' ', 'prepared', gid) FROM pg_prepared_xacts WHERE database = current_database()
            UNION ALL SELECT concat_ws(' ', 'slot', slot_name) FROM pg_replication_slots WHERE database = current_database()
        ) AS parts (part);
        """;
}
