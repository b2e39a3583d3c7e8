--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;


--
-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _sqlx_migrations; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);


ALTER TABLE public._sqlx_migrations OWNER TO postgres;

--
-- Name: account; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.account (
    _id text NOT NULL,
    "accountId" text NOT NULL,
    "providerId" text NOT NULL,
    "userId" text NOT NULL,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamp(3) without time zone,
    "refreshTokenExpiresAt" timestamp(3) without time zone,
    scope text,
    password text,
    "createdAt" timestamp(3) without time zone NOT NULL,
    "updatedAt" timestamp(3) without time zone NOT NULL
);


ALTER TABLE public.account OWNER TO postgres;

--
-- Name: adoption; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.adoption (
    adopted_at timestamp with time zone NOT NULL,
    forgotten_at timestamp with time zone,
    users bigint NOT NULL,
    sessions bigint NOT NULL,
    schedules bigint NOT NULL,
    exceptions bigint NOT NULL
);


ALTER TABLE public.adoption OWNER TO postgres;

--
-- Name: adoption_note; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.adoption_note (
    source_table text NOT NULL,
    source_id bigint NOT NULL,
    user_id text NOT NULL,
    note text NOT NULL
);


ALTER TABLE public.adoption_note OWNER TO postgres;

--
-- Name: adoption_quarantine; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.adoption_quarantine (
    source_table text NOT NULL,
    source_id bigint NOT NULL,
    user_id text,
    reason text NOT NULL,
    content jsonb NOT NULL
);


ALTER TABLE public.adoption_quarantine OWNER TO postgres;

--
-- Name: conflict_copy; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.conflict_copy (
    user_id text NOT NULL,
    id uuid NOT NULL,
    rev bigint NOT NULL,
    lost jsonb NOT NULL,
    made_at timestamp with time zone NOT NULL,
    op uuid NOT NULL,
    resolved boolean NOT NULL,
    resolved_rev bigint NOT NULL,
    resolved_origin_epoch integer NOT NULL,
    resolved_origin_rev bigint NOT NULL,
    resolved_op uuid NOT NULL
);


ALTER TABLE public.conflict_copy OWNER TO postgres;

--
-- Name: epoch; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.epoch (
    number integer NOT NULL,
    id uuid NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    system_identifier bigint,
    database_oid bigint,
    timeline bigint
);


ALTER TABLE public.epoch OWNER TO postgres;

--
-- Name: exception; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.exception (
    user_id text NOT NULL,
    original_date date NOT NULL,
    series_id uuid NOT NULL,
    integer_id bigint NOT NULL,
    rev bigint NOT NULL,
    origin_epoch integer NOT NULL,
    origin_rev bigint NOT NULL,
    op uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    start_time text COLLATE pg_catalog."C",
    end_time text COLLATE pg_catalog."C",
    moved_to date,
    title text,
    notes text,
    location text,
    CONSTRAINT exception_both_times CHECK (((start_time IS NULL) = (end_time IS NULL))),
    CONSTRAINT exception_end_time_check CHECK ((end_time ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'::text)),
    CONSTRAINT exception_ends_later CHECK ((start_time < end_time)),
    CONSTRAINT exception_kind_check CHECK ((kind = ANY (ARRAY['pattern'::text, 'cancelled'::text, 'override'::text]))),
    CONSTRAINT exception_location_check CHECK ((char_length(location) <= 200)),
    CONSTRAINT exception_moved_to_check CHECK (((moved_to >= '1900-01-01'::date) AND (moved_to <= '2200-12-31'::date))),
    CONSTRAINT exception_notes_check CHECK ((char_length(notes) <= 4000)),
    CONSTRAINT exception_original_date_check CHECK (((original_date >= '1900-01-01'::date) AND (original_date <= '2200-12-31'::date))),
    CONSTRAINT exception_override CHECK (((kind = 'override'::text) OR ((start_time IS NULL) AND (moved_to IS NULL) AND (location IS NULL)))),
    CONSTRAINT exception_pattern CHECK (((kind <> 'pattern'::text) OR ((title IS NULL) AND (notes IS NULL)))),
    CONSTRAINT exception_start_time_check CHECK ((start_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text)),
    CONSTRAINT exception_title_check CHECK ((char_length(title) <= 200))
);


ALTER TABLE public.exception OWNER TO postgres;

--
-- Name: head; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.head (
    user_id text NOT NULL,
    rev bigint DEFAULT 0 NOT NULL,
    next_integer_id bigint DEFAULT 1 NOT NULL,
    checksum bytea DEFAULT decode(repeat('00'::text, 16), 'hex'::text) NOT NULL,
    CONSTRAINT head_checksum_check CHECK ((octet_length(checksum) = 16)),
    CONSTRAINT head_next_integer_id_check CHECK ((next_integer_id > 0)),
    CONSTRAINT head_rev_check CHECK ((rev >= 0))
);


ALTER TABLE public.head OWNER TO postgres;

--
-- Name: operation; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.operation (
    user_id text NOT NULL,
    op uuid NOT NULL,
    device text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    first_rev bigint NOT NULL,
    last_rev bigint NOT NULL,
    body jsonb,
    CONSTRAINT operation_revs CHECK ((first_rev <= last_rev))
);


ALTER TABLE public.operation OWNER TO postgres;

--
-- Name: schedule; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.schedule (
    user_id text NOT NULL,
    id uuid NOT NULL,
    integer_id bigint NOT NULL,
    rev bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    series_id uuid NOT NULL,
    day_of_week smallint NOT NULL,
    start_time text NOT NULL COLLATE pg_catalog."C",
    end_time text NOT NULL COLLATE pg_catalog."C",
    valid_from date NOT NULL,
    valid_until date,
    every_n_weeks smallint NOT NULL,
    pattern_rev bigint NOT NULL,
    pattern_origin_epoch integer NOT NULL,
    pattern_origin_rev bigint NOT NULL,
    pattern_op uuid NOT NULL,
    title text NOT NULL,
    notes text NOT NULL,
    location text NOT NULL,
    color text NOT NULL,
    reminder_minutes smallint,
    details_rev bigint NOT NULL,
    details_origin_epoch integer NOT NULL,
    details_origin_rev bigint NOT NULL,
    details_op uuid NOT NULL,
    active boolean NOT NULL,
    active_rev bigint NOT NULL,
    active_origin_epoch integer NOT NULL,
    active_origin_rev bigint NOT NULL,
    active_op uuid NOT NULL,
    CONSTRAINT schedule_color_check CHECK ((color = ANY (ARRAY['blue'::text, 'green'::text, 'amber'::text, 'red'::text, 'violet'::text, 'teal'::text, 'pink'::text, 'slate'::text]))),
    CONSTRAINT schedule_day_of_week_check CHECK (((day_of_week >= 0) AND (day_of_week <= 6))),
    CONSTRAINT schedule_end_time_check CHECK ((end_time ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'::text)),
    CONSTRAINT schedule_ends_later CHECK ((start_time < end_time)),
    CONSTRAINT schedule_every_n_weeks_check CHECK (((every_n_weeks >= 1) AND (every_n_weeks <= 8))),
    CONSTRAINT schedule_location_check CHECK ((char_length(location) <= 200)),
    CONSTRAINT schedule_notes_check CHECK ((char_length(notes) <= 4000)),
    CONSTRAINT schedule_reminder_minutes_check CHECK (((reminder_minutes >= 0) AND (reminder_minutes <= 10080))),
    CONSTRAINT schedule_rev_highest CHECK ((rev = GREATEST(pattern_rev, details_rev, active_rev))),
    CONSTRAINT schedule_start_time_check CHECK ((start_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'::text)),
    CONSTRAINT schedule_title_check CHECK ((char_length(title) <= 200)),
    CONSTRAINT schedule_valid_from_check CHECK (((valid_from >= '1900-01-01'::date) AND (valid_from <= '2200-12-31'::date))),
    CONSTRAINT schedule_valid_until_check CHECK (((valid_until >= '1900-01-01'::date) AND (valid_until <= '2200-12-31'::date)))
);


ALTER TABLE public.schedule OWNER TO postgres;

--
-- Name: session; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.session (
    _id text NOT NULL,
    "expiresAt" timestamp(3) without time zone NOT NULL,
    token text NOT NULL,
    "createdAt" timestamp(3) without time zone NOT NULL,
    "updatedAt" timestamp(3) without time zone NOT NULL,
    "ipAddress" text,
    "userAgent" text,
    "userId" text NOT NULL,
    "endsAt" timestamp(3) without time zone DEFAULT ((now() AT TIME ZONE 'UTC'::text) + '90 days'::interval),
    CONSTRAINT session_token_hashed CHECK ((token ~ '^[0-9a-f]{64}$'::text))
);


ALTER TABLE public.session OWNER TO postgres;

--
-- Name: setting; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.setting (
    user_id text NOT NULL,
    name text NOT NULL,
    value jsonb NOT NULL,
    rev bigint NOT NULL,
    origin_epoch integer NOT NULL,
    origin_rev bigint NOT NULL,
    op uuid NOT NULL,
    CONSTRAINT setting_known CHECK (
CASE name
    WHEN 'slot_limit'::text THEN ((jsonb_typeof(value) = 'number'::text) AND (value = ANY (ARRAY['1'::jsonb, '2'::jsonb, '3'::jsonb, '4'::jsonb, '5'::jsonb, '6'::jsonb, '7'::jsonb, '8'::jsonb, '9'::jsonb, '10'::jsonb, '11'::jsonb, '12'::jsonb, '13'::jsonb, '14'::jsonb, '15'::jsonb, '16'::jsonb, '17'::jsonb, '18'::jsonb, '19'::jsonb, '20'::jsonb, '21'::jsonb, '22'::jsonb, '23'::jsonb, '24'::jsonb])))
    WHEN 'first_weekday'::text THEN (value = ANY (ARRAY['null'::jsonb, '0'::jsonb, '1'::jsonb, '2'::jsonb, '3'::jsonb, '4'::jsonb, '5'::jsonb, '6'::jsonb]))
    WHEN 'time_zone'::text THEN ((value = 'null'::jsonb) OR ((jsonb_typeof(value) = 'string'::text) AND ((char_length((value #>> '{}'::text[])) >= 1) AND (char_length((value #>> '{}'::text[])) <= 64))))
    WHEN 'clock'::text THEN (value = ANY (ARRAY['null'::jsonb, '"h12"'::jsonb, '"h24"'::jsonb]))
    ELSE true
END)
);


ALTER TABLE public.setting OWNER TO postgres;

--
-- Name: sign_in_attempt; Type: TABLE; Schema: public; Owner: postgres
--

CREATE UNLOGGED TABLE public.sign_in_attempt (
    key bytea NOT NULL,
    attempts integer NOT NULL,
    ends timestamp(3) without time zone NOT NULL
);


ALTER TABLE public.sign_in_attempt OWNER TO postgres;

--
-- Name: tombstone; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.tombstone (
    user_id text NOT NULL,
    schedule_id uuid NOT NULL,
    rev bigint NOT NULL,
    origin_epoch integer NOT NULL,
    origin_rev bigint NOT NULL,
    op uuid NOT NULL
);


ALTER TABLE public.tombstone OWNER TO postgres;

--
-- Name: user; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public."user" (
    _id text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    "emailVerified" boolean NOT NULL,
    image text,
    "createdAt" timestamp(3) without time zone NOT NULL,
    "updatedAt" timestamp(3) without time zone NOT NULL
);


ALTER TABLE public."user" OWNER TO postgres;

--
-- Name: verification; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.verification (
    _id text NOT NULL,
    identifier text NOT NULL,
    value text NOT NULL,
    "expiresAt" timestamp(3) without time zone NOT NULL,
    "createdAt" timestamp(3) without time zone,
    "updatedAt" timestamp(3) without time zone
);


ALTER TABLE public.verification OWNER TO postgres;

--
-- Data for Name: _sqlx_migrations; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public._sqlx_migrations (version, description, installed_on, success, checksum, execution_time) FROM stdin;
1	accounts	2026-11-25 01:29:32.375852+00	t	\\x0d7643d57e623814274bbeddfd71efa5a5c06dca37e51f85a55e133e2a5d9714077b30ff6bc063a49d5dee69b69c4d20	7740036
2	weeks	2026-11-25 01:29:32.375852+00	t	\\xadb9c2d4bbbf64025cfaff506b2d77b540ae4f58d01615c66fca7c4f979e9d28cb6372154ac3e90c08ba96a545146ef4	169932438
3	operations	2026-11-25 01:29:32.375852+00	t	\\xa4ec8e2c6a5a6af3699f63c17cafc107d7be35301a6315c44cfa692cfb2e29c05998390c342c8dc1d91bc1d289ebe30a	18350759
4	adoption	2026-11-25 01:29:32.375852+00	t	\\x49a92e19c5523937afe8fd518b5251dbf046e6c3a4f95a50b0f08cf8f97b191ff749eda620d4e509ba61b5c14e90faa3	11007398
5	sign in	2026-11-25 01:29:32.375852+00	t	\\x4525cfa074081fdf0e4054b49508267da029e8d834c1f3ba555081a1ae4f879f7a73c939ebce4514fc930bfa16b68f43	9576062
\.


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.account (_id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", scope, password, "createdAt", "updatedAt") FROM stdin;
fkA4ujNUZb42NSlxMa1k9EMQvnNUSpd5	D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	credential	D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	\N	\N	\N	\N	\N	\N	$argon2id$v=19$m=19456,t=2,p=1$9AK3tdCWpGlahRymiP00rg$TdRRNc8fd+384RvvFT7A/ShLiulU3AKNY4Y09DoKjs0	2026-11-25 01:29:32.767	2026-11-25 01:29:32.767
b9oorVJSHyWW4PynL2K2g8oSeqvDzFH5	OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	credential	OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	\N	\N	\N	\N	\N	\N	$argon2id$v=19$m=19456,t=2,p=1$lOkPhIszEKyoLHncVcYgUg$9TcoOUDVMRtKdlq07WtlrcludTuCN5o1xnJdIyRni1E	2026-11-25 01:29:33.981	2026-11-25 01:29:33.981
\.


--
-- Data for Name: adoption; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.adoption (adopted_at, forgotten_at, users, sessions, schedules, exceptions) FROM stdin;
\.


--
-- Data for Name: adoption_note; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.adoption_note (source_table, source_id, user_id, note) FROM stdin;
\.


--
-- Data for Name: adoption_quarantine; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.adoption_quarantine (source_table, source_id, user_id, reason, content) FROM stdin;
\.


--
-- Data for Name: conflict_copy; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.conflict_copy (user_id, id, rev, lost, made_at, op, resolved, resolved_rev, resolved_origin_epoch, resolved_origin_rev, resolved_op) FROM stdin;
\.


--
-- Data for Name: epoch; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.epoch (number, id, begun_at, system_identifier, database_oid, timeline) FROM stdin;
1	01a21052-82c9-76ad-93ca-2f0ae0bb06c4	2026-11-25 01:29:32.332694+00	7711915155369077568	16384	1
\.


--
-- Data for Name: exception; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.exception (user_id, original_date, series_id, integer_id, rev, origin_epoch, origin_rev, op, created_at, updated_at, kind, start_time, end_time, moved_to, title, notes, location) FROM stdin;
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	2026-11-30	01a21052-8631-7a41-8c7c-f40b9048f481	4	4	1	4	01a21052-86f5-74af-b73c-bf5c05c06794	2026-11-25 01:29:33.685532+00	2026-11-25 01:29:33.685532+00	cancelled	\N	\N	\N	\N	\N	\N
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	2026-12-01	01a21052-8680-7410-a2e7-0fd2f9be35d1	5	5	1	5	01a21052-8760-74fb-9708-32c15699297c	2026-11-25 01:29:33.792886+00	2026-11-25 01:29:33.792886+00	override	20:00	21:00	\N	\N	\N	\N
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	2026-11-30	01a21052-8ab0-710f-be6b-d28ae3f0a03f	4	4	1	4	01a21052-8ba5-71ca-878e-3977c32036ee	2026-11-25 01:29:34.885104+00	2026-11-25 01:29:34.885104+00	cancelled	\N	\N	\N	\N	\N	\N
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	2026-12-01	01a21052-8b1c-7b78-b3e1-e88d46360c8a	5	5	1	5	01a21052-8c00-7273-8736-2c04bb6c4a44	2026-11-25 01:29:34.976699+00	2026-11-25 01:29:34.976699+00	override	20:00	21:00	\N	\N	\N	\N
\.


--
-- Data for Name: head; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.head (user_id, rev, next_integer_id, checksum) FROM stdin;
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	6	6	\\xb4fc913e0c5726e2f20be8fa374b47ab
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	6	6	\\xeb26f6ac1b99bd27a3eb7284c0f2c926
\.


--
-- Data for Name: operation; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.operation (user_id, op, device, made_at, first_rev, last_rev, body) FROM stdin;
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-8631-7147-8825-a92174a911c7	web	2026-11-25 01:29:33.48921+00	1	1	{"edit": {"do": "create", "schedule": {"id": "01a21052-8631-7a41-8c7c-f40b9048f481", "active": true, "details": {"color": "blue", "notes": "", "title": "", "location": "", "reminder": null}, "pattern": {"time": {"end": "10:30", "start": "09:00"}, "every": 1, "validity": {"from": "2026-11-24", "until": null}, "series_id": "01a21052-8631-7a41-8c7c-f40b9048f481", "day_of_week": 1}}}, "raise_slot_limit": null}
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-8680-737e-a03f-6dea74c122af	web	2026-11-25 01:29:33.568994+00	2	2	{"edit": {"do": "create", "schedule": {"id": "01a21052-8680-7410-a2e7-0fd2f9be35d1", "active": true, "details": {"color": "blue", "notes": "", "title": "", "location": "", "reminder": null}, "pattern": {"time": {"end": "19:00", "start": "18:00"}, "every": 1, "validity": {"from": "2026-11-24", "until": null}, "series_id": "01a21052-8680-7410-a2e7-0fd2f9be35d1", "day_of_week": 2}}}, "raise_slot_limit": null}
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-86b9-7a26-bbec-42da55219949	web	2026-11-25 01:29:33.625028+00	3	3	{"edit": {"do": "create", "schedule": {"id": "01a21052-86b9-7194-9329-c1a802d36c04", "active": true, "details": {"color": "blue", "notes": "", "title": "", "location": "", "reminder": null}, "pattern": {"time": {"end": "09:00", "start": "08:00"}, "every": 1, "validity": {"from": "2026-11-24", "until": null}, "series_id": "01a21052-86b9-7194-9329-c1a802d36c04", "day_of_week": 3}}}, "raise_slot_limit": null}
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-86f5-74af-b73c-bf5c05c06794	web	2026-11-25 01:29:33.685532+00	4	4	{"edit": {"do": "cancel_date", "date": "2026-11-30", "reason": {"notes": null, "title": null}, "series_id": "01a21052-8631-7a41-8c7c-f40b9048f481"}, "raise_slot_limit": null}
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-8760-74fb-9708-32c15699297c	web	2026-11-25 01:29:33.792886+00	5	5	{"edit": {"do": "change_date", "date": "2026-12-01", "change": {"time": {"end": "21:00", "start": "20:00"}, "notes": null, "title": null, "location": null, "moved_to": null}, "series_id": "01a21052-8680-7410-a2e7-0fd2f9be35d1"}, "raise_slot_limit": null}
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-87a9-7617-882b-fffec4570a2e	web	2026-11-25 01:29:33.865095+00	6	6	{"edit": {"do": "trash", "series_id": "01a21052-86b9-7194-9329-c1a802d36c04"}, "raise_slot_limit": null}
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8ab0-75bf-9ded-4f70fd02aa47	web	2026-11-25 01:29:34.640461+00	1	1	{"edit": {"do": "create", "schedule": {"id": "01a21052-8ab0-710f-be6b-d28ae3f0a03f", "active": true, "details": {"color": "blue", "notes": "", "title": "", "location": "", "reminder": null}, "pattern": {"time": {"end": "10:30", "start": "09:00"}, "every": 1, "validity": {"from": "2026-11-24", "until": null}, "series_id": "01a21052-8ab0-710f-be6b-d28ae3f0a03f", "day_of_week": 1}}}, "raise_slot_limit": null}
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8b1c-7846-a2fa-300e3fcef9b0	web	2026-11-25 01:29:34.748619+00	2	2	{"edit": {"do": "create", "schedule": {"id": "01a21052-8b1c-7b78-b3e1-e88d46360c8a", "active": true, "details": {"color": "blue", "notes": "", "title": "", "location": "", "reminder": null}, "pattern": {"time": {"end": "19:00", "start": "18:00"}, "every": 1, "validity": {"from": "2026-11-24", "until": null}, "series_id": "01a21052-8b1c-7b78-b3e1-e88d46360c8a", "day_of_week": 2}}}, "raise_slot_limit": null}
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8b72-7a27-8def-d60ec8285eb7	web	2026-11-25 01:29:34.834262+00	3	3	{"edit": {"do": "create", "schedule": {"id": "01a21052-8b72-796c-9c34-9a3ac635149c", "active": true, "details": {"color": "blue", "notes": "", "title": "", "location": "", "reminder": null}, "pattern": {"time": {"end": "09:00", "start": "08:00"}, "every": 1, "validity": {"from": "2026-11-24", "until": null}, "series_id": "01a21052-8b72-796c-9c34-9a3ac635149c", "day_of_week": 3}}}, "raise_slot_limit": null}
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8ba5-71ca-878e-3977c32036ee	web	2026-11-25 01:29:34.885104+00	4	4	{"edit": {"do": "cancel_date", "date": "2026-11-30", "reason": {"notes": null, "title": null}, "series_id": "01a21052-8ab0-710f-be6b-d28ae3f0a03f"}, "raise_slot_limit": null}
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8c00-7273-8736-2c04bb6c4a44	web	2026-11-25 01:29:34.976699+00	5	5	{"edit": {"do": "change_date", "date": "2026-12-01", "change": {"time": {"end": "21:00", "start": "20:00"}, "notes": null, "title": null, "location": null, "moved_to": null}, "series_id": "01a21052-8b1c-7b78-b3e1-e88d46360c8a"}, "raise_slot_limit": null}
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8c3e-7033-9aa8-0c43633aa0b3	web	2026-11-25 01:29:35.038831+00	6	6	{"edit": {"do": "trash", "series_id": "01a21052-8b72-796c-9c34-9a3ac635149c"}, "raise_slot_limit": null}
\.


--
-- Data for Name: schedule; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.schedule (user_id, id, integer_id, rev, created_at, updated_at, series_id, day_of_week, start_time, end_time, valid_from, valid_until, every_n_weeks, pattern_rev, pattern_origin_epoch, pattern_origin_rev, pattern_op, title, notes, location, color, reminder_minutes, details_rev, details_origin_epoch, details_origin_rev, details_op, active, active_rev, active_origin_epoch, active_origin_rev, active_op) FROM stdin;
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-8631-7a41-8c7c-f40b9048f481	1	1	2026-11-25 01:29:33.48921+00	2026-11-25 01:29:33.48921+00	01a21052-8631-7a41-8c7c-f40b9048f481	1	09:00	10:30	2026-11-24	\N	1	1	1	1	01a21052-8631-7147-8825-a92174a911c7				blue	\N	1	1	1	01a21052-8631-7147-8825-a92174a911c7	t	1	1	1	01a21052-8631-7147-8825-a92174a911c7
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-8680-7410-a2e7-0fd2f9be35d1	2	2	2026-11-25 01:29:33.568994+00	2026-11-25 01:29:33.568994+00	01a21052-8680-7410-a2e7-0fd2f9be35d1	2	18:00	19:00	2026-11-24	\N	1	2	1	2	01a21052-8680-737e-a03f-6dea74c122af				blue	\N	2	1	2	01a21052-8680-737e-a03f-6dea74c122af	t	2	1	2	01a21052-8680-737e-a03f-6dea74c122af
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	01a21052-86b9-7194-9329-c1a802d36c04	3	6	2026-11-25 01:29:33.625028+00	2026-11-25 01:29:33.865095+00	01a21052-86b9-7194-9329-c1a802d36c04	3	08:00	09:00	2026-11-24	\N	1	3	1	3	01a21052-86b9-7a26-bbec-42da55219949				blue	\N	3	1	3	01a21052-86b9-7a26-bbec-42da55219949	f	6	1	6	01a21052-87a9-7617-882b-fffec4570a2e
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8ab0-710f-be6b-d28ae3f0a03f	1	1	2026-11-25 01:29:34.640461+00	2026-11-25 01:29:34.640461+00	01a21052-8ab0-710f-be6b-d28ae3f0a03f	1	09:00	10:30	2026-11-24	\N	1	1	1	1	01a21052-8ab0-75bf-9ded-4f70fd02aa47				blue	\N	1	1	1	01a21052-8ab0-75bf-9ded-4f70fd02aa47	t	1	1	1	01a21052-8ab0-75bf-9ded-4f70fd02aa47
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8b1c-7b78-b3e1-e88d46360c8a	2	2	2026-11-25 01:29:34.748619+00	2026-11-25 01:29:34.748619+00	01a21052-8b1c-7b78-b3e1-e88d46360c8a	2	18:00	19:00	2026-11-24	\N	1	2	1	2	01a21052-8b1c-7846-a2fa-300e3fcef9b0				blue	\N	2	1	2	01a21052-8b1c-7846-a2fa-300e3fcef9b0	t	2	1	2	01a21052-8b1c-7846-a2fa-300e3fcef9b0
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	01a21052-8b72-796c-9c34-9a3ac635149c	3	6	2026-11-25 01:29:34.834262+00	2026-11-25 01:29:35.038831+00	01a21052-8b72-796c-9c34-9a3ac635149c	3	08:00	09:00	2026-11-24	\N	1	3	1	3	01a21052-8b72-7a27-8def-d60ec8285eb7				blue	\N	3	1	3	01a21052-8b72-7a27-8def-d60ec8285eb7	f	6	1	6	01a21052-8c3e-7033-9aa8-0c43633aa0b3
\.


--
-- Data for Name: session; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.session (_id, "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "endsAt") FROM stdin;
ofpiRib6WjOvu6dYLANgti51O2Z57J4M	2199-01-01 00:00:00	311a9d603bc355402cc6c6d068e81edb7d0100134f6dd56cc397d3634b1e1325	2026-11-25 01:29:32.767	2026-11-25 01:29:32.767	127.0.0.1	curl/7.88.1	D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	\N
djUWEtj9sRko3KvJ1Mi2f4X7fPr0VB6e	2199-01-01 00:00:00	3f268557e6e88779d85f70de6953153b16e0b199c004983d2bc79e39d513459c	2026-11-25 01:29:33.981	2026-11-25 01:29:33.981	127.0.0.1	curl/7.88.1	OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	\N
\.


--
-- Data for Name: setting; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.setting (user_id, name, value, rev, origin_epoch, origin_rev, op) FROM stdin;
\.


--
-- Data for Name: sign_in_attempt; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.sign_in_attempt (key, attempts, ends) FROM stdin;
\.


--
-- Data for Name: tombstone; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.tombstone (user_id, schedule_id, rev, origin_epoch, origin_rev, op) FROM stdin;
\.


--
-- Data for Name: user; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public."user" (_id, name, email, "emailVerified", image, "createdAt", "updatedAt") FROM stdin;
D2l9Ylt2yhJ8jr34jIGUAnazKXpbL0RP	ada	ada@week.example	f	\N	2026-11-25 01:29:32.767	2026-11-25 01:29:32.767
OpkmGThX87NnFuR5kKc2TCA5qSNMckUG	bob	bob@week.example	f	\N	2026-11-25 01:29:33.981	2026-11-25 01:29:33.981
\.


--
-- Data for Name: verification; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.verification (_id, identifier, value, "expiresAt", "createdAt", "updatedAt") FROM stdin;
\.


--
-- Name: _sqlx_migrations _sqlx_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);


--
-- Name: account account_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (_id);


--
-- Name: adoption_note adoption_note_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.adoption_note
    ADD CONSTRAINT adoption_note_pkey PRIMARY KEY (source_table, source_id);


--
-- Name: adoption_quarantine adoption_quarantine_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.adoption_quarantine
    ADD CONSTRAINT adoption_quarantine_pkey PRIMARY KEY (source_table, source_id);


--
-- Name: conflict_copy conflict_copy_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.conflict_copy
    ADD CONSTRAINT conflict_copy_pkey PRIMARY KEY (user_id, id);


--
-- Name: conflict_copy conflict_copy_rev_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.conflict_copy
    ADD CONSTRAINT conflict_copy_rev_key UNIQUE (user_id, rev);


--
-- Name: epoch epoch_id_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.epoch
    ADD CONSTRAINT epoch_id_key UNIQUE (id);


--
-- Name: epoch epoch_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.epoch
    ADD CONSTRAINT epoch_pkey PRIMARY KEY (number);


--
-- Name: exception exception_integer_id_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.exception
    ADD CONSTRAINT exception_integer_id_key UNIQUE (user_id, integer_id);


--
-- Name: exception exception_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.exception
    ADD CONSTRAINT exception_pkey PRIMARY KEY (user_id, original_date, series_id);


--
-- Name: exception exception_rev_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.exception
    ADD CONSTRAINT exception_rev_key UNIQUE (user_id, rev);


--
-- Name: head head_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.head
    ADD CONSTRAINT head_pkey PRIMARY KEY (user_id);


--
-- Name: operation operation_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.operation
    ADD CONSTRAINT operation_pkey PRIMARY KEY (user_id, op);


--
-- Name: schedule schedule_integer_id_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_integer_id_key UNIQUE (user_id, integer_id);


--
-- Name: schedule schedule_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_pkey PRIMARY KEY (user_id, id);


--
-- Name: schedule schedule_rev_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_rev_key UNIQUE (user_id, rev);


--
-- Name: schedule schedule_segments_apart; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_segments_apart EXCLUDE USING gist (user_id WITH =, series_id WITH =, (
CASE
    WHEN (valid_until < valid_from) THEN 'empty'::daterange
    ELSE daterange(valid_from, valid_until, '[]'::text)
END) WITH &&) WHERE (active) DEFERRABLE INITIALLY DEFERRED;


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (_id);


--
-- Name: session session_token_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_token_key UNIQUE (token);


--
-- Name: setting setting_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (user_id, name);


--
-- Name: setting setting_rev_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_rev_key UNIQUE (user_id, rev);


--
-- Name: sign_in_attempt sign_in_attempt_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.sign_in_attempt
    ADD CONSTRAINT sign_in_attempt_pkey PRIMARY KEY (key);


--
-- Name: tombstone tombstone_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.tombstone
    ADD CONSTRAINT tombstone_pkey PRIMARY KEY (user_id, schedule_id);


--
-- Name: tombstone tombstone_rev_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.tombstone
    ADD CONSTRAINT tombstone_rev_key UNIQUE (user_id, rev);


--
-- Name: user user_email_key; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public."user"
    ADD CONSTRAINT user_email_key UNIQUE (email);


--
-- Name: user user_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public."user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (_id);


--
-- Name: verification verification_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.verification
    ADD CONSTRAINT verification_pkey PRIMARY KEY (_id);


--
-- Name: account_by_user; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX account_by_user ON public.account USING btree ("userId");


--
-- Name: adoption_once; Type: INDEX; Schema: public; Owner: postgres
--

CREATE UNIQUE INDEX adoption_once ON public.adoption USING btree ((true));


--
-- Name: exception_by_move; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX exception_by_move ON public.exception USING btree (user_id, moved_to) WHERE (moved_to IS NOT NULL);


--
-- Name: session_by_expiry; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX session_by_expiry ON public.session USING btree ("expiresAt");


--
-- Name: session_by_user; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX session_by_user ON public.session USING btree ("userId");


--
-- Name: sign_in_attempt_by_end; Type: INDEX; Schema: public; Owner: postgres
--

CREATE INDEX sign_in_attempt_by_end ON public.sign_in_attempt USING btree (ends);


--
-- Name: account account_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_user_fkey FOREIGN KEY ("userId") REFERENCES public."user"(_id) ON DELETE CASCADE;


--
-- Name: conflict_copy conflict_copy_head_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.conflict_copy
    ADD CONSTRAINT conflict_copy_head_fkey FOREIGN KEY (user_id) REFERENCES public.head(user_id) ON DELETE CASCADE;


--
-- Name: exception exception_head_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.exception
    ADD CONSTRAINT exception_head_fkey FOREIGN KEY (user_id) REFERENCES public.head(user_id) ON DELETE CASCADE;


--
-- Name: operation operation_head_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.operation
    ADD CONSTRAINT operation_head_fkey FOREIGN KEY (user_id) REFERENCES public.head(user_id) ON DELETE CASCADE;


--
-- Name: schedule schedule_head_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_head_fkey FOREIGN KEY (user_id) REFERENCES public.head(user_id) ON DELETE CASCADE;


--
-- Name: session session_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_user_fkey FOREIGN KEY ("userId") REFERENCES public."user"(_id) ON DELETE CASCADE;


--
-- Name: setting setting_head_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_head_fkey FOREIGN KEY (user_id) REFERENCES public.head(user_id) ON DELETE CASCADE;


--
-- Name: tombstone tombstone_head_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.tombstone
    ADD CONSTRAINT tombstone_head_fkey FOREIGN KEY (user_id) REFERENCES public.head(user_id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


