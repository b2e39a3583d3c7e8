//! A TCP proxy that misbehaves when told to: it cuts, delays, and sends what it was sent a second time.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It is passed on.
    Calm,
    /// It is closed once so many bytes went to the server.
    CutRequest(usize),
    /// It is closed once so many bytes came back, which says nothing of what the server did.
    CutReply(usize),
    /// What comes back is held for so long.
    Delay(Duration),
    /// What went to the server goes there once more, over a connection of its own.
    Twice,
    /// Once something was pushed over it, nothing that the server answers is passed on.
    PushUnheard,
}

/// The proxy. It ends with the process.
pub(crate) struct Proxy {
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    targets: Arc<Mutex<Vec<String>>>,
    moods: Arc<Mutex<Box<dyn FnMut() -> Mood + Send>>>,
    /// How many answers to pushes were not passed on.
    unheard: Arc<AtomicUsize>,
    /// The sessions that were shown to the server.
    tokens: Arc<Mutex<BTreeSet<String>>>,
}

impl Proxy {
    /// One that leads to these servers in turns.
    pub(crate) fn to(targets: &[&str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let targets = Arc::new(Mutex::new(targets.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()));
        let calm: Box<dyn FnMut() -> Mood + Send> = Box::new(|| Mood::Calm);
        let (moods, unheard) = (Arc::new(Mutex::new(calm)), Arc::new(AtomicUsize::new(0)));
        let tokens = Arc::new(Mutex::new(BTreeSet::new()));
        let (leads, feels, counts) = (Arc::clone(&targets), Arc::clone(&moods), Arc::clone(&unheard));
        let hears = Arc::clone(&tokens);
        thread::spawn(move || {
            for (number, client) in listener.incoming().enumerate() {
                let Ok(client) = client else { continue };
                let target = {
                    let targets = leads.lock().expect("no test panics in there");
                    targets[number % targets.len()].clone()
                };
                let mood = (feels.lock().expect("no test panics in there"))();
                let (counts, hears) = (Arc::clone(&counts), Arc::clone(&hears));
                thread::spawn(move || pass(client, &target, mood, &counts, &hears));
            }
        });
        Self { url, targets, moods, unheard, tokens }
    }

    /// From now on, new connections go there.
    pub(crate) fn lead_to(&self, targets: Vec<String>) {
        *self.targets.lock().expect("no test panics in there") = targets;
    }

    /// From now on, new connections fare so.
    pub(crate) fn feel(&self, moods: impl FnMut() -> Mood + Send + 'static) {
        *self.moods.lock().expect("no test panics in there") = Box::new(moods);
    }

    /// The sessions that were shown to the server so far.
    pub(crate) fn tokens(&self) -> BTreeSet<String> {
        self.tokens.lock().expect("no test panics in there").clone()
    }

    /// How many answers to pushes were not passed on so far.
    pub(crate) fn unheard(&self) -> usize {
        self.unheard.load(Ordering::SeqCst)
    }
}

/// Whatever fails here looks to both sides like a network that fails.
fn pass(client: TcpStream, target: &str, mood: Mood, unheard: &AtomicUsize, tokens: &Arc<Mutex<BTreeSet<String>>>) {
    let Ok(server) = TcpStream::connect(target) else { return };
    let (Ok(from_client), Ok(to_server)) = (client.try_clone(), server.try_clone()) else { return };
    let most = if let Mood::CutRequest(most) = mood { most } else { usize::MAX };
    let has_pushed = Arc::new(AtomicBool::new(false));
    let (pushes, tokens) = (Arc::clone(&has_pushed), Arc::clone(tokens));
    let sending = thread::spawn(move || {
        copy(from_client, to_server, most, Duration::ZERO, |part| {
            if part.starts_with(b"POST /v1/sync/push") {
                pushes.store(true, Ordering::SeqCst);
            }
            tokens.lock().expect("no test panics in there").extend(token(part));
            true
        })
    });
    let (most, delay) = match mood {
        Mood::CutReply(most) => (most, Duration::ZERO),
        Mood::Delay(delay) => (usize::MAX, delay),
        _ => (usize::MAX, Duration::ZERO),
    };
    copy(server, client, most, delay, |_| {
        let passes = mood != Mood::PushUnheard || !has_pushed.load(Ordering::SeqCst);
        unheard.fetch_add(usize::from(!passes), Ordering::SeqCst);
        passes
    });
    let sent = sending.join().unwrap_or_default();
    if mood == Mood::Twice
        && let Ok(mut again) = TcpStream::connect(target)
    {
        let _ = again.set_read_timeout(Some(Duration::from_secs(2)));
        let _ = again.write_all(&sent).and_then(|()| again.shutdown(Shutdown::Write));
        let _ = again.read_to_end(&mut Vec::new());
    }
}

/// The session that a request shows, where its head came in one part.
fn token(part: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(part);
    let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization: bearer "))?;
    Some(line["authorization: bearer ".len()..].trim().to_owned())
}

/// Passes bytes on, and returns them.
fn copy(
    mut from: TcpStream,
    mut to: TcpStream,
    most: usize,
    delay: Duration,
    mut passes: impl FnMut(&[u8]) -> bool,
) -> Vec<u8> {
    let (mut passed, mut part) = (Vec::new(), [0; 16 * 1024]);
    while let Ok(read @ 1..) = from.read(&mut part) {
        let read = read.min(most - passed.len());
        thread::sleep(delay);
        if passes(&part[..read]) && to.write_all(&part[..read]).is_err() {
            break;
        }
        passed.extend_from_slice(&part[..read]);
        if passed.len() == most {
            let _ = from.shutdown(Shutdown::Both);
            break;
        }
    }
    let _ = to.shutdown(if most == usize::MAX { Shutdown::Write } else { Shutdown::Both });
    passed
}
