//! What becomes of a session, whatever the keyring does.

use std::{path::PathBuf, sync::mpsc, thread, time::Duration};

use weekwise_app::{DataFolder, SessionPlace, accounts};
use zbus::blocking::MessageIterator;

use crate::{
    bus::{Bus, files_with},
    child::{Ask, Place, Process, To, Wrong},
    server::{Database, Server},
};

/// A person's machine, and a server at which they have an account.
struct Desk {
    bus: Bus,
    server: Server,
    email: String,
}

impl Desk {
    fn new() -> Self {
        let server = Server::start(&Database::new());
        let email = server.sign_up("ada");
        Self { bus: Bus::start(), server, email }
    }

    fn data(&self) -> PathBuf {
        self.bus.home.path().join("data")
    }

    /// A process of Weekwise with the data folder.
    fn process(&self) -> Process {
        Process::start(&self.bus, &self.data())
    }

    fn sign_in(&self, process: &mut Process, to: To) -> Place {
        process.ask(&Ask::SignIn(self.server.url.clone(), self.email.clone(), to))
    }

    /// Where the list of accounts says that the session is.
    fn listed(&self) -> SessionPlace {
        let accounts = accounts(&DataFolder::at(self.data())).unwrap();
        accounts.shown().unwrap().session
    }

    /// Whether there is an account in the list.
    fn has_account(&self) -> bool {
        !accounts(&DataFolder::at(self.data())).unwrap().kept.is_empty()
    }

    /// What is in the file of the session.
    fn in_file(&self) -> Option<String> {
        let root = DataFolder::at(self.data());
        let folder = accounts(&root).unwrap().shown().unwrap().folder;
        root.of_account(folder).read_session().unwrap()
    }

    /// The token in the file of the session.
    fn token_in_file(&self) -> String {
        let stored: serde_json::Value = serde_json::from_str(&self.in_file().unwrap()).unwrap();
        stored["secret"].as_str().unwrap().to_owned()
    }
}

fn at(place: &str) -> Place {
    Ok((place.to_owned(), None))
}

fn synced() -> Result<String, Wrong> {
    Ok("Synced".to_owned())
}

fn signed_out() -> Result<String, Wrong> {
    Ok("SignedOut(0)".to_owned())
}

pub(crate) fn stored_read_and_deleted() {
    let desk = Desk::new();
    let _keyring = desk.bus.keyring(true);
    let mut process = desk.process();
    assert_eq!(process.probe(), Ok(()));
    assert_eq!(desk.bus.secrets(), 0, "looking leaves nothing");

    assert_eq!(desk.sign_in(&mut process, To::File), at("File"));
    let token = desk.token_in_file();
    assert_eq!(process.keep(To::Keyring), at("Keyring"));
    assert_eq!((desk.listed(), desk.in_file(), desk.bus.secrets()), (SessionPlace::Keyring, None, 1));
    assert!(files_with(desk.bus.home.path(), &token).is_empty(), "it is in no file in the clear");
    assert_eq!(process.sync(), synced());
    drop(process);

    let mut process = desk.process();
    assert_eq!(process.sync(), synced(), "another process reads it");
    assert_eq!(process.keep(To::File), at("File"));
    assert_eq!((desk.token_in_file(), desk.bus.secrets()), (token, 0), "it moved");
    assert_eq!(desk.sign_in(&mut process, To::Keyring), at("Keyring"));
    assert_eq!((desk.in_file(), desk.bus.secrets()), (None, 1));

    let left: Result<String, Wrong> = process.ask(&Ask::SignOut);
    assert_eq!(left, Ok("None".to_owned()));
    assert_eq!((desk.listed(), desk.bus.secrets()), (SessionPlace::Nowhere, 0));
    assert_eq!(process.sync(), signed_out());
}

pub(crate) fn replaced() {
    let desk = Desk::new();
    let keyring = desk.bus.keyring(true);
    let mut process = desk.process();
    assert_eq!(desk.sign_in(&mut process, To::Keyring), at("Keyring"));
    let changed: Place = process.ask(&Ask::ChangePassword);
    assert_eq!(changed, at("Keyring"));
    assert_eq!(desk.bus.secrets(), 1, "in place of the old one");
    assert_eq!(desk.process().sync(), synced());
    drop(keyring);
    let gone = desk.process().sync();
    assert_eq!(gone, Err(Wrong::Absent));
    assert_eq!(desk.listed(), SessionPlace::Keyring, "it is still there, for the keyring may come back");
}

pub(crate) fn locked() {
    let desk = Desk::new();
    let keyring = desk.bus.keyring(true);
    let mut process = desk.process();
    assert_eq!(desk.sign_in(&mut process, To::Keyring), at("Keyring"));
    desk.bus.lock();
    assert_eq!(process.probe(), Err(Wrong::Locked));
    assert_eq!(process.sync(), Err(Wrong::Locked));
    let refused: Result<String, Wrong> = process.ask(&Ask::SignOut);
    assert_eq!(refused, Err(Wrong::Locked));
    assert_eq!(desk.listed(), SessionPlace::Keyring, "nobody is told to be signed out whose session stays");
    assert_eq!(desk.sign_in(&mut process, To::Keyring), Err(Wrong::Locked));

    assert_eq!(desk.sign_in(&mut process, To::KeyringElseMemory), Ok(("Memory".to_owned(), Some(Wrong::Locked))));
    assert_eq!(desk.listed(), SessionPlace::Memory);
    assert_eq!(process.sync(), synced());
    assert_eq!(desk.process().sync(), signed_out(), "no other process has it");
    assert_eq!(process.keep(To::KeyringElseMemory), Ok(("Memory".to_owned(), Some(Wrong::Locked))));
    assert_eq!(process.sync(), synced());

    // Whoever unlocks it signs in to the desktop again, and the keyring is another process.
    drop(keyring);
    let _keyring = desk.bus.keyring(true);
    assert_eq!(process.probe(), Ok(()), "the same process can use it");
    assert_eq!(process.keep(To::Keyring), at("Keyring"));
    assert_eq!((desk.listed(), desk.bus.secrets()), (SessionPlace::Keyring, 1));
    assert_eq!(desk.process().sync(), synced());
}

pub(crate) fn absent() {
    let desk = Desk::new();
    assert_eq!(Process::without_bus(&desk.data()).probe(), Err(Wrong::Absent));
    let mut process = desk.process();
    assert_eq!(process.probe(), Err(Wrong::Absent));
    assert_eq!(desk.sign_in(&mut process, To::Keyring), Err(Wrong::Absent));
    assert!(!desk.has_account(), "nobody is signed in");

    assert_eq!(desk.sign_in(&mut process, To::File), at("File"));
    let token = desk.token_in_file();
    assert_eq!(process.keep(To::Keyring), Err(Wrong::Absent));
    assert_eq!((desk.listed(), desk.token_in_file()), (SessionPlace::File, token.clone()), "it is where it was");
    let in_memory = Ok(("Memory".to_owned(), Some(Wrong::Absent)));
    assert_eq!(process.keep(To::KeyringElseMemory), in_memory);
    assert_eq!(process.sync(), synced());
    let changed: Place = process.ask(&Ask::ChangePassword);
    assert_eq!(changed, at("Memory"));
    assert_eq!(process.sync(), synced(), "with the session in place of the old one");
    assert!(files_with(desk.bus.home.path(), &token).is_empty());
    assert_eq!(desk.in_file(), None);

    // After a restart nobody is signed in, and that is all.
    drop(process);
    let mut process = desk.process();
    assert_eq!((process.sync(), desk.listed()), (signed_out(), SessionPlace::Memory));
    assert_eq!(process.keep(To::File), Err(Wrong::SignedOut));
    let _keyring = desk.bus.keyring(true);
    assert_eq!(process.probe(), Ok(()), "one that is started later is found");
}

pub(crate) fn not_set_up() {
    let desk = Desk::new();
    let _keyring = desk.bus.keyring(false);
    let mut process = desk.process();
    assert_eq!(process.probe(), Err(Wrong::NotSetUp));
    assert_eq!(desk.sign_in(&mut process, To::KeyringElseMemory), Ok(("Memory".to_owned(), Some(Wrong::NotSetUp))));
    assert_eq!(process.sync(), synced());
}

pub(crate) fn refused() {
    let desk = Desk::new();
    let _impostor = desk.bus.impersonate();
    let mut process = desk.process();
    assert_eq!(process.probe(), Err(Wrong::Refused));
    assert_eq!(desk.sign_in(&mut process, To::KeyringElseMemory), Ok(("Memory".to_owned(), Some(Wrong::Refused))));
    assert_eq!(process.sync(), synced());
}

pub(crate) fn silent() {
    let desk = Desk::new();
    let keyring = desk.bus.keyring(true);
    let mut process = desk.process();
    assert_eq!(process.probe(), Ok(()));
    keyring.halt(true);
    let probed: Result<(), Wrong> = process.ask(&Ask::Probe(1_000));
    assert_eq!(probed, Err(Wrong::Silent(1)));
    keyring.halt(false);
    assert_eq!(process.probe(), Ok(()), "once it answers again it can be used");
}

pub(crate) fn taken_back() {
    let desk = Desk::new();
    let keyring = desk.bus.keyring(true);
    let mut process = desk.process();
    let news = news(&desk.bus);
    keyring.halt(true);
    let signed_in = desk.sign_in(&mut process, To::KeyringElseMemory);
    assert_eq!(signed_in, Ok(("Memory".to_owned(), Some(Wrong::Silent(20)))));
    assert_eq!(process.sync(), synced());
    keyring.halt(false);
    let next = || news.recv_timeout(Duration::from_secs(30)).expect("the keyring goes on");
    assert_eq!([next(), next()], ["ItemCreated", "ItemDeleted"]);
    assert_eq!(desk.bus.secrets(), 0);
    assert_eq!(process.sync(), synced());
}

/// What happens to secrets in the default collection from now on.
fn news(bus: &Bus) -> mpsc::Receiver<String> {
    let connection = bus.connect();
    let rule = "type='signal',interface='org.freedesktop.Secret.Collection',\
                path='/org/freedesktop/secrets/collection/login'";
    let signals = MessageIterator::for_match_rule(rule, &connection, None).unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for signal in signals {
            let Ok(signal) = signal else { return };
            let name = signal.header().member().map(|it| it.to_string()).unwrap_or_default();
            if name != "ItemChanged" && tell.send(name).is_err() {
                return;
            }
        }
    });
    told
}
