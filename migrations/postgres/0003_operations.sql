-- How the weeks came to be what they are.

-- One edit: applied all or none. Its rows took the revisions first_rev to last_rev, one each.
CREATE TABLE operation (
    user_id   text        NOT NULL CONSTRAINT operation_head_fkey REFERENCES head ON DELETE CASCADE,
    op        uuid        NOT NULL, -- made by the device
    device    text        NOT NULL, -- "web" for calls of the web client, "adoption" for what was there before this server
    made_at   timestamptz NOT NULL, -- when the edit was made, as far as is known
    first_rev bigint      NOT NULL,
    last_rev  bigint      NOT NULL,
    body      jsonb,                -- what was asked for; not kept for ever
    CONSTRAINT operation_pkey PRIMARY KEY (user_id, op),
    CONSTRAINT operation_revs CHECK (first_rev <= last_rev)
);

-- A value that lost against another one. It stays until a person has seen it.
CREATE TABLE conflict_copy (
    user_id               text        NOT NULL CONSTRAINT conflict_copy_head_fkey REFERENCES head ON DELETE CASCADE,
    id                    uuid        NOT NULL,
    rev                   bigint      NOT NULL,
    lost                  jsonb       NOT NULL, -- the change (a domain::Change) that would put the lost value into its register
    made_at               timestamptz NOT NULL, -- when the lost value was written, as far as is known
    op                    uuid        NOT NULL, -- the operation in which it lost
    -- Register "resolved".
    resolved              boolean     NOT NULL,
    resolved_rev          bigint      NOT NULL,
    resolved_origin_epoch integer     NOT NULL,
    resolved_origin_rev   bigint      NOT NULL,
    resolved_op           uuid        NOT NULL,
    CONSTRAINT conflict_copy_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT conflict_copy_rev_key UNIQUE (user_id, rev)
);

-- Which history the revisions belong to. A database that was restored from an older backup would give revisions a second
-- time; so it gets a new epoch, and who comes with one of an earlier epoch starts over.
CREATE TABLE epoch (
    number            integer     NOT NULL CONSTRAINT epoch_pkey PRIMARY KEY,
    id                uuid        NOT NULL CONSTRAINT epoch_id_key UNIQUE,
    begun_at          timestamptz NOT NULL,
    -- Where it began. Another cluster, database or timeline is another history. Null where Postgres does not tell.
    system_identifier bigint,
    database_oid      bigint,
    timeline          bigint
);
