-- People and weeks as the server that Weekwise replaces left them, with everything odd that its users could make.
-- 2030-01-06 is a Sunday, so the Mondays are 7, 14, 21 and 28 January.

INSERT INTO "user" VALUES
    ('ada', 'Ada', 'ada@week.example', false, NULL, '2029-12-01 08:00', '2029-12-01 08:00'),
    ('bob', 'Bob', 'bob@week.example', true, 'https://week.example/bob.png', '2029-12-01 08:00', '2029-12-01 08:00'),
    ('eve', 'Eve without a week', 'eve@week.example', false, NULL, '2029-12-01 08:00', '2029-12-01 08:00');
-- Ada's password is "correct horse battery".
INSERT INTO "account" ("_id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt") VALUES
    ('account-ada', 'ada', 'credential', 'ada', '5f3a9c0d7e1b2846a0c4d8e2f6917b35:ddee5010106c7f924d24163f379255085d00a152f000fa61508bdbc7acb29b72b3c2fdd097f973625d5109575e2a8b36531ec50341162fa87fe8ea15e877fe3c', '2029-12-01 08:00', '2029-12-01 08:00');
INSERT INTO "session" VALUES
    ('session-ada', '2199-01-01', 'plainTokenOfAdaAndNobodyElse0001', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', '', 'Browser', 'ada'),
    ('session-bob', '2199-01-01', 'plainTokenOfBobAndNobodyElse0002', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', '', 'Browser', 'bob');
INSERT INTO "verification" VALUES ('verification', 'ada@week.example', 'x', '2030-01-01', NULL, NULL);

INSERT INTO "schedule" ("id", "userId", "dayOfWeek", "startTime", "endTime", "isActive", "createdAt", "updatedAt") VALUES
    (1, 'ada', 1, '9:00', '10:30', true, '2029-12-05 08:00', '2029-12-05 08:00'),
    (2, 'ada', 1, '14:00', '15:00', true, '2029-12-05 08:00', '2029-12-05 08:00'),
    (3, 'ada', 3, '18:00', '9:00', true, '2029-12-05 08:00', '2029-12-05 08:00'), -- reversed
    (4, 'ada', 4, '08:00', '09:00', false, '2029-12-05 08:00', '2029-12-06 08:00'), -- deleted
    (5, 'bob', 0, '07:00', '08:00', true, '2029-12-05 08:00', '2029-12-05 08:00'),
    (7, 'bob', 9, '07:00', '08:00', true, '2029-12-05 08:00', '2029-12-05 08:00'); -- no weekday
INSERT INTO "schedule_exception" ("id", "scheduleId", "date", "startTime", "endTime", "isDeleted", "createdAt", "updatedAt") VALUES
    (1, 1, '2030-01-07', '8:15', '9:45', false, '2029-12-06 08:00', '2029-12-06 08:00'),
    (2, 1, '2030-01-14', NULL, NULL, true, '2029-12-06 08:00', '2029-12-06 08:00'),
    (3, 1, '2030-01-21 05:00', '11:00', '12:00', false, '2029-12-06 08:00', '2029-12-07 08:00'), -- midnight in New York
    (4, 1, '2030-01-21', NULL, NULL, true, '2029-12-06 08:00', '2029-12-06 08:00'), -- the older one for that day
    (5, 2, '2030-01-27 18:30', '16:00', '17:00', false, '2029-12-06 08:00', '2029-12-06 08:00'), -- midnight in Kolkata
    (6, 2, '2030-02-04', '12:00', '11:00', false, '2029-12-06 08:00', '2029-12-06 08:00'), -- reversed
    (7, 3, '2030-01-09', NULL, NULL, true, '2029-12-06 08:00', '2029-12-06 08:00'), -- of the reversed slot
    (8, 5, '2029-11-04', NULL, NULL, true, '2029-12-06 08:00', '2029-12-06 08:00'), -- before its slot was made
    (9, 5, '2030-01-06', '07:30', '08:00', false, '2029-12-06 08:00', '2029-12-06 08:00');
SELECT setval('schedule_id_seq', 7), setval('schedule_exception_id_seq', 9);
