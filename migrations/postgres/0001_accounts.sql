-- Who may sign in. The tables and columns are those of the server that this one replaces, so that a person who works on
-- the database finds what they know. Moments are in UTC.

CREATE TABLE "user" (
    "_id"           text         NOT NULL CONSTRAINT user_pkey PRIMARY KEY,
    "name"          text         NOT NULL,
    "email"         text         NOT NULL CONSTRAINT user_email_key UNIQUE, -- in lower case
    "emailVerified" boolean      NOT NULL,
    "image"         text,
    "createdAt"     timestamp(3) NOT NULL,
    "updatedAt"     timestamp(3) NOT NULL
);

-- The token itself is with the client alone: whoever reads this table can sign in as nobody.
CREATE TABLE session (
    "_id"       text         NOT NULL CONSTRAINT session_pkey PRIMARY KEY,
    "expiresAt" timestamp(3) NOT NULL,
    "token"     text         NOT NULL CONSTRAINT session_token_key UNIQUE
        CONSTRAINT session_token_hashed CHECK ("token" ~ '^[0-9a-f]{64}$'), -- SHA-256 of the token, in hex
    "createdAt" timestamp(3) NOT NULL,
    "updatedAt" timestamp(3) NOT NULL,
    "ipAddress" text,
    "userAgent" text,
    "userId"    text         NOT NULL CONSTRAINT session_user_fkey REFERENCES "user" ON DELETE CASCADE
);

CREATE INDEX session_by_user ON session ("userId");

CREATE TABLE account (
    "_id"                   text         NOT NULL CONSTRAINT account_pkey PRIMARY KEY,
    "accountId"             text         NOT NULL,
    "providerId"            text         NOT NULL, -- "credential" for one with a password
    "userId"                text         NOT NULL CONSTRAINT account_user_fkey REFERENCES "user" ON DELETE CASCADE,
    "accessToken"           text,
    "refreshToken"          text,
    "idToken"               text,
    "accessTokenExpiresAt"  timestamp(3),
    "refreshTokenExpiresAt" timestamp(3),
    "scope"                 text,
    "password"              text, -- argon2id, or the reference's scrypt until its owner signs in
    "createdAt"             timestamp(3) NOT NULL,
    "updatedAt"             timestamp(3) NOT NULL
);

CREATE INDEX account_by_user ON account ("userId");

CREATE TABLE verification (
    "_id"        text         NOT NULL CONSTRAINT verification_pkey PRIMARY KEY,
    "identifier" text         NOT NULL,
    "value"      text         NOT NULL,
    "expiresAt"  timestamp(3) NOT NULL,
    "createdAt"  timestamp(3),
    "updatedAt"  timestamp(3)
);
