//! Requests to the byte, also such as no client would send.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// No reply takes longer. A sign-in does its work, and a failed one waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back over one connection.
#[derive(Debug)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl RawReply {
    /// Whether the request came as far as the routes. What is no HTTP is refused before.
    pub(crate) fn is_of_the_server(&self) -> bool {
        self.head.contains("x-request-id: ")
    }
}

/// Sends bytes and reads until the connection ends. None when it ends without a reply.
pub(crate) async fn send_raw(address: &str, request: &[u8]) -> Option<RawReply> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        // It may have seen enough before it has read all.
        let _ = stream.write_all(request).await;
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply).await;
        reply
    };
    let reply = timeout(PATIENCE, exchange).await;
    let reply = reply.unwrap_or_else(|_| panic!("no reply in time to {}", String::from_utf8_lossy(request)));
    if reply.is_empty() {
        return None;
    }
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").expect("a reply has a head");
    let head = String::from_utf8_lossy(&reply[..end]).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a reply has a status");
    Some(RawReply { status, head, body: reply[end + 4..].to_vec() })
}

/// A request with a body, after which the connection ends.
pub(crate) fn request(method: &str, target: &[u8], headers: &[Vec<u8>], body: &[u8]) -> Vec<u8> {
    let mut bytes =
        [method.as_bytes(), b" ", target, b" HTTP/1.1\r\nhost: week.example\r\nconnection: close\r\n"].concat();
    for header in headers {
        bytes.extend_from_slice(header);
        bytes.extend_from_slice(b"\r\n");
    }
    if !body.is_empty() {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}
