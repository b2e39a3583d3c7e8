-- The rows of a week, and what was done to them.
--
-- schedule, exception and setting hold what the interface reads: the registers of the week model
-- (crates/domain), one column per value. Their checks repeat the rules of the model, so that no other program
-- can store what Weekwise could not read. No row refers to another one: an exception may stand
-- without its series, and is then not shown.
--
-- Minutes are those of the day (0 is 00:00, 1440 is 24:00); dates are YYYY-MM-DD, both ends included;
-- ids are the 16 bytes of a UUID.

PRAGMA application_id = 0x57656B77; -- "Wekw"
PRAGMA user_version = 1;            -- the number of this file; every later one sets its own

CREATE TABLE schedule (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- Register "pattern". valid_until may lie before valid_from: then there is no occurrence.
    series_id        BLOB    NOT NULL CHECK (length(series_id) = 16),
    day_of_week      INTEGER NOT NULL CHECK (day_of_week BETWEEN 0 AND 6), -- 0 is Sunday
    start_minute     INTEGER NOT NULL CHECK (start_minute >= 0),
    end_minute       INTEGER NOT NULL CHECK (end_minute > start_minute AND end_minute <= 1440),
    valid_from       TEXT    NOT NULL CHECK (valid_from IS date(valid_from) AND valid_from BETWEEN '1900-01-01' AND '2200-12-31'),
    valid_until      TEXT             CHECK (valid_until IS date(valid_until) AND valid_until BETWEEN '1900-01-01' AND '2200-12-31'),
    every_n_weeks    INTEGER NOT NULL CHECK (every_n_weeks BETWEEN 1 AND 8),
    -- Register "details".
    title            TEXT    NOT NULL CHECK (length(title) <= 200),
    notes            TEXT    NOT NULL CHECK (length(notes) <= 4000),
    location         TEXT    NOT NULL CHECK (length(location) <= 200),
    color            TEXT    NOT NULL CHECK (color IN ('blue', 'green', 'amber', 'red', 'violet', 'teal', 'pink', 'slate')),
    reminder_minutes INTEGER          CHECK (reminder_minutes BETWEEN 0 AND 10080), -- before the start
    -- Register "active": 0 while in the trash.
    active           INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;

CREATE INDEX schedule_by_series ON schedule (series_id);

-- Without a rowid, the exceptions of a series lie side by side.
CREATE TABLE exception (
    series_id     BLOB NOT NULL CHECK (length(series_id) = 16),
    original_date TEXT NOT NULL CHECK (original_date IS date(original_date) AND original_date BETWEEN '1900-01-01' AND '2200-12-31'),
    kind          TEXT NOT NULL CHECK (kind IN ('cancelled', 'override')),
    -- Null follows the pattern.
    start_minute  INTEGER CHECK (start_minute >= 0),
    end_minute    INTEGER CHECK (end_minute > start_minute AND end_minute <= 1440),
    moved_to      TEXT    CHECK (moved_to IS date(moved_to) AND moved_to BETWEEN '1900-01-01' AND '2200-12-31'),
    title         TEXT    CHECK (length(title) <= 200),
    notes         TEXT    CHECK (length(notes) <= 4000),
    location      TEXT    CHECK (length(location) <= 200),
    PRIMARY KEY (series_id, original_date),
    CHECK ((start_minute IS NULL) = (end_minute IS NULL)),
    CHECK (kind = 'override' OR (start_minute IS NULL AND moved_to IS NULL AND location IS NULL))
) STRICT, WITHOUT ROWID;

-- A week is read by these two, so that it costs nothing how many exceptions lie in other weeks.
CREATE INDEX exception_by_date ON exception (original_date);
CREATE INDEX exception_by_move ON exception (moved_to) WHERE moved_to IS NOT NULL;

-- A setting that has no row has its default. Values are JSON; a name that is not known here is a later version's.
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value)),
    CHECK (CASE name
        WHEN 'slot_limit'    THEN json_type(value) = 'integer' AND value ->> '$' BETWEEN 1 AND 24
        WHEN 'first_weekday' THEN value = 'null' OR (json_type(value) = 'integer' AND value ->> '$' BETWEEN 0 AND 6)
        WHEN 'time_zone'     THEN value = 'null' OR (json_type(value) = 'text' AND length(value ->> '$') BETWEEN 1 AND 64)
        WHEN 'clock'         THEN value IN ('null', '"h12"', '"h24"')
        WHEN 'theme'         THEN value IN ('"system"', '"light"', '"dark"')
        WHEN 'hide_weekend'  THEN value IN ('true', 'false')
        ELSE 1
    END)
) STRICT, WITHOUT ROWID;

-- Edits that can be taken back. Ids are never used twice, also when a step is gone.
CREATE TABLE history (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- done; undone (can be done again); spent (taking it back had nothing left to take back).
    state      TEXT    NOT NULL CHECK (state IN ('done', 'undone', 'spent')),
    -- Counts up with every edit, undo and redo: undo takes the done step with the highest turn, redo the undone one.
    turn       INTEGER NOT NULL,
    made_at    TEXT    NOT NULL, -- RFC 3339, with the offset of the clock that made it
    summary    TEXT    NOT NULL CHECK (json_valid(summary)),
    request    TEXT    NOT NULL, -- what was asked for (JSON, a domain::Request)
    changes    TEXT    NOT NULL, -- what it came to (JSON, an array of domain::Change)
    taken_back TEXT              -- what the undo came to, while undone (JSON, an array of domain::Change)
        CHECK ((state = 'undone') = (taken_back IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX history_by_turn ON history (state, turn);

-- About the file itself.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
