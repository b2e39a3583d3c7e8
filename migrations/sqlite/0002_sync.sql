-- What a file of an account holds beside the week: what was pulled, what waits to be pushed, and how far both have come.
--
-- In a file without an account all of these are empty. The tables of the week go on holding what a person sees: the
-- server's rows with what is held and what is pending on top. Bodies are JSON as docs/wire/sync.md has it; fields,
-- registers and kinds that this version does not know stay in them as they came.

PRAGMA user_version = 2;

-- Whose file it is, and how far it has come. One row, or none.
CREATE TABLE account (
    only_one   INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    server     TEXT    NOT NULL, -- the origin
    user_id    TEXT    NOT NULL, -- the server's id of the person
    device     TEXT    NOT NULL, -- how the server knows this device
    epoch      TEXT,             -- the history that is pulled; none before the first page
    cursor     INTEGER NOT NULL CHECK (cursor >= 0), -- the revision up to which it is
    trail      TEXT    NOT NULL CHECK (json_valid(trail)),
    known      TEXT    NOT NULL CHECK (json_valid(known)),
    checksum   TEXT    NOT NULL CHECK (length(checksum) = 32),
    next       INTEGER NOT NULL CHECK (next > 0), -- the next place in the outbox and among the held rows
    -- 1 where operations were put into the outbox that the week does not show yet.
    stale      INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1))
) STRICT;

-- The server's rows, as they were pulled.
CREATE TABLE base (
    kind   TEXT    NOT NULL,
    key    TEXT    NOT NULL,
    rev    INTEGER NOT NULL,
    series BLOB             CHECK (length(series) = 16), -- that a schedule, an exception or a tombstone belongs to
    body   TEXT    NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- A step loads the segments of some series, or their dates.
CREATE INDEX base_by_series ON base (series, kind);

-- Operations that are not in the server's rows yet, in the order in which they were made.
CREATE TABLE outbox (
    seq     INTEGER NOT NULL PRIMARY KEY,
    op      BLOB    NOT NULL UNIQUE CHECK (length(op) = 16),
    body    TEXT    NOT NULL CHECK (json_valid(body)),
    through INTEGER          -- the server has it, and by this revision it is in its rows
) STRICT;

-- Rows of lost histories that the server may not have any more.
CREATE TABLE held (
    id      INTEGER NOT NULL PRIMARY KEY,
    body    TEXT    NOT NULL CHECK (json_valid(body)),
    through INTEGER
) STRICT;

-- What the server did not take: shown until a person has dealt with it. No number is used twice.
CREATE TABLE rejected (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    rejected_at TEXT NOT NULL, -- RFC 3339
    what        TEXT NOT NULL CHECK (what IN ('operation', 'row')),
    body        TEXT NOT NULL CHECK (json_valid(body)),
    reason      TEXT NOT NULL CHECK (json_valid(reason))
) STRICT;

-- Values that lost against others, as they are shown.
CREATE TABLE conflict_copy (
    id       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    body     TEXT    NOT NULL CHECK (json_valid(body)),
    resolved INTEGER NOT NULL CHECK (resolved IN (0, 1))
) STRICT, WITHOUT ROWID;
