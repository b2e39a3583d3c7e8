//! The log: files in the data folder's `logs`, a few and small, that only their owner may read.
//!
//! What it deliberately does not hold: titles, notes, places or anything else that a person wrote.

use std::{
    fs::{DirBuilder, OpenOptions},
    io,
    path::Path,
};

use log::LevelFilter;
use tauri::{Wry, plugin::TauriPlugin};
use tauri_plugin_log::{RotationStrategy, Target, TargetKind};
use weekwise_app::DataFolder;

const NAME: &str = "weekwise";
const MAX_BYTES: u64 = 512 * 1024;
const KEPT: usize = 4;

/// The plugin that writes the log; none if the folder cannot be written, which must not keep the window from opening.
pub(crate) fn plugin(folder: &DataFolder) -> Option<TauriPlugin<Wry>> {
    let path = folder.path().join("logs");
    prepare(&path).ok()?;
    let target = Target::new(TargetKind::Folder { path, file_name: Some(NAME.to_owned()) });
    let plugin = tauri_plugin_log::Builder::new()
        .clear_targets()
        .target(target)
        .level(LevelFilter::Warn)
        .level_for("weekwise", LevelFilter::Info)
        .level_for("weekwise_app", LevelFilter::Info)
        .level_for("weekwise_storage", LevelFilter::Info)
        .max_file_size(MAX_BYTES.into())
        .rotation_strategy(RotationStrategy::KeepSome(KEPT))
        .build();
    log_panics();
    Some(plugin)
}

/// Makes the folder and the file, so that they have narrow permissions when the plugin opens them. A file that it
/// makes later, when one is full, lies in a folder that is closed to others.
fn prepare(path: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    let mut file = OpenOptions::new();
    file.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folder.mode(0o700);
        file.mode(0o600);
    }
    folder.create(path)?;
    file.open(path.join(NAME).with_extension("log"))?;
    #[cfg(unix)]
    {
        use std::{fs::Permissions, os::unix::fs::PermissionsExt};
        std::fs::set_permissions(path, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Notes where a panic happened. Its message is left out, since it may quote what a person wrote.
fn log_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if let Some(place) = panic.location() {
            log::error!("panicked at {place}");
        }
        usual(panic);
    }));
}
