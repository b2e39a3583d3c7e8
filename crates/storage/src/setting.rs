//! The table `setting`: what a person has set, one row for each setting that was ever set.

use serde_json::{Value, json};
use sqlx::{Row as _, SqliteConnection};
use weekwise_domain::{Setting, Settings};

use crate::StorageError;

/// All settings; those without a row have their defaults. Names that this version does not know are passed over.
pub(crate) async fn all(connection: &mut SqliteConnection) -> Result<Settings, StorageError> {
    const KNOWN: &str = "SELECT name, value FROM setting WHERE name IN \
        ('slot_limit', 'time_zone', 'first_weekday', 'clock', 'theme', 'hide_weekend', 'view')";
    let mut settings = Settings::default();
    for row in sqlx::query(KNOWN).fetch_all(connection).await? {
        let unreadable = |_| StorageError::Row { table: "setting", column: 1 };
        let (name, value): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let value: Value = serde_json::from_str(value).map_err(unreadable)?;
        match serde_json::from_value::<Setting>(json!({ "name": name, "value": value })) {
            Ok(setting) => settings.set(setting),
            // The table does not check this one, so that a later version may have more views.
            Err(_) if name == "view" => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(settings)
}

/// Stores a setting.
pub(crate) async fn set(connection: &mut SqliteConnection, setting: &Setting) -> Result<(), StorageError> {
    let named = serde_json::to_value(setting)?;
    let name = named["name"].as_str().unwrap_or_default();
    let query = sqlx::query("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)");
    query.bind(name).bind(named["value"].to_string()).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use weekwise_domain::{Clock, SlotLimit, Theme, TimeZone, View, Weekday};

    use super::*;
    use crate::tests::{Place, refuses};

    #[tokio::test]
    async fn every_setting_is_read_as_it_was_written() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        assert_eq!(all(connection).await.unwrap(), Settings::default());
        let zone = TimeZone::try_from("Europe/Berlin".to_owned()).unwrap();
        let values = [
            Setting::SlotLimit(SlotLimit::MAX),
            Setting::TimeZone(Some(zone)),
            Setting::TimeZone(None),
            Setting::FirstWeekday(Some(Weekday::SUNDAY)),
            Setting::FirstWeekday(Some(Weekday::SATURDAY)),
            Setting::FirstWeekday(None),
            Setting::Clock(Some(Clock::H12)),
            Setting::Clock(Some(Clock::H24)),
            Setting::Clock(None),
            Setting::Theme(Theme::Dark),
            Setting::Theme(Theme::Light),
            Setting::Theme(Theme::System),
            Setting::HideWeekend(true),
            Setting::HideWeekend(false),
            Setting::View(View::Weeks),
            Setting::View(View::Week),
        ];
        let mut expected = Settings::default();
        for value in values {
            set(connection, &value).await.unwrap();
            expected.set(value);
            assert_eq!(all(connection).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn the_table_refuses_what_the_model_refuses() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        for bad in [
            "'slot_limit', '0'",
            "'slot_limit', '25'",
            "'slot_limit', 'null'",
            "'slot_limit', '\"2\"'",
            "'first_weekday', '7'",
            "'time_zone', '\"\"'",
            "'time_zone', '1'",
            "'clock', '\"h13\"'",
            "'theme', 'null'",
            "'hide_weekend', '1'",
            "'anything', 'not JSON'",
        ] {
            refuses(connection, &format!("INSERT INTO setting (name, value) VALUES ({bad})")).await;
        }
    }

    #[tokio::test]
    async fn a_later_versions_setting_is_passed_over() {
        let place = Place::new();
        let _store = place.store().await;
        let connection = &mut place.raw().await;
        let later = "INSERT INTO setting (name, value) VALUES ('density', '\"airy\"'), ('view', '\"year\"')";
        sqlx::query(later).execute(&mut *connection).await.unwrap();
        assert_eq!(all(connection).await.unwrap(), Settings::default());
    }
}
