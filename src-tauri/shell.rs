//! What the window's commands share: the application, opened once, and the folder it is opened from.

use std::path::PathBuf;

use tauri::{AppHandle, Manager, async_runtime};
use tokio::sync::OnceCell;
use weekwise_app::{App, DataFolder, Locale, OpenError};
use weekwise_protocol::{ExportFile, Exported, Failure, OpenDataFolder};

/// The state of the window's process.
pub(crate) struct Shell {
    folder: DataFolder,
    locale: Locale,
    /// Filled beside the window, or by the first call that can open the data. Until then every call answers why it
    /// cannot, which the window says in words, and the next one tries again.
    opened: OnceCell<App>,
}

impl Shell {
    pub(crate) fn new(folder: DataFolder, locale: Locale) -> Self {
        Self { folder, locale, opened: OnceCell::new() }
    }

    pub(crate) fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// The application; it is opened unless it is open already.
    pub(crate) async fn app(&self) -> Result<&App, Failure> {
        let open = || App::open(self.folder.clone(), self.locale.clone());
        let opened = self.opened.get_or_try_init(open).await;
        opened.map_err(|OpenError { fault, detail }| Failure::Storage { fault, detail })
    }

    /// The application, if it is open.
    pub(crate) fn opened(&self) -> Option<&App> {
        self.opened.get()
    }

    /// Writes everything to a new file among the downloads.
    pub(crate) async fn export(&self, _request: ExportFile) -> Result<Exported, Failure> {
        let app = self.app().await?;
        let folder = downloads().ok_or_else(|| Failure::System { detail: "there is no home folder".to_owned() })?;
        app.export_into(&folder).await
    }

    /// Shows the data folder in the system's file manager, also when the data in it cannot be opened.
    pub(crate) async fn open_data_folder(&self, _request: OpenDataFolder) -> Result<(), Failure> {
        let path = self.folder.path().to_owned();
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
        if let Err(failure) = handle.state::<Shell>().app().await {
            log::error!("{failure}");
        }
    });
}

/// Lets the application finish what it does in the background and closes its file.
pub(crate) fn close(handle: &AppHandle) {
    if let Some(app) = handle.state::<Shell>().opened() {
        async_runtime::block_on(app.clone().close());
    }
}
