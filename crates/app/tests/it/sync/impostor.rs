//! A server that answers whatever a test wants, over real TCP.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// What it answers to the paths that begin so, in its own bytes.
type Answers = Vec<(&'static str, String)>;

/// The impostor. It ends with the test's runtime.
pub(super) struct Impostor {
    pub(super) url: String,
    answers: Arc<Mutex<Answers>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Impostor {
    /// One that answers 404 to everything.
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (answers, asked) = (Arc::<Mutex<Answers>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (known, heard) = (Arc::clone(&answers), Arc::clone(&asked));
        serve(listener, move |request| {
            let path = request.path.clone();
            heard.lock().unwrap().push(request.head);
            let answers = known.lock().unwrap();
            let found = answers.iter().find(|(it, _)| path.starts_with(it)).map(|(_, answer)| answer.clone());
            Some(found.unwrap_or_else(|| said("404 Not Found", "")))
        });
        Self { url, answers, asked }
    }

    /// Answers so from now on.
    pub(super) fn says(&self, path: &'static str, head: &str, body: impl AsRef<str>) {
        let answer = said(head, body.as_ref());
        let mut answers = self.answers.lock().unwrap();
        answers.retain(|(it, _)| *it != path);
        answers.push((path, answer));
    }

    /// Says JSON with 200.
    pub(super) fn says_json(&self, path: &'static str, body: impl ToString) {
        self.says(path, "200 OK\r\nContent-Type: application/json", body.to_string());
    }

    /// The heads of the requests to a path.
    pub(super) fn asked(&self, path: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|head| head.split(' ').nth(1).is_some_and(|it| it.starts_with(path))).cloned().collect()
    }
}

/// A request, as it came.
pub(super) struct Request {
    pub(super) head: String,
    /// With its query.
    pub(super) path: String,
    pub(super) body: Vec<u8>,
}

/// An answer in its own bytes: its status, headers if there are some, and its body.
pub(super) fn said(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// Answers whatever comes until the test's runtime ends. Where there is no answer it hangs up.
pub(super) fn serve(listener: TcpListener, answer: impl FnMut(Request) -> Option<String> + Send + 'static) {
    let answer = Arc::new(Mutex::new(answer));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let Some(request) = read(&mut stream).await else { return };
                let answer = (answer.lock().unwrap())(request);
                // Whoever has heard enough hangs up.
                let _ = stream.write_all(answer.unwrap_or_default().as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
}

/// Reads a request; none where whoever asks has gone.
pub(super) async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut request = Vec::new();
    let end = loop {
        stream.read_buf(&mut request).await.ok().filter(|read| *read > 0)?;
        if let Some(end) = request.windows(4).position(|it| it == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(&request[..end]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    // The body too, for whoever hangs up on it is not listened to.
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    while request.len() < end + 4 + length.unwrap_or(0_usize) {
        stream.read_buf(&mut request).await.ok().filter(|read| *read > 0)?;
    }
    Some(Request { head, path, body: request.split_off(end + 4) })
}
