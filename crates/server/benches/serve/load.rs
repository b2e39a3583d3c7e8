//! Who asks the server: connections that are kept open, on one thread, with as little work for each request as can be.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use weekwise_domain::Date;

use crate::running::{ORIGIN, Running};

/// What came of asking.
pub(crate) struct Load {
    /// How long all of it took.
    pub(crate) took: Duration,
    /// How long each request took, in no order.
    pub(crate) latencies: Vec<Duration>,
}

impl Load {
    /// Sends `count` requests over `clients` connections, the given ones in turn, each as soon as the one before it on its
    /// connection is answered.
    pub(crate) async fn run(address: &str, requests: &[Vec<u8>], clients: usize, count: usize) -> Self {
        let connections = join_all((0..clients).map(|_| Connection::open(address))).await;
        let next = Cell::new(0);
        let started = Instant::now();
        let asking = connections.into_iter().map(async |mut connection| {
            let mut latencies = Vec::with_capacity(count / clients * 2);
            while next.get() < count {
                let request = &requests[next.replace(next.get() + 1) % requests.len()];
                let asked = Instant::now();
                connection.ask(request).await;
                latencies.push(asked.elapsed());
            }
            latencies
        });
        let latencies = join_all(asking).await.concat();
        Self { took: started.elapsed(), latencies }
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }
}

/// The request of a page of the web client for the week from a date, signed in with a token.
pub(crate) fn week(server: &Running, token: &str, from: Date) -> Vec<u8> {
    let input = json!({ "0": { "startDate": from.to_string() } }).to_string();
    let input: String = form_urlencoded::byte_serialize(input.as_bytes()).collect();
    let (host, cookie) = (server.address(), crate::rows::cookie(token));
    format!(
        "GET /trpc/scheduler.getSchedulesForWeek?batch=1&input={input} HTTP/1.1\r\nHost: {host}\r\nOrigin: {ORIGIN}\r\n\
         Accept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nCookie: {cookie}\r\n\r\n"
    )
    .into_bytes()
}

struct Connection {
    stream: TcpStream,
    reply: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).unwrap();
        Self { stream, reply: Vec::with_capacity(8 * 1024) }
    }

    async fn ask(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.reply.clear();
        loop {
            assert!(self.stream.read_buf(&mut self.reply).await.unwrap() > 0, "the server went away");
            if is_whole(&self.reply) {
                return;
            }
        }
    }
}

/// Whether all of a reply is there. It must be a good one.
fn is_whole(reply: &[u8]) -> bool {
    const LENGTH: &[u8] = b"content-length: ";
    const CHUNKED: &[u8] = b"transfer-encoding: chunked";
    const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";
    let Some(end) = find(reply, b"\r\n\r\n") else { return false };
    let head = &reply[..end];
    assert!(head.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(reply));
    match find(head, LENGTH) {
        Some(at) => {
            let digits = head[at + LENGTH.len()..].iter().take_while(|byte| byte.is_ascii_digit());
            let length = digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
            reply.len() >= end + 4 + length
        }
        None => {
            assert!(find(head, CHUNKED).is_some(), "the reply has an end");
            reply.ends_with(LAST_CHUNK)
        }
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|it| it == what)
}
