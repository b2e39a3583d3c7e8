//! What the window's commands share: this device, and what the system is asked for.

use std::path::PathBuf;

use tauri::{AppHandle, Emitter, Manager, async_runtime};
use weekwise_app::{DataFolder, Device, Locale, Told};
use weekwise_protocol::{ExportFile, Exported, Failure, OpenDataFolder, event};

/// The server that is proposed to those who sign in: none, unless whoever builds Weekwise names one.
const DEFAULT_SERVER: &str = match option_env!("WEEKWISE_DEFAULT_SERVER") {
    Some(server) => server,
    None => "",
};

/// The state of the window's process.
pub(crate) struct Shell {
    device: Device,
}

impl Shell {
    pub(crate) fn new(folder: DataFolder, locale: Locale) -> Self {
        Self { device: Device::new(folder, locale, DEFAULT_SERVER.to_owned()) }
    }

    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    /// Writes everything to a new file among the downloads.
    pub(crate) async fn export(&self, _request: ExportFile) -> Result<Exported, Failure> {
        let app = self.device.app().await?;
        let folder = downloads().ok_or_else(|| Failure::System { detail: "there is no home folder".to_owned() })?;
        app.export_into(&folder).await
    }

    /// Shows the data folder in the system's file manager, also when the data in it cannot be opened.
    pub(crate) async fn open_data_folder(&self, _request: OpenDataFolder) -> Result<(), Failure> {
        let path = self.device.folder().path().to_owned();
        let opened = async_runtime::spawn_blocking(move || tauri_plugin_opener::open_path(path, None::<&str>)).await;
        match opened {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::System { detail: error.to_string() }),
            Err(error) => Err(Failure::System { detail: error.to_string() }),
        }
    }
}

/// Where a person looks for what a program has written: the downloads as the system names them, else the folder of
/// that name at home, else home itself.
fn downloads() -> Option<PathBuf> {
    dirs::download_dir().or_else(|| {
        let home = dirs::home_dir()?;
        let downloads = home.join("Downloads");
        Some(if downloads.is_dir() { downloads } else { home })
    })
}

/// Opens the data while the window is being made, so that its first call need not wait for that: the check of a large
/// file takes as long as the web view does to load.
pub(crate) fn open_early(handle: AppHandle) {
    async_runtime::spawn(async move {
        // The window's first call says what is wrong, if anything is.
        if let Err(failure) = handle.state::<Shell>().device().app().await {
            log::error!("{failure}");
        }
    });
}

/// Syncs what is open for as long as the window is there, and tells the window what comes of it.
pub(crate) fn start_sync(handle: AppHandle) {
    let device = handle.state::<Shell>().device().clone();
    async_runtime::spawn(async move {
        device
            .run_sync(|told| match told {
                Told::State(state) => tell(&handle, event::SYNC, state),
                Told::Rows => tell(&handle, event::ROWS_CHANGED, ()),
            })
            .await;
    });
}

/// Sends an event to the window.
pub(crate) fn tell(handle: &AppHandle, event: &str, payload: impl serde::Serialize + Clone) {
    if let Err(error) = handle.emit(event, payload) {
        log::warn!("{event} did not reach the window: {error}");
    }
}

/// Lets the application finish what it does in the background and closes its file.
pub(crate) fn close(handle: &AppHandle) {
    async_runtime::block_on(handle.state::<Shell>().device().close());
}
