//! Who is asked for: people with two slots on each weekday, and dates that are different over a year.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use weekwise_domain::Date;

use crate::{postgres::Database, running::SECRET};

/// Of each person, beside their 14 schedules.
pub(crate) const EXCEPTIONS: usize = 200;

/// The token with which a person is signed in.
pub(crate) fn token(user: usize) -> String {
    format!("the-token-of-somebody-with-number-{user}")
}

/// What is stored of a token.
pub(crate) fn hash(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The cookie in which a browser has a token.
pub(crate) fn cookie(token: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(token.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let value = format!("{token}.{signature}");
    format!("better-auth.session_token={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
}

/// Puts so many people into a database, each with 14 schedules and 200 exceptions: four in each of fifty weeks, in the
/// middle of which is `around`. Of five exceptions one cancels its date, one moves it, and three give it another time.
pub(crate) async fn fill(database: &Database, users: usize, around: Date) {
    let last = users - 1;
    database
        .run(&format!(
            r#"
            INSERT INTO "user" SELECT md5(n::text), 'Somebody', n || '@week.example', false, NULL, now(), now()
                FROM generate_series(0, {last}) n;
            INSERT INTO session ("_id", token, "userId", "createdAt", "updatedAt", "expiresAt", "endsAt", "ipAddress", "userAgent")
                SELECT md5('s' || n), encode(sha256(convert_to('the-token-of-somebody-with-number-' || n, 'UTF8')), 'hex'),
                    md5(n::text), now(), now(), now() + interval '7 days', now() + interval '90 days', '127.0.0.1', 'a browser'
                FROM generate_series(0, {last}) n;
            INSERT INTO head (user_id, rev, next_integer_id) SELECT md5(n::text), 214, 215 FROM generate_series(0, {last}) n;
            INSERT INTO schedule
                SELECT md5(n::text), id, k + 1, k + 1, now(), now(), id, k % 7, CASE WHEN k < 7 THEN '09:00' ELSE '14:00' END,
                    CASE WHEN k < 7 THEN '10:30' ELSE '15:30' END, DATE '{around}' - 400, NULL, 1, k + 1, 1, k + 1, id,
                    'Algebra', '', 'Room 5', 'blue', NULL, k + 1, 1, k + 1, id, true, k + 1, 1, k + 1, id
                FROM generate_series(0, {last}) n, generate_series(0, 13) k, LATERAL (SELECT md5(n || ' ' || k)::uuid AS id) it;
            INSERT INTO exception
                SELECT md5(n::text), date, md5(n || ' ' || k % 14)::uuid, k + 15, k + 15, 1, k + 15, id, now(), now(),
                    CASE k % 5 WHEN 0 THEN 'cancelled' ELSE 'override' END, CASE WHEN k % 5 > 1 THEN '11:00' END,
                    CASE WHEN k % 5 > 1 THEN '12:00' END, CASE WHEN k % 5 = 1 THEN date + 1 END, NULL, NULL, NULL
                FROM generate_series(0, {last}) n, generate_series(0, {exceptions} - 1) k,
                    LATERAL (SELECT md5(n || ' e ' || k)::uuid AS id, DATE '{around}' + (k / 4 - 25) * 7
                        + (k % 14 - extract(dow FROM DATE '{around}')::integer + 14) % 7 AS date) it;
            "#,
            exceptions = EXCEPTIONS
        ))
        .await;
    database.run("VACUUM (ANALYZE)").await;
    database.run("CHECKPOINT").await;
}
