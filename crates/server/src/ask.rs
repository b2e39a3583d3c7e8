//! `weekwise-server health`: asks the server that runs beside it, so that a container needs no other program for it.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use axum::body::Body;
use hyper::{Request, StatusCode, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::{net::TcpStream, time::timeout};

/// Longer than the server itself waits for its database.
const PATIENCE: Duration = Duration::from_secs(4);

/// Why a server is not healthy.
#[derive(Debug, Error)]
pub enum Unhealthy {
    /// Nothing listens there.
    #[error("no server answers at {0}")]
    Away(SocketAddr, #[source] io::Error),
    /// It says nothing, or something else than HTTP.
    #[error("the server at {0} does not answer")]
    Silent(SocketAddr),
    /// It says so itself.
    #[error("the server says {0}")]
    Says(StatusCode),
}

/// Asks the server that listens on `host` and `port` of this machine.
///
/// # Errors
/// When it is not healthy.
pub async fn ask(host: IpAddr, port: u16) -> Result<(), Unhealthy> {
    let host = match host {
        IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    };
    let address = SocketAddr::new(host, port);
    let status = timeout(PATIENCE, status(address)).await.map_err(|_| Unhealthy::Silent(address))??;
    if status == StatusCode::OK { Ok(()) } else { Err(Unhealthy::Says(status)) }
}

async fn status(address: SocketAddr) -> Result<StatusCode, Unhealthy> {
    let stream = TcpStream::connect(address).await.map_err(|error| Unhealthy::Away(address, error))?;
    let talk = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = Request::get("/health").header(header::HOST, address.to_string()).body(Body::empty());
        let request = request.expect("path and host are plain ASCII");
        sender.send_request(request).await
    };
    let reply = talk.await.map_err(|_: hyper::Error| Unhealthy::Silent(address))?;
    Ok(reply.status())
}
