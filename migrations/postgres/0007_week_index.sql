-- A week reads all of a person's slots, which lie wherever there was room when each was made: a page of the table for each.
-- Here they lie side by side, with all that a week needs of them.

CREATE INDEX schedule_of_week ON schedule (user_id)
    INCLUDE (integer_id, id, series_id, valid_from, valid_until, start_time, end_time, day_of_week, every_n_weeks)
    WHERE active;
