-- Sync: what the server knows of registers, operations, devices and histories beyond what the web client needs. The words are
-- those of docs/wire/sync.md. All of it is added; a server of before works on as if it were not there.

-- Of each register by its name, {"op": …, "at": …, "by": …, "version": {…}, "extra": {…}}: what its value comes after, when and on which
-- device it was written, and fields of later versions. Where "op" is not the operation of the register's own column, a
-- program that knew nothing of this column has written the register since: its value comes after that version, too.
ALTER TABLE schedule ADD COLUMN stamps jsonb NOT NULL DEFAULT '{}';
ALTER TABLE exception ADD COLUMN stamps jsonb NOT NULL DEFAULT '{}';
ALTER TABLE setting ADD COLUMN stamps jsonb NOT NULL DEFAULT '{}';
ALTER TABLE tombstone ADD COLUMN stamps jsonb NOT NULL DEFAULT '{}';
ALTER TABLE conflict_copy ADD COLUMN stamps jsonb NOT NULL DEFAULT '{}';

-- What a tombstone stands for. Null where the schedule was removed by a server of before.
ALTER TABLE tombstone ADD COLUMN series_id uuid;
ALTER TABLE tombstone ADD COLUMN was jsonb; -- a domain::Schedule, so that what comes late can be restored with it

-- For all that belongs to a series. The schedules of one that are out of the trash have the constraint's index.
CREATE INDEX schedule_by_series ON schedule (user_id, series_id);
CREATE INDEX exception_by_series ON exception (user_id, series_id);
CREATE INDEX tombstone_by_series ON tombstone (user_id, series_id);

-- An operation that wrote nothing is remembered too, so that it gets the same answer when it comes again.
ALTER TABLE operation ALTER COLUMN first_rev DROP NOT NULL;
ALTER TABLE operation ALTER COLUMN last_rev DROP NOT NULL;
ALTER TABLE operation ADD COLUMN fingerprint bytea CHECK (octet_length(fingerprint) = 32); -- of its body; null for calls of the web client
ALTER TABLE operation ADD COLUMN outcome jsonb;
ALTER TABLE operation ADD COLUMN saw jsonb; -- registers that it left as they were, knowing what they hold, with the revisions of that

-- The epoch of one user's history, where it is not that of the whole database: it was found that the epoch before had been given out
-- twice. It lasts as long as epoch_number is the last one in the table epoch.
ALTER TABLE head ADD COLUMN epoch uuid;
ALTER TABLE head ADD COLUMN epoch_number integer;
ALTER TABLE head ADD COLUMN bytes bigint NOT NULL DEFAULT 0; -- of what devices have pushed and is there
-- What devices have pushed since a moment, which moves on after a day: whatever becomes of it, that costs something.
ALTER TABLE head ADD COLUMN pushed_since timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE head ADD COLUMN pushed_operations bigint NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN pushed_bytes bigint NOT NULL DEFAULT 0;

-- Epochs of one user that are over. Where one forked, its revisions after fork_after belong to fork_into.
CREATE TABLE user_epoch (
    user_id    text   NOT NULL CONSTRAINT user_epoch_head_fkey REFERENCES head ON DELETE CASCADE,
    epoch      uuid   NOT NULL,
    fork_after bigint,
    fork_into  uuid,
    CONSTRAINT user_epoch_pkey PRIMARY KEY (user_id, epoch),
    CONSTRAINT user_epoch_fork CHECK ((fork_after IS NULL) = (fork_into IS NULL))
);

-- The mark of each transaction and its epoch, by the last revision that it gave out. Random, so that two histories that gave out the
-- same revision can be told apart.
CREATE TABLE mark (
    user_id text   NOT NULL CONSTRAINT mark_head_fkey REFERENCES head ON DELETE CASCADE,
    rev     bigint NOT NULL,
    mark    uuid   NOT NULL DEFAULT gen_random_uuid(),
    epoch   uuid   NOT NULL,
    CONSTRAINT mark_pkey PRIMARY KEY (user_id, rev)
);

INSERT INTO mark (user_id, rev, epoch)
    SELECT user_id, rev, (SELECT id FROM epoch ORDER BY number DESC LIMIT 1) FROM head WHERE rev > 0;

-- Whoever writes, the transaction has a mark. One that a program has set before stays.
CREATE OR REPLACE FUNCTION mark_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$I.mark (user_id, rev, epoch) '
        'SELECT $1, $2, coalesce(CASE WHEN number = $4 THEN $3 END, id) FROM %1$I.epoch ORDER BY number DESC LIMIT 1 '
        'ON CONFLICT (user_id, rev) DO NOTHING', TG_TABLE_SCHEMA)
        USING NEW.user_id, NEW.rev, NEW.epoch, NEW.epoch_number;
    RETURN NULL;
END $$;

CREATE TRIGGER head_begins AFTER INSERT ON head FOR EACH ROW WHEN (NEW.rev > 0) EXECUTE FUNCTION mark_revision();
CREATE TRIGGER head_moves AFTER UPDATE ON head FOR EACH ROW WHEN (NEW.rev > OLD.rev) EXECUTE FUNCTION mark_revision();

-- The devices that have pushed. Moments are of the server's clock.
CREATE TABLE device (
    user_id    text        NOT NULL CONSTRAINT device_head_fkey REFERENCES head ON DELETE CASCADE,
    device     text        NOT NULL,
    pushed_at  timestamptz NOT NULL,
    drained_at timestamptz, -- when it last said that nothing waits on it
    made_at    timestamptz, -- the estimate for its last edit
    CONSTRAINT device_pkey PRIMARY KEY (user_id, device)
);

-- Sessions whose user was deleted: their devices are told so, and keep what they have.
CREATE TABLE departed_session (
    token       text        NOT NULL CONSTRAINT departed_session_pkey PRIMARY KEY, -- as in session
    departed_at timestamptz NOT NULL
);

CREATE OR REPLACE FUNCTION note_departed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$I.departed_session SELECT token, now() FROM %1$I.session WHERE "userId" = $1 '
        'ON CONFLICT (token) DO NOTHING', TG_TABLE_SCHEMA) USING OLD."_id";
    EXECUTE format('DELETE FROM %I.departed_session WHERE departed_at < now() - interval ''400 days''', TG_TABLE_SCHEMA);
    RETURN OLD;
END $$;

CREATE TRIGGER user_departs BEFORE DELETE ON "user" FOR EACH ROW EXECUTE FUNCTION note_departed();

-- That a stamp is counted to another epoch is no change of the row.
DROP TRIGGER schedule_unrevised ON schedule;
CREATE TRIGGER schedule_unrevised AFTER UPDATE ON schedule FOR EACH ROW
    WHEN (NEW.rev = OLD.rev AND NEW IS DISTINCT FROM OLD AND to_jsonb(NEW) - 'stamps' IS DISTINCT FROM to_jsonb(OLD) - 'stamps')
    EXECUTE FUNCTION note_unrevised('id');
DROP TRIGGER exception_unrevised ON exception;
CREATE TRIGGER exception_unrevised AFTER UPDATE ON exception FOR EACH ROW
    WHEN (NEW.rev = OLD.rev AND NEW IS DISTINCT FROM OLD AND to_jsonb(NEW) - 'stamps' IS DISTINCT FROM to_jsonb(OLD) - 'stamps')
    EXECUTE FUNCTION note_unrevised('series_id', 'original_date');
DROP TRIGGER setting_unrevised ON setting;
CREATE TRIGGER setting_unrevised AFTER UPDATE ON setting FOR EACH ROW
    WHEN (NEW.rev = OLD.rev AND NEW IS DISTINCT FROM OLD AND to_jsonb(NEW) - 'stamps' IS DISTINCT FROM to_jsonb(OLD) - 'stamps')
    EXECUTE FUNCTION note_unrevised('name');
