//! `backup`: the whole database in one file.

use std::{
    fs::{self, File},
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use clap::Args;

use super::{OpsError, backups};
use crate::{
    DatabaseConfig,
    programs::{self, private_file},
};

/// Its arguments.
#[derive(Debug, Args)]
pub struct Backup {
    /// The folder, which is made if it is not there.
    dir: PathBuf,
    /// How many backups to keep, with this one. Older ones go once this one is there.
    #[arg(long, default_value = "7")]
    keep: NonZeroUsize,
}

/// The tables without which a backup is none: those of this server, or of the one that it replaces.
const NEEDED: [&str; 2] = [" head ", " schedule_exception "];

impl Backup {
    pub(super) async fn run(&self, database: &DatabaseConfig, now: DateTime<Utc>) -> Result<(), OpsError> {
        make_folder(&self.dir).map_err(OpsError::file(&self.dir, "made"))?;
        let path = backups::path_of(&self.dir, now);
        let part = backups::part_of(&path);
        if path.exists() {
            return Err(OpsError::refused(format!("{} is there already", path.display())));
        }
        private_file(&part).map_err(OpsError::file(&part, "made"))?;
        let written = write(database, &part, &path).await;
        if written.is_err() {
            // The reason why there is no backup matters more than what is left of it.
            let _ = fs::remove_file(&part);
        }
        let bytes = written?;
        println!("{} ({bytes} bytes)", path.display());

        let removed = self.prune(now).map_err(OpsError::file(&self.dir, "tidied up"))?;
        if removed > 0 {
            println!("{removed} older ones were removed.");
        }
        Ok(())
    }

    fn prune(&self, now: DateTime<Utc>) -> std::io::Result<usize> {
        let made = backups::made(&self.dir)?;
        let surplus = made.len().saturating_sub(self.keep.get());
        let abandoned = backups::abandoned(&self.dir, now)?;
        for old in made.iter().take(surplus).chain(&abandoned) {
            fs::remove_file(&old.path)?;
        }
        Ok(surplus)
    }
}

/// Writes the backup beside its place, and puts it there once it is known to be good. Returns its size.
async fn write(database: &DatabaseConfig, part: &Path, path: &Path) -> Result<u64, OpsError> {
    programs::dump(database, part).await?;
    let content = programs::list(part).await?;
    if !content.lines().any(|line| line.contains(" TABLE DATA ") && NEEDED.iter().any(|table| line.contains(table))) {
        let problem = "the database has no tables of Weekwise, so there is nothing to back up: correct DATABASE_URL";
        return Err(OpsError::refused(problem));
    }
    programs::read_through(part).await?;
    let store = || {
        let bytes = {
            let file = File::open(part)?;
            file.sync_all()?;
            file.metadata()?.len()
        };
        fs::rename(part, path)?;
        // The new name is on the disk only with the folder.
        #[cfg(unix)]
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(bytes)
    };
    store().map_err(OpsError::file(path, "stored"))
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
