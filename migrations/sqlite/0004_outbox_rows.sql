-- Which rows the operations of the outbox write to, so that a step finds those that it needs however many wait.

PRAGMA user_version = 4;

CREATE TABLE outbox_row (
    kind   TEXT    NOT NULL,
    key    TEXT    NOT NULL,
    seq    INTEGER NOT NULL, -- of the operation
    -- That it names for the row: all that it says of a schedule's series, and that of an exception.
    series BLOB             CHECK (length(series) = 16),
    PRIMARY KEY (kind, key, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_row_by_operation ON outbox_row (seq);
CREATE INDEX outbox_row_by_series ON outbox_row (series, kind);

-- What waits and what is under way are asked for all the time.
CREATE INDEX outbox_unsent ON outbox (seq) WHERE through IS NULL;
CREATE INDEX outbox_taken ON outbox (seq) WHERE through IS NOT NULL;

-- A row may be written in several registers, of which one names the series.
CREATE TRIGGER outbox_added AFTER INSERT ON outbox BEGIN
    INSERT INTO outbox_row (kind, key, seq, series)
        SELECT value ->> 'kind', value ->> 'key', NEW.seq, max(CASE value ->> 'kind'
            WHEN 'exception' THEN unhex(substr(value ->> 'key', 1, 36), '-')
            WHEN 'schedule' THEN unhex(value ->> '$.value.series_id', '-')
            WHEN 'tombstone' THEN unhex(value ->> '$.value.series_id', '-') END)
        FROM json_each(NEW.body, '$.writes') GROUP BY 1, 2;
END;

CREATE TRIGGER outbox_removed AFTER DELETE ON outbox BEGIN
    DELETE FROM outbox_row WHERE seq = OLD.seq;
END;

INSERT INTO outbox_row (kind, key, seq, series)
    SELECT value ->> 'kind', value ->> 'key', seq, max(CASE value ->> 'kind'
        WHEN 'exception' THEN unhex(substr(value ->> 'key', 1, 36), '-')
        WHEN 'schedule' THEN unhex(value ->> '$.value.series_id', '-')
        WHEN 'tombstone' THEN unhex(value ->> '$.value.series_id', '-') END)
    FROM outbox, json_each(outbox.body, '$.writes') GROUP BY 1, 2, 3;
