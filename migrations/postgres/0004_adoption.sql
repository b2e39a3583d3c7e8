-- What became of the database of the server that this one replaces. Its tables are in the schema "adopted", as they were,
-- until `weekwise-server adoption forget`.

CREATE TABLE adoption (
    adopted_at   timestamptz NOT NULL,
    forgotten_at timestamptz,
    users        bigint      NOT NULL,
    sessions     bigint      NOT NULL,
    schedules    bigint      NOT NULL,
    exceptions   bigint      NOT NULL
);

-- There is at most one.
CREATE UNIQUE INDEX adoption_once ON adoption ((true));

-- Rows that cannot be valid. `weekwise-server check` lists them; delete those that are dealt with.
CREATE TABLE adoption_quarantine (
    source_table text   NOT NULL, -- "schedule" or "schedule_exception"
    source_id    bigint NOT NULL, -- its id there
    user_id      text,
    reason       text   NOT NULL,
    content      jsonb  NOT NULL, -- the whole row
    CONSTRAINT adoption_quarantine_pkey PRIMARY KEY (source_table, source_id)
);

-- Rows that were not taken over as they were.
CREATE TABLE adoption_note (
    source_table text   NOT NULL,
    source_id    bigint NOT NULL,
    user_id      text   NOT NULL,
    note         text   NOT NULL,
    CONSTRAINT adoption_note_pkey PRIMARY KEY (source_table, source_id)
);
