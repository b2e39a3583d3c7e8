//! The one window.

use std::path::PathBuf;

use tauri::{AppHandle, Manager, Theme, WebviewUrl, WebviewWindowBuilder, Wry, plugin::TauriPlugin, window::Color};
use tauri_plugin_window_state::StateFlags;
use weekwise_app::DataFolder;

use crate::{cli::Trouble, shell::Shell};

/// The label that the capability file grants the calls to.
pub(crate) const MAIN: &str = "main";

// The interface's `--bg` in both themes, shown until it has painted.
const LIGHT: Color = Color(0xfb, 0xfb, 0xfa, 0xff);
const DARK: Color = Color(0x13, 0x13, 0x14, 0xff);

/// Says in words that there is no display, where the toolkit would only panic.
pub(crate) fn check_display() -> Result<(), Trouble> {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !has("DISPLAY") && !has("WAYLAND_DISPLAY") {
        return Err(Trouble::failed(
            "there is no display for the window; the commands need none (see weekwise --help)",
        ));
    }
    Ok(())
}

/// Remembers where the window was and how large, in the data folder.
pub(crate) fn keep_state(folder: &DataFolder) -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN)
        // An absolute path takes the place of the folder that the plugin would use.
        .with_filename(absolute(folder).join("window.json").to_string_lossy())
        .build()
}

/// Opens the window. It is shown with the background of the system's theme before the interface has painted.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let mut builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Weekwise")
        .inner_size(1200.0, 800.0)
        .min_inner_size(360.0, 480.0)
        .visible(false);
    // In a folder that cannot be written, the web view keeps its files where it usually does: the window
    // must open all the same, to say what is wrong.
    let files = absolute(app.state::<Shell>().device().folder()).join("webview");
    if std::fs::create_dir_all(&files).is_ok() {
        builder = builder.data_directory(files);
    }
    let window = builder.build()?;
    let background = if matches!(window.theme(), Ok(Theme::Dark)) { DARK } else { LIGHT };
    window.set_background_color(Some(background))?;
    window.show()
}

/// Brings the window to the front, for a person who starts the program again.
pub(crate) fn focus(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let brought = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = brought {
        log::warn!("the window cannot be brought to the front: {error}");
    }
}

fn absolute(folder: &DataFolder) -> PathBuf {
    std::path::absolute(folder.path()).unwrap_or_else(|_| folder.path().to_owned())
}
