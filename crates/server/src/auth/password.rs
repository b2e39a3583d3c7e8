//! Passwords: what may be one, and how they are stored and checked.
//!
//! New ones are stored as argon2id. Those of the system that this server replaces are scrypt, and become argon2id when
//! their owner signs in. Both cost tens of milliseconds and megabytes on purpose, so no more of them run at once than
//! there are cores, a bounded number waits, and past that a request is refused.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use subtle::ConstantTimeEq;
use tokio::{sync::Semaphore, task};
use unicode_normalization::UnicodeNormalization;

use super::argon2id::{self, Memory};
use crate::Error;

/// A password in the form that is hashed (Unicode NFKC), never shown and never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    /// Fewer than 8 characters.
    TooShort,
    /// More than 128 characters.
    TooLong,
}

impl Password {
    /// One that a person chooses: 8 to 128 characters, counted as browsers count them (UTF-16 units).
    ///
    /// # Errors
    /// When it is shorter or longer.
    pub fn chosen(text: &str) -> Result<Self, PasswordError> {
        match text.encode_utf16().count() {
            0..8 => Err(PasswordError::TooShort),
            8..=128 => Ok(Self::presented(text)),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// One that a person claims to be theirs. Of any length, so that it only ever is right or wrong.
    pub fn presented(text: &str) -> Self {
        Self(text.nfkc().collect())
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What came of comparing a password with what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is another one, or there is none to compare with.
    Wrong,
    /// It is the one.
    Right {
        /// What to store from now on, where what is stored is of the old kind.
        renewed: Option<String>,
    },
}

/// Hashes and compares, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    /// As many as may run at once.
    running: Arc<Semaphore>,
    /// As many as may run or wait.
    admitted: Arc<Semaphore>,
    /// Of those that ran before, for those that run next: no more than run at once.
    memories: Arc<Mutex<Vec<Memory>>>,
}

/// How many wait for each one that runs. The last of them waits about half a second.
const WAITING_PER_CORE: usize = 16;

impl Passwords {
    /// One for this machine's cores.
    pub fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::with_room(cores, cores * WAITING_PER_CORE)
    }

    fn with_room(running: usize, waiting: usize) -> Self {
        let [running, admitted] = [running, running + waiting].map(|places| Arc::new(Semaphore::new(places)));
        Self { running, admitted, memories: Arc::default() }
    }

    /// What to store for a password.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many others wait.
    pub async fn hash(&self, password: Password) -> Result<String, Error> {
        self.run(move |memory| argon2id::hash(password.bytes(), memory)).await
    }

    /// Compares a password with what is stored. Where nothing is stored the same work is done in vain, so that the
    /// time does not tell whether there is an account.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many others wait.
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<Verdict, Error> {
        self.run(move |memory| verdict(&password, stored.as_deref(), memory)).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Memory) -> T + Send + 'static) -> Result<T, Error> {
        let place = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Error::Busy)?;
        let memories = Arc::clone(&self.memories);
        let done = task::spawn_blocking(move || {
            // Held to the end, also when nobody waits for the outcome any more.
            let _held = (place, turn);
            // Nothing that could panic happens while they are locked.
            let mut memory = memories.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let outcome = work(&mut memory);
            memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            outcome
        });
        done.await.map_err(Error::Task)
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

/// Of no password; only the work that it takes to compare with it counts.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBwYXNzd29yZA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn verdict(password: &Password, stored: Option<&str>, memory: &mut Memory) -> Verdict {
    let Some(stored) = stored else {
        argon2id::is(password.bytes(), NOBODYS, memory);
        return Verdict::Wrong;
    };
    if stored.starts_with('$') {
        let is_right = argon2id::is(password.bytes(), stored, memory);
        return if is_right { Verdict::Right { renewed: None } } else { Verdict::Wrong };
    }
    if !is_scrypt(password, stored) {
        return Verdict::Wrong;
    }
    Verdict::Right { renewed: Some(argon2id::hash(password.bytes(), memory)) }
}

/// The length of an scrypt key, in bytes.
const SCRYPT_LEN: usize = 64;

/// Compares with `salt:key` as Better Auth stores it: the salt is the hexadecimal text itself, not what it stands for.
fn is_scrypt(password: &Password, stored: &str) -> bool {
    let Some((salt, key)) = stored.split_once(':') else { return false };
    let Some(key) = unhex(key) else { return false };
    // N = 2^14.
    let params = scrypt::Params::new(14, 16, 1).expect("parameters that scrypt allows");
    let mut actual = [0; SCRYPT_LEN];
    scrypt::scrypt(password.bytes(), salt.as_bytes(), &params, &mut actual).expect("a length that scrypt allows");
    actual.ct_eq(&key).into()
}

fn unhex(text: &str) -> Option<[u8; SCRYPT_LEN]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |b: u8| char::from(b).to_digit(16).map(|digit| digit as u8);
    let bytes: Option<Vec<u8>> = pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use argon2::PasswordHash;

    use super::*;

    /// Made with Node's `crypto.scryptSync` as Better Auth calls it.
    const OF_THE_REFERENCE: &str = "000102030405060708090a0b0c0d0e0f:7cdfe12a1d4fd78f97bd042269f7091d556877a8fc9bfe9e245e\
                                    c77a0f947bb9c5fd2e2bda57e1e21ad09c06f1ee676cb7ded34a4ba5016c7baec4654d8f9e33";
    /// With a ligature, which NFKC takes apart.
    const ITS_PASSWORD: &str = "pässwörd ﬁve";

    fn verdict(password: &Password, stored: Option<&str>) -> Verdict {
        super::verdict(password, stored, &mut Memory::default())
    }

    fn presented(text: &str) -> Password {
        Password::presented(text)
    }

    #[test]
    fn length_is_counted_as_in_browsers() {
        assert_eq!(Password::chosen("1234567"), Err(PasswordError::TooShort));
        assert!(Password::chosen("12345678").is_ok());
        assert!(Password::chosen("😀😀😀😀").is_ok(), "each is two units of UTF-16");
        assert!(Password::chosen(&"x".repeat(128)).is_ok());
        assert_eq!(Password::chosen(&"x".repeat(129)), Err(PasswordError::TooLong));
    }

    #[test]
    fn a_password_of_the_reference_is_known_and_renewed() {
        let Verdict::Right { renewed: Some(renewed) } = verdict(&presented(ITS_PASSWORD), Some(OF_THE_REFERENCE))
        else {
            panic!("the right password is right, and stored anew");
        };
        assert!(renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{renewed}");
        assert_eq!(verdict(&presented("pässwörd five"), Some(&renewed)), Verdict::Right { renewed: None });
        assert_eq!(verdict(&presented("pässwörd six"), Some(OF_THE_REFERENCE)), Verdict::Wrong);
        assert_eq!(verdict(&presented("pässwörd six"), Some(&renewed)), Verdict::Wrong);
    }

    #[test]
    fn what_is_stored_and_cannot_be_read_lets_nobody_in() {
        let bad =
            ["", ":", "salt", "salt:", "salt:abc", "salt:é", "$argon2id$", "$2b$10$abcdefghijklmnopqrstuv", "x:zz"];
        for stored in bad.iter().chain([&NOBODYS]) {
            assert_eq!(verdict(&presented(""), Some(stored)), Verdict::Wrong, "{stored}");
        }
    }

    #[test]
    fn nobodys_password_costs_what_somebodys_does() {
        let mut memory = Memory::default();
        let stored = argon2id::hash(presented("right").bytes(), &mut memory);
        let work = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            (hash.algorithm, hash.version, hash.params.to_string(), hash.hash.map(|output| output.len()))
        };
        assert_eq!(work(NOBODYS), work(&stored));

        // That the work is done, however busy the machine is meanwhile: without it, there is a thousandth of the time.
        let mut time = |stored: Option<&str>| {
            let started = Instant::now();
            assert_eq!(super::verdict(&presented("wrong"), stored, &mut memory), Verdict::Wrong);
            started.elapsed()
        };
        let (somebodys, nobodys) = (0..5).map(|_| (time(Some(&stored)), time(None))).min().unwrap();
        assert!(nobodys > somebodys / 10, "{nobodys:?} for nobody, {somebodys:?} for somebody");
    }

    #[tokio::test]
    async fn past_the_queue_a_request_is_refused_at_once() {
        let passwords = Passwords::with_room(1, 1);
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let running = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.run(move |_| wait.recv()).await }
        });
        while passwords.running.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let waiting = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.run(|_| ()).await }
        });
        while passwords.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let started = Instant::now();
        assert!(matches!(passwords.run(|_| ()).await, Err(Error::Busy)));
        assert!(started.elapsed() < Duration::from_secs(1));

        go.send(()).unwrap();
        running.await.unwrap().unwrap().unwrap();
        waiting.await.unwrap().unwrap();
        passwords.run(|_| ()).await.unwrap();
    }
}
