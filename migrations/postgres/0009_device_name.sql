-- What people call a device, as it says itself with a push. Null where it has said none: it has none, or a server of before took its
-- pushes, which goes on without this column.
ALTER TABLE device ADD COLUMN name text CONSTRAINT device_name_length CHECK (char_length(name) BETWEEN 1 AND 100);
