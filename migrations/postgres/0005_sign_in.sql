-- How long somebody stays signed in, and how often a password may be tried.

-- Beyond what a session is never extended, however much it is used; null for the desktop app, which stays signed in as
-- long as it is used. Sessions of before get as long as a new one of a browser.
ALTER TABLE session ADD COLUMN "endsAt" timestamp(3) DEFAULT (now() AT TIME ZONE 'UTC') + interval '90 days';

-- For those that have ended and that nobody will ask for again.
CREATE INDEX session_by_expiry ON session ("expiresAt");

-- Attempts to sign in, by the hash of the address that was given, and by that of the address and the client's network.
-- What a crash takes away of it is not missed.
CREATE UNLOGGED TABLE sign_in_attempt (
    key      bytea        NOT NULL CONSTRAINT sign_in_attempt_pkey PRIMARY KEY,
    attempts integer      NOT NULL,
    ends     timestamp(3) NOT NULL -- when the count begins anew
);

CREATE INDEX sign_in_attempt_by_end ON sign_in_attempt (ends);
