-- The weeks: the registers of the week model (crates/domain), one column per value. The checks repeat the rules of the
-- model, so that no other program can store what Weekwise could not read.
--
-- user_id leads every key, and no row refers to one of another user or to an account table: so all of this can be
-- distributed by user. What belongs to a deleted user goes with its head row.
--
-- Times are HH:MM (24:00 only as an end); dates are civil dates, both ends included.
--
-- A register is the unit in which edits are merged. Each has
--   …_rev           the user's revision at which it was last written,
--   …_origin_epoch  and …_origin_rev: where it was first written with this value (not here, if it was
--                   brought back by a device after the database had been restored from an older backup),
--   …_op            the operation that wrote it.

-- A trusted extension: whoever may create in the database may have it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- One row per user, which every write locks first. So the writes of a user happen one after the other, and who reads all
-- rows up to a revision has missed none below it.
CREATE TABLE head (
    user_id         text   NOT NULL CONSTRAINT head_pkey PRIMARY KEY,
    rev             bigint NOT NULL DEFAULT 0 CHECK (rev >= 0),             -- the last one given to a row
    next_integer_id bigint NOT NULL DEFAULT 1 CHECK (next_integer_id > 0),  -- for the web client, which knows no UUIDs
    checksum        bytea  NOT NULL DEFAULT decode(repeat('00', 16), 'hex') -- of all rows: see crates/server/src/db/checksum.rs
        CHECK (octet_length(checksum) = 16)
);

CREATE TABLE schedule (
    user_id              text        NOT NULL CONSTRAINT schedule_head_fkey REFERENCES head ON DELETE CASCADE,
    id                   uuid        NOT NULL,
    integer_id           bigint      NOT NULL,
    rev                  bigint      NOT NULL, -- of the row: the highest of its registers
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    -- Register "pattern". valid_until may lie before valid_from: then there is no occurrence.
    series_id            uuid        NOT NULL,
    day_of_week          smallint    NOT NULL CHECK (day_of_week BETWEEN 0 AND 6), -- 0 is Sunday
    start_time           text        COLLATE "C" NOT NULL CHECK (start_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    end_time             text        COLLATE "C" NOT NULL CHECK (end_time ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'),
    valid_from           date        NOT NULL CHECK (valid_from BETWEEN '1900-01-01' AND '2200-12-31'),
    valid_until          date        CHECK (valid_until BETWEEN '1900-01-01' AND '2200-12-31'),
    every_n_weeks        smallint    NOT NULL CHECK (every_n_weeks BETWEEN 1 AND 8),
    pattern_rev          bigint      NOT NULL,
    pattern_origin_epoch integer     NOT NULL,
    pattern_origin_rev   bigint      NOT NULL,
    pattern_op           uuid        NOT NULL,
    -- Register "details".
    title                text        NOT NULL CHECK (char_length(title) <= 200),
    notes                text        NOT NULL CHECK (char_length(notes) <= 4000),
    location             text        NOT NULL CHECK (char_length(location) <= 200),
    color                text        NOT NULL CHECK (color IN ('blue', 'green', 'amber', 'red', 'violet', 'teal', 'pink', 'slate')),
    reminder_minutes     smallint    CHECK (reminder_minutes BETWEEN 0 AND 10080), -- before the start
    details_rev          bigint      NOT NULL,
    details_origin_epoch integer     NOT NULL,
    details_origin_rev   bigint      NOT NULL,
    details_op           uuid        NOT NULL,
    -- Register "active": false while in the trash.
    active               boolean     NOT NULL,
    active_rev           bigint      NOT NULL,
    active_origin_epoch  integer     NOT NULL,
    active_origin_rev    bigint      NOT NULL,
    active_op            uuid        NOT NULL,
    CONSTRAINT schedule_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT schedule_integer_id_key UNIQUE (user_id, integer_id),
    CONSTRAINT schedule_rev_key UNIQUE (user_id, rev),
    CONSTRAINT schedule_rev_highest CHECK (rev = greatest(pattern_rev, details_rev, active_rev)),
    CONSTRAINT schedule_ends_later CHECK (start_time < end_time),
    -- Two segments of a series are never valid on one date. Looked at when a transaction commits, since an edit may move
    -- the border between two.
    CONSTRAINT schedule_segments_apart EXCLUDE USING gist (
        user_id WITH =,
        series_id WITH =,
        (CASE WHEN valid_until < valid_from THEN 'empty'::daterange ELSE daterange(valid_from, valid_until, '[]') END) WITH &&
    ) WHERE (active) DEFERRABLE INITIALLY DEFERRED
);

-- One register. It belongs to the series and a date of its pattern, so that a split moves none. One that was put back stays
-- as "pattern", so that devices learn of it.
--
-- The date comes before the series in the key: so the key also leads to the exceptions of a week.
CREATE TABLE exception (
    user_id       text        NOT NULL CONSTRAINT exception_head_fkey REFERENCES head ON DELETE CASCADE,
    original_date date        NOT NULL CHECK (original_date BETWEEN '1900-01-01' AND '2200-12-31'),
    series_id     uuid        NOT NULL,
    integer_id    bigint      NOT NULL,
    rev           bigint      NOT NULL,
    origin_epoch  integer     NOT NULL,
    origin_rev    bigint      NOT NULL,
    op            uuid        NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    kind          text        NOT NULL CHECK (kind IN ('pattern', 'cancelled', 'override')),
    -- Null follows the pattern.
    start_time    text        COLLATE "C" CHECK (start_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    end_time      text        COLLATE "C" CHECK (end_time ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'),
    moved_to      date        CHECK (moved_to BETWEEN '1900-01-01' AND '2200-12-31'),
    title         text        CHECK (char_length(title) <= 200),
    notes         text        CHECK (char_length(notes) <= 4000),
    location      text        CHECK (char_length(location) <= 200),
    CONSTRAINT exception_pkey PRIMARY KEY (user_id, original_date, series_id),
    CONSTRAINT exception_integer_id_key UNIQUE (user_id, integer_id),
    CONSTRAINT exception_rev_key UNIQUE (user_id, rev),
    CONSTRAINT exception_ends_later CHECK (start_time < end_time),
    CONSTRAINT exception_both_times CHECK ((start_time IS NULL) = (end_time IS NULL)),
    CONSTRAINT exception_override CHECK (kind = 'override' OR (start_time IS NULL AND moved_to IS NULL AND location IS NULL)),
    CONSTRAINT exception_pattern CHECK (kind <> 'pattern' OR (title IS NULL AND notes IS NULL))
);

CREATE INDEX exception_by_move ON exception (user_id, moved_to) WHERE moved_to IS NOT NULL;

-- Each row is a register. A setting that has no row has its default. A name that is not known here is a later version's.
CREATE TABLE setting (
    user_id      text    NOT NULL CONSTRAINT setting_head_fkey REFERENCES head ON DELETE CASCADE,
    name         text    NOT NULL,
    value        jsonb   NOT NULL,
    rev          bigint  NOT NULL,
    origin_epoch integer NOT NULL,
    origin_rev   bigint  NOT NULL,
    op           uuid    NOT NULL,
    CONSTRAINT setting_pkey PRIMARY KEY (user_id, name),
    CONSTRAINT setting_rev_key UNIQUE (user_id, rev),
    CONSTRAINT setting_known CHECK (CASE name
        WHEN 'slot_limit'    THEN jsonb_typeof(value) = 'number' AND value IN
            ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12',
             '13', '14', '15', '16', '17', '18', '19', '20', '21', '22', '23', '24')
        WHEN 'first_weekday' THEN value IN ('null', '0', '1', '2', '3', '4', '5', '6')
        WHEN 'time_zone'     THEN value = 'null' OR (jsonb_typeof(value) = 'string' AND char_length(value #>> '{}') BETWEEN 1 AND 64)
        WHEN 'clock'         THEN value IN ('null', '"h12"', '"h24"')
        ELSE true
    END)
);

-- A schedule that was removed for good. It stays, so that no device brings it back.
CREATE TABLE tombstone (
    user_id      text    NOT NULL CONSTRAINT tombstone_head_fkey REFERENCES head ON DELETE CASCADE,
    schedule_id  uuid    NOT NULL,
    rev          bigint  NOT NULL,
    origin_epoch integer NOT NULL,
    origin_rev   bigint  NOT NULL,
    op           uuid    NOT NULL,
    CONSTRAINT tombstone_pkey PRIMARY KEY (user_id, schedule_id),
    CONSTRAINT tombstone_rev_key UNIQUE (user_id, rev)
);
