//! One window for each data folder: a second start shows the first one's window and ends.
//!
//! The identity comes from the folder's path, so that windows on different folders run side by side.

use std::path::{Path, PathBuf};

use tauri::{Context, Wry, plugin::TauriPlugin};
use weekwise_app::DataFolder;

use crate::window;

/// Gives the process the folder's identity where the system knows programs by their identifier.
pub(crate) fn name(context: &mut Context<Wry>, folder: &DataFolder) {
    if !cfg!(target_os = "linux") {
        context.config_mut().identifier = identity(folder);
    }
}

/// Ends a second process on the same folder. It must be the first plugin, so that a second process ends before
/// it has done anything.
pub(crate) fn plugin(folder: &DataFolder) -> TauriPlugin<Wry> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(identity(folder))
        .callback(|app, _arguments, _directory| window::focus(app))
        .build()
}

/// Starts again where the first process was found while it was just ending: it answers no more, but its name is still
/// taken. Returns only where that is not so, or has not ended for five seconds.
#[cfg(unix)]
pub(crate) fn start_again_after(error: &tauri::Error) {
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    use std::time::Duration;

    const TRIES: &str = "WEEKWISE_START_TRIES";
    let tauri::Error::PluginInitialization(plugin, _) = error else { return };
    let tried = std::env::var(TRIES).ok().and_then(|tried| tried.parse().ok()).unwrap_or(0_u32);
    if plugin != "single-instance" || tried >= 50 {
        return;
    }
    std::thread::sleep(Duration::from_millis(100));
    if let Ok(program) = std::env::current_exe() {
        // Returns only when it fails; then the first error is told.
        let _ = Command::new(program).args(std::env::args_os().skip(1)).env(TRIES, (tried + 1).to_string()).exec();
    }
}

/// Elsewhere the system releases the name with the process.
#[cfg(not(unix))]
pub(crate) fn start_again_after(_error: &tauri::Error) {}

fn identity(folder: &DataFolder) -> String {
    // A part of a D-Bus name must not begin with a digit.
    format!("app.weekwise.desktop.f{:016x}", hash(settled(folder.path()).as_os_str().as_encoded_bytes()))
}

/// The path without symbolic links, as far as it exists.
fn settled(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(mut found) = ancestor.canonicalize() {
            found.extend(missing.iter().rev());
            return found;
        }
        missing.extend(ancestor.file_name());
    }
    path
}

/// FNV-1a with 64 bits: the same in every build, which the standard library's hashers do not promise.
/// <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(hash(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_folder_has_one_identity_before_and_after_it_is_made() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::at(home.path().join("new").join("data"));
        let before = identity(&folder);
        std::fs::create_dir_all(folder.path()).expect("the folder can be made");
        assert_eq!(identity(&folder), before);
        assert_eq!(identity(&DataFolder::at(home.path().join("new/./data"))), before);
        assert_ne!(identity(&DataFolder::at(home.path().join("new"))), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_has_the_folders_identity() {
        let home = tempfile::tempdir().expect("a folder");
        let real = home.path().join("real");
        std::fs::create_dir(&real).expect("the folder can be made");
        std::os::unix::fs::symlink(&real, home.path().join("link")).expect("the link can be made");
        assert_eq!(identity(&DataFolder::at(home.path().join("link"))), identity(&DataFolder::at(real)));
    }
}
