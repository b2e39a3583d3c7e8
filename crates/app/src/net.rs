//! Requests to a server, with bounds on everything that comes back.

use std::{io, time::Duration};

use futures_util::{Stream, StreamExt as _};
use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    header::{self, HeaderName},
    redirect::Policy,
};
use rustls::CertificateError;
use serde::Serialize;
use thiserror::Error;

use crate::account::{Origin, Token};

/// Where the server says of calls about accounts how many seconds to wait.
const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");
const CONNECTS_WITHIN: Duration = Duration::from_secs(10);
/// Between two parts of an answer.
const GOES_ON_WITHIN: Duration = Duration::from_secs(30);
/// The whole of a request and its answer.
const ENDS_WITHIN: Duration = Duration::from_secs(120);
/// What this system is called in the list of a person's devices.
const SYSTEM: &str = match std::env::consts::OS.as_bytes() {
    b"linux" => "Linux",
    b"macos" => "macOS",
    b"windows" => "Windows",
    _ => std::env::consts::OS,
};

/// Why there was no answer that could be one of Weekwise's. In words, each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Trouble {
    /// No answer came.
    #[error("{server} cannot be reached ({why}): check the network and the address")]
    Unreachable {
        /// The server.
        server: String,
        /// What the system says.
        why: String,
    },
    /// It sends elsewhere.
    #[error("{server} sends elsewhere, and a session goes nowhere else: sign in at the address that it sends to")]
    Redirected {
        /// The server.
        server: String,
    },
    /// What came is not what a Weekwise server says.
    #[error(
        "what answers at {server} is not Weekwise ({what}): a network that wants a sign-in of its own, or another program, \
         may be in the way"
    )]
    NotWeekwise {
        /// The server.
        server: String,
        /// What it is.
        what: &'static str,
    },
    /// It does not prove that it is the server that was asked for. Nothing was sent to it.
    #[error(
        "{server} does not prove that it is that server ({why}): nothing was sent; a network that looks into connections, or a \
         wrong clock on this device, may be the reason"
    )]
    NotProven {
        /// The server.
        server: String,
        /// What is wrong with its certificate.
        why: &'static str,
    },
    /// The system has no way to make safe connections.
    #[error("no safe connections can be made on this system ({why})")]
    NoTls {
        /// What the system says.
        why: String,
    },
}

/// An answer, whatever it is.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// What `Retry-After` says, or `X-Retry-After` of calls about accounts, in seconds.
    pub(crate) retry_after: Option<u64>,
    is_json: bool,
    body: Vec<u8>,
}

/// A server, as requests go to it.
#[derive(Clone)]
pub(crate) struct Net {
    client: Client,
    server: Origin,
}

impl Net {
    pub(crate) fn to(server: &Origin) -> Result<Self, Trouble> {
        // Refused where the process has one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .https_only(!server.is_loopback())
            .connect_timeout(CONNECTS_WITHIN)
            .read_timeout(GOES_ON_WITHIN)
            .timeout(ENDS_WITHIN)
            .user_agent(format!("Weekwise/{} ({SYSTEM})", env!("CARGO_PKG_VERSION")));
        if server.is_loopback() {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| Trouble::NoTls { why: cause(&error) })?;
        Ok(Self { client, server: server.clone() })
    }

    pub(crate) fn server(&self) -> &Origin {
        &self.server
    }

    /// Gets what is at a path, of which `most` bytes are read.
    pub(crate) async fn get(
        &self,
        path: &str,
        query: &impl Serialize,
        token: &Token,
        most: usize,
    ) -> Result<Answer, Trouble> {
        let request = self.request(Method::GET, path).query(query);
        self.send(self.signed(request, token)?, most).await
    }

    /// Gets what is at a path that is open to all.
    pub(crate) async fn get_openly(&self, path: &str, query: &impl Serialize, most: usize) -> Result<Answer, Trouble> {
        self.send(self.request(Method::GET, path).query(query), most).await
    }

    /// Posts JSON to a path.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &impl Serialize,
        token: Option<&Token>,
        most: usize,
    ) -> Result<Answer, Trouble> {
        let request = self.request(Method::POST, path).json(body);
        let request = match token {
            Some(token) => self.signed(request, token)?,
            None => request,
        };
        self.send(request, most).await
    }

    /// The parts of what is at a path, as they come, for so long at most; none where the server does not let this session have them.
    pub(crate) async fn stream(
        &self,
        path: &str,
        token: &Token,
        lasts: Duration,
    ) -> Result<Option<impl Stream<Item = Result<Vec<u8>, Trouble>> + Send + 'static>, Trouble> {
        let request = self.signed(self.request(Method::GET, path), token)?.timeout(lasts);
        let response = request.send().await.map_err(|error| self.unreachable(error))?;
        if matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::GONE) {
            return Ok(None);
        }
        let header = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if response.status() != 200 || !header.is_some_and(|it| it.starts_with("text/event-stream")) {
            return Err(self.is_not("it has no events"));
        }
        let net = self.clone();
        Ok(Some(response.bytes_stream().map(move |part| match part {
            Ok(part) => Ok(part.to_vec()),
            Err(error) => Err(net.unreachable(error)),
        })))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.server))
    }

    fn signed(&self, request: RequestBuilder, token: &Token) -> Result<RequestBuilder, Trouble> {
        let header = token.header(&self.server).ok_or_else(|| self.is_not("the session is another server's"))?;
        Ok(request.header(header::AUTHORIZATION, header))
    }

    async fn send(&self, request: RequestBuilder, most: usize) -> Result<Answer, Trouble> {
        let response = request.send().await.map_err(|error| self.unreachable(error))?;
        if response.status().is_redirection() {
            return Err(Trouble::Redirected { server: self.server.to_string() });
        }
        let header = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
        let is_json = header(header::CONTENT_TYPE).is_some_and(|it| it.starts_with("application/json"));
        let retry_after = header(header::RETRY_AFTER)
            .or_else(|| header(X_RETRY_AFTER))
            .and_then(|seconds| seconds.trim().parse().ok());
        let status = response.status().as_u16();
        let body = self.body(response, most).await?;
        Ok(Answer { status, retry_after, is_json, body })
    }

    /// What is longer than that is not Weekwise's, whatever its head says.
    async fn body(&self, response: Response, most: usize) -> Result<Vec<u8>, Trouble> {
        let (mut body, mut parts) = (Vec::new(), response.bytes_stream());
        while let Some(part) = parts.next().await {
            let part = part.map_err(|error| self.unreachable(error))?;
            if body.len() + part.len() > most {
                return Err(self.is_not("it says more than it may"));
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }

    fn unreachable(&self, error: reqwest::Error) -> Trouble {
        let server = self.server.to_string();
        match doubt(&error) {
            Some(why) => Trouble::NotProven { server, why },
            None => Trouble::Unreachable { server, why: cause(&error.without_url()) },
        }
    }

    pub(crate) fn is_not(&self, what: &'static str) -> Trouble {
        Trouble::NotWeekwise { server: self.server.to_string(), what }
    }
}

impl Answer {
    /// The body, if it is JSON of that shape.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        self.is_json.then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }

    /// What it is instead, in a few words.
    pub(crate) fn what(&self) -> &'static str {
        if self.is_json { "it says what Weekwise never would" } else { "it does not speak JSON" }
    }
}

/// The first cause: the others say only that something failed.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it takes too long".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What is wrong with a certificate, where an error comes from that.
fn doubt(error: &reqwest::Error) -> Option<&'static str> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        // An error of the system passes its content over when it is asked where it comes from.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let tls = error.downcast_ref().or_else(|| inner?.downcast_ref());
        if let Some(rustls::Error::InvalidCertificate(fault)) = tls {
            return Some(fault_in_words(fault));
        }
        cause = inner.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| error.source());
    }
    None
}

fn fault_in_words(fault: &CertificateError) -> &'static str {
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name"
        }
        CertificateError::Revoked => "its certificate was revoked",
        CertificateError::UnknownIssuer => "nobody whom this system trusts has signed its certificate",
        _ => "its certificate is none that this system trusts",
    }
}
