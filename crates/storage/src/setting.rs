//! The table `setting`: what a person has set, one row for each setting that was ever set.

use serde_json::{Value, json};
use sqlx::{Row as _, SqliteConnection};
use weekwise_domain::{Setting, Settings};

use crate::StorageError;

/// All settings; those without a row have their defaults. Names that this version does not know are passed over.
pub(crate) async fn all(connection: &mut SqliteConnection) -> Result<Settings, StorageError> {
    const KNOWN: &str = "SELECT name, value FROM setting WHERE name IN \
        ('slot_limit', 'time_zone', 'first_weekday', 'clock', 'theme', 'hide_weekend')";
    let mut settings = Settings::default();
    for row in sqlx::query(KNOWN).fetch_all(connection).await? {
        let unreadable = |_| StorageError::Row { table: "setting", column: 1 };
        let (name, value): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        let value: Value = serde_json::from_str(value).map_err(unreadable)?;
        let setting: Setting = serde_json::from_value(json!({ "name": name, "value": value })).map_err(unreadable)?;
        settings.set(setting);
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
