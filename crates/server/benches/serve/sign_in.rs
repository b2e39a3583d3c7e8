//! Signing in, and the hash that it takes by itself.

use std::{fs, hint::black_box};

use argon2::Argon2;
use serde_json::{Value, json};

use crate::{load::Load, process::Cpu, running::Running};

/// In a round, one after the other.
const SIGN_INS: usize = 30;
const PASSWORD: &str = "correct horse battery";

/// Somebody who signs in again and again.
pub(crate) struct SignIns {
    address: String,
    request: [Vec<u8>; 1],
}

impl SignIns {
    /// Signs somebody up.
    pub(crate) async fn of_somebody(server: &Running) -> Self {
        let email = "ada@week.example";
        let sign_up = post(server, "sign-up", json!({ "name": "Ada", "email": email, "password": PASSWORD }));
        Load::run(server.address(), &[sign_up], 1, 1).await;
        let request = post(server, "sign-in", json!({ "email": email, "password": PASSWORD }));
        Self { address: server.address().to_owned(), request: [request] }
    }

    /// Signs them in.
    pub(crate) async fn run(&self) {
        Load::run(&self.address, &self.request, 1, SIGN_INS).await;
    }

    /// Does nothing but hash, as often and with the same parameters, which are the crate's own.
    pub(crate) fn bare(&self) -> Cpu {
        let before = of_this_thread();
        for _ in 0..SIGN_INS {
            let mut hash = [0; 32];
            let hashed = Argon2::default().hash_password_into(PASSWORD.as_bytes(), &[7; 16], &mut hash);
            hashed.expect("these lengths are allowed");
            black_box(hash);
        }
        of_this_thread() - before
    }
}

fn post(server: &Running, action: &str, body: Value) -> Vec<u8> {
    let (host, body) = (server.address(), body.to_string());
    format!(
        "POST /api/auth/{action}/email HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// To the nanosecond, unlike what is told of whole processes.
fn of_this_thread() -> Cpu {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds: f64 = told.split(' ').next().unwrap().parse().unwrap();
    Cpu::from_seconds(nanoseconds / 1e9)
}
