-- What sync tells a person: what came from other devices, and what they have dealt with.

PRAGMA user_version = 3;

-- Edits that came from elsewhere, each with what it changed here. Written with the page that brought it; only the newest are kept.
CREATE TABLE arrival (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT, -- the order in which they came
    op         BLOB    NOT NULL UNIQUE CHECK (length(op) = 16),
    device     TEXT    NOT NULL, -- on which it was made
    at_ms      INTEGER NOT NULL, -- when it was made, as the server estimates: milliseconds since 1970, UTC
    changes    TEXT    NOT NULL CHECK (json_valid(changes)), -- an array of domain::Change
    merged     INTEGER NOT NULL CHECK (merged IN (0, 1)), -- with edits of this device
    seen       INTEGER NOT NULL DEFAULT 0 CHECK (seen IN (0, 1)),
    taken_back INTEGER NOT NULL DEFAULT 0 CHECK (taken_back IN (0, 1))
) STRICT;

-- What the person's devices are called, as the server last said.
CREATE TABLE device_name (
    device TEXT NOT NULL PRIMARY KEY,
    name   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a person has dealt with stays for a while, so that dealing with it can be undone.
ALTER TABLE rejected ADD COLUMN dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1));
