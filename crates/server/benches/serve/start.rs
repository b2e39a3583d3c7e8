//! A start, from the moment at which the system is asked for a process.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Instant,
};

use crate::{postgres::Database, running::Running};

/// How long a server takes until it says that it is healthy, in milliseconds.
pub(crate) fn until_healthy(database: &Database) -> f64 {
    let started = Instant::now();
    let server = Running::start(database);
    let mut stream = TcpStream::connect(server.address()).expect("it listens");
    write!(stream, "GET /health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let took = started.elapsed().as_secs_f64() * 1000.0;
    assert!(reply.starts_with("HTTP/1.1 200 "), "{reply}");
    took
}
