-- Rows that were changed past the server, such as with psql: they keep their revision, so no device ever learns of the
-- change, and the checksum, which is over revisions, does not tell either. `weekwise-server check` lists them. What the
-- server writes gets a new revision, and costs the comparison of two numbers.

CREATE TABLE unrevised (
    user_id      text        NOT NULL CONSTRAINT unrevised_head_fkey REFERENCES head ON DELETE CASCADE,
    source_table text        NOT NULL,
    row_key      text        NOT NULL, -- for people: the row's key within the user's rows
    rev          bigint      NOT NULL, -- with a later one the row is in order again
    changed_at   timestamptz NOT NULL,
    CONSTRAINT unrevised_pkey PRIMARY KEY (user_id, source_table, row_key)
);

-- The arguments name the columns of the key.
CREATE OR REPLACE FUNCTION note_unrevised() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_key text;
BEGIN
    SELECT string_agg(to_jsonb(NEW) ->> name, ' ' ORDER BY place) INTO row_key
        FROM unnest(TG_ARGV) WITH ORDINALITY AS it (name, place);
    EXECUTE format('INSERT INTO %I.unrevised VALUES ($1, $2, $3, $4, now()) ON CONFLICT (user_id, source_table, row_key) '
        'DO UPDATE SET rev = $4, changed_at = now()', TG_TABLE_SCHEMA) USING NEW.user_id, TG_TABLE_NAME::text, row_key, NEW.rev;
    RETURN NULL;
END $$;

CREATE TRIGGER schedule_unrevised AFTER UPDATE ON schedule FOR EACH ROW
    WHEN (NEW.rev = OLD.rev AND NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION note_unrevised('id');
CREATE TRIGGER exception_unrevised AFTER UPDATE ON exception FOR EACH ROW
    WHEN (NEW.rev = OLD.rev AND NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION note_unrevised('series_id', 'original_date');
CREATE TRIGGER setting_unrevised AFTER UPDATE ON setting FOR EACH ROW
    WHEN (NEW.rev = OLD.rev AND NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION note_unrevised('name');
