//! Whether what is shown is what is held.

use weekwise_storage::{Needs, StorageError};

use super::rows::{add_loaded, file_of};
use crate::App;

/// Whether the week shows exactly what the server's rows and what is pending come to. For tests, and for whoever looks into a
/// file.
///
/// # Errors
/// When the file cannot be read, or belongs to no account.
pub async fn shows_what_it_holds(app: &App) -> Result<bool, StorageError> {
    let mut reading = app.store().read().await?;
    let mut file = file_of(reading.outline().await?)?;
    let everything = Needs { everything: true, ..Needs::default() };
    add_loaded(&mut file, reading.part(&everything).await?)?;
    let shown = file.view().to_domain();
    let rows = reading.all().await?;
    let is_same = |one: &weekwise_domain::Settings, other: &weekwise_domain::Settings| {
        (one.slot_limit, &one.time_zone, one.first_weekday, one.clock)
            == (other.slot_limit, &other.time_zone, other.first_weekday, other.clock)
    };
    Ok(shown.schedules == rows.schedules
        && shown.exceptions == rows.exceptions
        && is_same(&shown.settings, &rows.settings))
}
