//! The list of the accounts that are kept on this device, and which of them is shown.
//!
//! It holds no secret. A session that a person chose to keep in a file is beside it, in the account's own folder.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{DataFolder, Owner, StorageError, private};

/// The accounts of a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Accounts {
    /// The folder of the one that is shown; none is the file without an account.
    #[serde(default)]
    pub shown: Option<Uuid>,
    /// All of them, in the order in which they came.
    #[serde(default)]
    pub kept: Vec<Kept>,
}

/// An account that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Names its folder. It follows from whose it is, so the data is found again also where this list is lost.
    pub folder: Uuid,
    /// Whose it is.
    #[serde(flatten)]
    pub owner: Owner,
    /// The e-mail address, as the server has it.
    pub email: String,
    /// The name, as the server has it.
    pub name: String,
    /// Where its session is kept.
    pub session: SessionPlace,
}

/// Where a session is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionPlace {
    /// In the system's keyring.
    Keyring,
    /// In a file that its owner alone may read, and that is not encrypted: a person asked for that.
    File,
    /// In the memory of the process that signed in, alone: the keyring could not be used. Once that has ended, nobody is
    /// signed in.
    Memory,
    /// Nowhere: the person has signed out.
    Nowhere,
    /// Nowhere: the person has deleted the account on its server. Its week is on this device alone.
    Gone,
}

impl Accounts {
    /// Reads the list of a data folder; an empty one where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(folder: &DataFolder) -> Result<Self, StorageError> {
        let path = folder.accounts();
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            read => {
                let failed = StorageError::file("reading", &path);
                let text = read.and_then(|text| serde_json::from_slice(&text).map_err(io::Error::from));
                text.map_err(failed)
            }
        }
    }

    /// Reads the list, lets `change` change it, and writes it, while no other process does.
    ///
    /// # Errors
    /// When it cannot be read or written. It is then as it was.
    pub fn change<T>(folder: &DataFolder, change: impl FnOnce(&mut Self) -> T) -> Result<T, StorageError> {
        folder.prepare()?;
        let lock = folder.path().join("accounts.lock");
        let held = private::options().create(true).truncate(false).open(&lock);
        let held = held.and_then(|file| file.lock().map(|()| file));
        let _held = held.map_err(StorageError::file("locking", &lock))?;
        let mut accounts = Self::read(folder)?;
        let result = change(&mut accounts);
        replace(folder.accounts(), serde_json::to_string_pretty(&accounts)?.as_bytes())?;
        Ok(result)
    }

    /// The one with a folder.
    pub fn find(&self, folder: Uuid) -> Option<&Kept> {
        self.kept.iter().find(|it| it.folder == folder)
    }

    /// The one that is shown.
    pub fn shown(&self) -> Option<&Kept> {
        self.find(self.shown?)
    }

    /// Puts one in the place of the one with its folder, or last.
    pub fn put(&mut self, account: Kept) {
        match self.kept.iter_mut().find(|it| it.folder == account.folder) {
            Some(there) => *there = account,
            None => self.kept.push(account),
        }
    }
}

impl DataFolder {
    /// The session that was kept in a file of an account's folder, if there is one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read_session(&self) -> Result<Option<String>, StorageError> {
        let path = self.path().join("session");
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => Ok(Some(read.map_err(StorageError::file("reading", &path))?)),
        }
    }

    /// Keeps a session in a file of an account's folder, which its owner alone may read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_session(&self, session: &str) -> Result<(), StorageError> {
        private::create_folder(self.path())?;
        replace(self.path().join("session"), session.as_bytes())
    }

    /// Removes it.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn forget_session(&self) -> Result<(), StorageError> {
        private::remove(&self.path().join("session"))
    }
}

/// Writes a file as a whole or not at all, through to the disk.
fn replace(path: PathBuf, content: &[u8]) -> Result<(), StorageError> {
    let part = path.with_extension("part");
    private::remove(&part)?;
    let mut file: File = private::create_file(&part)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    written.map_err(StorageError::file("writing", &part))?;
    private::rename(&part, &path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(number: u128) -> Kept {
        let owner = Owner { server: "https://week.example".to_owned(), user_id: number.to_string() };
        let (email, name) = ("ada@week.example".to_owned(), "Ada".to_owned());
        Kept { folder: Uuid::from_u128(number), owner, email, name, session: SessionPlace::Keyring }
    }

    #[test]
    fn the_list_is_read_as_it_was_written() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(root.path().join("data"));
        assert_eq!(Accounts::read(&folder).unwrap(), Accounts::default());
        for number in [1, 2, 1] {
            Accounts::change(&folder, |it| it.put(kept(number))).unwrap();
        }
        Accounts::change(&folder, |it| it.shown = Some(Uuid::from_u128(2))).unwrap();
        let read = Accounts::read(&folder).unwrap();
        assert_eq!(read.kept, [kept(1), kept(2)]);
        assert_eq!(read.shown(), Some(&kept(2)));
    }

    #[test]
    fn every_place_of_a_session_is_read_as_it_was_written() {
        let places = [
            (SessionPlace::Keyring, "keyring"),
            (SessionPlace::File, "file"),
            (SessionPlace::Memory, "memory"),
            (SessionPlace::Nowhere, "nowhere"),
            (SessionPlace::Gone, "gone"),
        ];
        for (place, written) in places {
            assert_eq!(serde_json::to_value(place).unwrap(), written);
            assert_eq!(serde_json::from_value::<SessionPlace>(written.into()).unwrap(), place);
        }
    }

    #[test]
    fn a_list_that_cannot_be_read_is_left_as_it_is() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(root.path());
        fs::write(folder.accounts(), "{").unwrap();
        Accounts::change(&folder, |it| it.put(kept(1))).unwrap_err();
        assert_eq!(fs::read_to_string(folder.accounts()).unwrap(), "{");
    }

    #[test]
    fn a_session_in_a_file_is_its_owners_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(root.path()).of_account(Uuid::from_u128(1));
        assert_eq!(folder.read_session().unwrap(), None);
        folder.write_session("first").unwrap();
        folder.write_session("secret").unwrap();
        assert_eq!(folder.read_session().unwrap().as_deref(), Some("secret"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join("session")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        folder.forget_session().unwrap();
        assert_eq!(folder.read_session().unwrap(), None);
    }
}
