//! A server as a window meets it: it goes, comes back, says nothing, or something else.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::sync::proxy::Proxy;
use crate::sync::server::{Database, Server};

/// A server, and the one address by which it is known, whichever process serves it.
pub(in crate::window) struct Service {
    database: Database,
    server: Server,
    proxy: Proxy,
}

impl Service {
    pub(in crate::window) fn start() -> Self {
        let database = Database::new();
        let server = Server::start(&database);
        let proxy = Proxy::to(&[server.address()]);
        Self { database, server, proxy }
    }

    /// The address that people type.
    pub(in crate::window) fn url(&self) -> &str {
        &self.proxy.url
    }

    /// Makes an account, and gives its e-mail address.
    pub(in crate::window) fn sign_up(&self, name: &str) -> String {
        self.server.sign_up(name)
    }

    /// The server is gone, with all connections to it.
    pub(in crate::window) fn stop(&mut self) {
        self.server.kill();
    }

    /// It is back.
    pub(in crate::window) fn go_on(&mut self) {
        self.server = Server::start(&self.database);
        self.proxy.lead_to(vec![self.server.address().to_owned()]);
    }

    /// Whatever is asked, something that is no server's of ours answers this.
    pub(in crate::window) fn answer(&self, status: u16, body: &Value) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        self.proxy.lead_to(vec![listener.local_addr().expect("it has an address").to_string()]);
        let body = body.to_string();
        let reply = format!(
            "HTTP/1.1 {status} Told\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                // Whatever it asks: its head comes in one part.
                let read = client.read(&mut [0; 16 * 1024]);
                let _ = read.and_then(|_| client.write_all(reply.as_bytes()));
            }
        });
    }

    /// Whatever is asked, nobody answers, until the value is dropped; then nobody is there.
    pub(in crate::window) fn hush(&self) -> Hush {
        let hush = Hush { asked: Arc::default() };
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        self.proxy.lead_to(vec![listener.local_addr().expect("it has an address").to_string()]);
        let asked = Arc::downgrade(&hush.asked);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Some(asked) = asked.upgrade() else { break };
                asked.lock().expect("no test panics in there").push(client);
            }
        });
        hush
    }

    /// The sessions that were shown to the server so far.
    pub(in crate::window) fn tokens(&self) -> BTreeSet<String> {
        self.proxy.tokens()
    }

    /// What devices have pushed to each account comes to as much as it may.
    pub(in crate::window) fn fill(&self) {
        self.database.run("UPDATE head SET bytes = 64 * 1024 * 1024");
    }

    /// Ends all sessions, as a person does who has lost a device.
    pub(in crate::window) fn end_all_sessions(&self) {
        self.database.run("DELETE FROM session");
    }
}

/// A server that says nothing, with whatever it was asked.
pub(in crate::window) struct Hush {
    asked: Arc<Mutex<Vec<TcpStream>>>,
}
