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
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&known), Arc::clone(&heard)));
            }
        });
        Self { url, answers, asked }
    }

    /// Answers so from now on.
    pub(super) fn says(&self, path: &'static str, head: &str, body: impl AsRef<str>) {
        let body = body.as_ref();
        let length = body.len();
        let answer = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
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

async fn answer(mut stream: TcpStream, answers: Arc<Mutex<Answers>>, asked: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let end = loop {
        match stream.read_buf(&mut request).await {
            Ok(1..) => {}
            _ => return,
        }
        if let Some(end) = request.windows(4).position(|it| it == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(&request[..end]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    // The body too, for whoever hangs up on it is not listened to.
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    while request.len() < end + 4 + length.unwrap_or(0_usize) {
        match stream.read_buf(&mut request).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    asked.lock().unwrap().push(head);
    let answer = {
        let answers = answers.lock().unwrap();
        let found = answers.iter().find(|(it, _)| path.starts_with(it)).map(|(_, answer)| answer.clone());
        found.unwrap_or_else(|| "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned())
    };
    // Whoever has heard enough hangs up.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
