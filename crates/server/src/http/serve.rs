//! Connections: taken, served, and let go.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, body::Body, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tower::Service as _;

use super::Peer;

/// How long a client may take to send the head of a request, and a connection may rest between two.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// The longest head of a request. Longer ones are answered with 431.
const HEAD_BYTES: usize = 64 * 1024;
/// How long requests that are under way may take to end once the server is told to stop.
const LAST_REPLIES_WITHIN: Duration = Duration::from_secs(10);

/// Serves `router` to all who connect, until `stop`; then lets requests that are under way end.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_BYTES);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    wait_for_room(&error).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let connection = http.serve_connection(TokioIo::new(without_delay(stream)), service(router.clone(), peer));
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A client that is gone or talks no HTTP is no event.
            if let Err(error) = connection.await {
                tracing::debug!("a connection ended: {error}");
            }
        });
    }
    drop(listener);
    if timeout(LAST_REPLIES_WITHIN, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// The router for one connection, whose requests all know where they come from.
fn service(
    router: Router,
    peer: SocketAddr,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = Response,
    Error = Infallible,
    Future = impl Future<Output = Result<Response, Infallible>> + Send,
> {
    service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        router.clone().call(request)
    })
}

/// Replies are small and whole: waiting to fill a packet would only delay them.
fn without_delay(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("a connection keeps its delay: {error}");
    }
    stream
}

/// A connection that broke before it was taken is nothing to wait for; a system without a free file is.
async fn wait_for_room(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!("no connection can be taken: {error}");
        sleep(Duration::from_secs(1)).await;
    }
}
