//! The one address that servers know of, which leads to whichever database is the primary: what an operator moves.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Passes connections on. It ends with the test's runtime.
pub(super) struct Forwarder {
    pub(super) port: u16,
    target: Arc<AtomicU16>,
}

impl Forwarder {
    /// One that leads to a port of this machine.
    pub(super) async fn start(target: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let target = Arc::new(AtomicU16::new(target));
        let current = Arc::clone(&target);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let target = current.load(Ordering::Relaxed);
                tokio::spawn(async move {
                    // One that cannot be passed on is closed, as by a proxy whose target is gone.
                    if let Ok(mut database) = TcpStream::connect(("127.0.0.1", target)).await {
                        let _ = copy_bidirectional(&mut client, &mut database).await;
                    }
                });
            }
        });
        Self { port, target }
    }

    /// From now on, new connections go to another port.
    pub(super) fn lead_to(&self, target: u16) {
        self.target.store(target, Ordering::Relaxed);
    }
}
