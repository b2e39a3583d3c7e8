//! Whether the system's keyring can keep a secret: one is written, read and deleted.

use std::{sync::mpsc, thread, time::Duration};

use keyring::{Entry, Error};

/// A keyring that is locked may wait for a person; the check does not.
const PATIENCE: Duration = Duration::from_secs(5);

/// The keyring's state in words.
pub(super) fn state() -> String {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let probed = Entry::store_status().as_ref().map_err(ToString::to_string);
        let _ = tell.send(probed.and_then(|()| probe().map_err(|error| error.to_string())));
    });
    match told.recv_timeout(PATIENCE) {
        Ok(Ok(())) => "available".to_owned(),
        Ok(Err(reason)) => format!("not available: {reason}"),
        Err(_) => format!("not available: no answer in {} seconds", PATIENCE.as_secs()),
    }
}

fn probe() -> Result<(), Error> {
    let entry = Entry::new("app.weekwise.desktop", "doctor")?;
    entry.set_password("probe")?;
    let read = entry.get_password();
    entry.delete_credential()?;
    match read?.as_str() {
        "probe" => Ok(()),
        _ => Err(Error::Invalid("secret".to_owned(), "is not the one that was written".to_owned())),
    }
}
