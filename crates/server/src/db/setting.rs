//! `setting`: what a person has set, one row for each setting that was ever set.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::{PgConnection, types::Json};
use weekwise_domain::{Setting, Settings};

use super::head::Stamp;
use crate::UserId;

/// A user's settings, and the revisions of those that have a row.
#[derive(Debug, Clone, Default)]
pub(crate) struct StoredSettings {
    /// Those without a row have their defaults.
    pub(crate) settings: Settings,
    /// By name. Where all were asked for, names that this version does not know are among them.
    pub(crate) revs: BTreeMap<String, i64>,
}

/// The names of those that this version knows.
const KNOWN: [&str; 7] = ["slot_limit", "time_zone", "first_weekday", "clock", "theme", "hide_weekend", "view"];

/// All settings of a user.
pub(crate) async fn all(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<StoredSettings> {
    let query = sqlx::query_as("SELECT name, value, rev FROM setting WHERE user_id = $1").bind(user);
    Ok(stored(query.fetch_all(connection).await?))
}

/// The settings of a user that this version knows. Of others a device may have pushed as many as an account holds.
pub(crate) async fn known(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<StoredSettings> {
    let query = sqlx::query_as("SELECT name, value, rev FROM setting WHERE user_id = $1 AND name = ANY($2)");
    Ok(stored(query.bind(user).bind(KNOWN.as_slice()).fetch_all(connection).await?))
}

fn stored(rows: Vec<(String, Value, i64)>) -> StoredSettings {
    let mut stored = StoredSettings::default();
    for (name, value, rev) in rows {
        // What cannot be read is a later version's.
        if let Ok(setting) = serde_json::from_value::<Setting>(json!({ "name": &name, "value": value })) {
            stored.settings.set(setting);
        }
        stored.revs.insert(name, rev);
    }
    stored
}

/// The name and the value of a setting, as its row holds them.
pub(crate) fn columns(setting: &Setting) -> sqlx::Result<(String, Value)> {
    let mut whole = serde_json::to_value(setting).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let name = whole["name"].as_str().map(str::to_owned);
    let name = name.ok_or_else(|| sqlx::Error::Encode("a setting has a name".into()))?;
    Ok((name, whole["value"].take()))
}

/// Stores a setting.
pub(crate) async fn put(
    connection: &mut PgConnection,
    user: &UserId,
    name: &str,
    value: &Value,
    stamp: Stamp,
) -> sqlx::Result<()> {
    const PUT: &str = "INSERT INTO setting (user_id, name, value, rev, origin_epoch, origin_rev, op) \
        VALUES ($1, $2, $3, $4, $5, $4, $6) ON CONFLICT (user_id, name) DO UPDATE SET \
        value = $3, rev = $4, origin_epoch = $5, origin_rev = $4, op = $6";
    let query = sqlx::query(PUT).bind(user).bind(name).bind(Json(value));
    query.bind(stamp.rev).bind(stamp.epoch).bind(stamp.op).execute(connection).await?;
    Ok(())
}

/// Sets a setting to what it is, as if it had been edited so. Its value may be of a later version.
pub(crate) async fn revise(connection: &mut PgConnection, user: &UserId, name: &str, stamp: Stamp) -> sqlx::Result<()> {
    const REVISE: &str = "UPDATE setting SET rev = $3, origin_epoch = $4, origin_rev = $3, op = $5 \
        WHERE user_id = $1 AND name = $2";
    let query = sqlx::query(REVISE).bind(user).bind(name);
    query.bind(stamp.rev).bind(stamp.epoch).bind(stamp.op).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use weekwise_domain::{Clock, SlotLimit, TimeZone, Weekday};

    use super::*;
    use crate::{db::head::tests::with_head, postgres::Database};

    #[tokio::test]
    async fn every_setting_is_read_as_it_was_written() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let zone = TimeZone::try_from("Europe/Berlin".to_owned()).unwrap();
        let values = [
            Setting::SlotLimit(SlotLimit::MAX),
            Setting::TimeZone(Some(zone)),
            Setting::TimeZone(None),
            Setting::FirstWeekday(Some(Weekday::SUNDAY)),
            Setting::FirstWeekday(None),
            Setting::Clock(Some(Clock::H12)),
            Setting::Clock(None),
        ];
        let mut expected = Settings::default();
        for (rev, value) in (1..).zip(values) {
            let (name, json) = columns(&value).unwrap();
            put(&mut connection, &user, &name, &json, Stamp { rev, epoch: 1, op: Uuid::nil() }).await.unwrap();
            expected.set(value);
            let stored = all(&mut connection, &user).await.unwrap();
            assert_eq!((stored.settings, stored.revs[&name]), (expected.clone(), rev));
        }
    }

    #[tokio::test]
    async fn the_table_refuses_what_the_model_refuses_and_keeps_what_it_does_not_know() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let insert = |name: &str, value: &str| {
            format!("INSERT INTO setting VALUES ('ada', '{name}', '{value}', 1, 1, 1, '{}')", Uuid::nil())
        };
        for (name, value) in [
            ("slot_limit", "0"),
            ("slot_limit", "25"),
            ("slot_limit", "2.5"),
            ("slot_limit", "null"),
            ("first_weekday", "7"),
            ("time_zone", "\"\""),
            ("time_zone", "1"),
            ("clock", "\"h13\""),
        ] {
            database.try_run(&insert(name, value)).await.expect_err(name);
        }
        database.run(&insert("density", "\"airy\"")).await;
        let stored = all(&mut connection, &user).await.unwrap();
        assert_eq!((stored.settings, stored.revs["density"]), (Settings::default(), 1));
        assert!(known(&mut connection, &user).await.unwrap().revs.is_empty());
    }

    #[test]
    fn every_setting_of_this_version_is_among_the_known_ones() {
        let Settings { slot_limit, time_zone, first_weekday, clock, theme, hide_weekend, view } = Settings::default();
        let every = [
            Setting::SlotLimit(slot_limit),
            Setting::TimeZone(time_zone),
            Setting::FirstWeekday(first_weekday),
            Setting::Clock(clock),
            Setting::Theme(theme),
            Setting::HideWeekend(hide_weekend),
            Setting::View(view),
        ];
        assert_eq!(every.map(|setting| columns(&setting).unwrap().0), KNOWN);
    }
}
