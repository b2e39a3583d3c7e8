//! The server's routes for accounts.

use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;

use super::Token;
use crate::net::{Answer, Net, Trouble};

/// The most bytes of an answer.
const MOST: usize = 64 * 1024;

/// A person, as the server knows them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: String,
}

/// Why nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignInError {
    /// There was no answer that could be one of Weekwise's.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The server refuses, in its own words.
    #[error("{server} refuses: {message}")]
    Refused {
        /// The server.
        server: String,
        /// What it says.
        message: String,
    },
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

#[derive(Serialize)]
struct Nothing {}

/// Signs a person in.
pub(super) async fn sign_in(net: &Net, email: &str, password: &str) -> Result<(Token, Person), SignInError> {
    #[derive(Deserialize)]
    struct SignedIn {
        token: String,
        user: Person,
    }
    let body = json!({ "email": email, "password": password, "client": "desktop" });
    let answer = net.post("/api/auth/sign-in/email", &body, None, MOST).await?;
    if answer.status != 200 {
        return Err(refused(net, &answer));
    }
    let SignedIn { token, user } = answer.json().ok_or_else(|| net.is_not(answer.what()))?;
    let token = Token::from_server(net.server(), token).ok_or_else(|| net.is_not("its session is none"))?;
    Ok((token, user.checked(net)?))
}

/// Whose session it is; none if it is nobody's any more.
pub(super) async fn whose(net: &Net, token: &Token) -> Result<Option<String>, Trouble> {
    #[derive(Deserialize)]
    struct Current {
        user: Person,
    }
    let answer = net.get("/api/auth/get-session", &Nothing {}, token, MOST).await?;
    let current: Option<Option<Current>> = if answer.status == 200 { answer.json() } else { None };
    let current = current.ok_or_else(|| net.is_not(answer.what()))?;
    Ok(current.map(|it| it.user.id))
}

/// Ends a session on the server.
pub(super) async fn sign_out(net: &Net, token: &Token) -> Result<(), SignInError> {
    let answer = net.post("/api/auth/sign-out", &Nothing {}, Some(token), MOST).await?;
    if answer.status == 200 { Ok(()) } else { Err(refused(net, &answer)) }
}

fn refused(net: &Net, answer: &Answer) -> SignInError {
    match answer.json::<Refusal>() {
        Some(Refusal { message }) => {
            SignInError::Refused { server: net.server().to_string(), message: on_one_line(&message) }
        }
        None => net.is_not(answer.what()).into(),
    }
}

impl Person {
    /// With texts that can be shown. An id that is none would lead to anyone's file.
    fn checked(self, net: &Net) -> Result<Self, Trouble> {
        let Self { id, email, name } = self;
        if id.is_empty() || id.len() > 200 || id.chars().any(char::is_control) {
            return Err(net.is_not("it does not say who is signed in"));
        }
        Ok(Self { id, email: on_one_line(&email), name: on_one_line(&name) })
    }
}

/// Without what would move the cursor of a terminal, and not longer than a line or two.
fn on_one_line(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(200).collect()
}
