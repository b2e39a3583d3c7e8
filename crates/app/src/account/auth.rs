//! The server's routes for accounts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use thiserror::Error;

use super::{Token, on_one_line};
use crate::net::{Answer, Net, Trouble};

/// The most bytes of an answer.
const MOST: usize = 64 * 1024;
/// The most bytes of the list of sessions, of which a person may have hundreds.
const MOST_OF_SESSIONS: usize = 1024 * 1024;
/// For how many seconds a server is left alone that says "too often" and nothing of how long.
const TOO_OFTEN_WAITS_S: u64 = 10;

/// A person, as the server knows them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) name: String,
}

/// One of a person's sessions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionRow {
    pub(super) id: String,
    /// Of the session that asks it is the token, else the id.
    pub(super) token: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) user_agent: Option<String>,
}

/// Why a server did not do what was asked of it about an account.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthError {
    /// There was no answer that could be one of Weekwise's.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The server refuses.
    #[error("{server} refuses: {message}")]
    Refused {
        /// The server.
        server: String,
        /// What its code says.
        reason: AuthRefusal,
        /// What it says in its own words.
        message: String,
    },
}

/// Why a server refuses something about an account: what an interface has words of its own for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthRefusal {
    /// Nobody has this e-mail address and this password.
    WrongCredentials,
    /// The password that confirms it is another one.
    WrongPassword,
    /// Someone has an account with this e-mail address.
    EmailTaken,
    /// The e-mail address is none.
    InvalidEmail,
    /// The password that was chosen has fewer than 8 characters.
    PasswordTooShort,
    /// The password that was chosen has more than 128 characters.
    PasswordTooLong,
    /// It was tried too often.
    TooOften {
        /// After how many seconds it may be tried again.
        seconds: u64,
    },
    /// The session has ended.
    SessionEnded,
    /// The device that is to be signed out is not signed in.
    NoSuchDevice,
    /// The server is busy or out of order; later it may do it.
    OutOfOrder,
    /// Something else, which the server's own words say.
    Other,
}

/// The body of a refusal. There is no code for those who call too often.
#[derive(Deserialize)]
struct Refusal {
    code: Option<String>,
    message: String,
}

#[derive(Serialize)]
struct Nothing {}

/// Signs a person in.
pub(super) async fn sign_in(net: &Net, email: &str, password: &str) -> Result<(Token, Person), AuthError> {
    let body = json!({ "email": email, "password": password, "client": "desktop" });
    enter(net, "/api/auth/sign-in/email", &body).await
}

/// Makes an account, and signs its owner in.
pub(super) async fn sign_up(net: &Net, name: &str, email: &str, password: &str) -> Result<(Token, Person), AuthError> {
    let body = json!({ "name": name, "email": email, "password": password, "client": "desktop" });
    enter(net, "/api/auth/sign-up/email", &body).await
}

async fn enter(net: &Net, path: &str, body: &Value) -> Result<(Token, Person), AuthError> {
    #[derive(Deserialize)]
    struct SignedIn {
        token: String,
        user: Person,
    }
    let SignedIn { token, user } = done(net, &net.post(path, body, None, MOST).await?)?;
    Ok((token_of(net, token)?, user.checked(net)?))
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
pub(super) async fn sign_out(net: &Net, token: &Token) -> Result<(), AuthError> {
    let answer = net.post("/api/auth/sign-out", &Nothing {}, Some(token), MOST).await?;
    done::<Value>(net, &answer).map(drop)
}

/// Changes the password. Returns the token of the session in place of this one, where all have ended.
pub(super) async fn change_password(
    net: &Net,
    token: &Token,
    current: &str,
    new: &str,
    end_others: bool,
) -> Result<Option<Token>, AuthError> {
    #[derive(Deserialize)]
    struct Changed {
        token: Option<String>,
    }
    let body = json!({ "currentPassword": current, "newPassword": new, "revokeOtherSessions": end_others });
    let answer = net.post("/api/auth/change-password", &body, Some(token), MOST).await?;
    let Changed { token } = done(net, &answer)?;
    Ok(token.map(|token| token_of(net, token)).transpose()?)
}

/// The person's sessions.
pub(super) async fn sessions(net: &Net, token: &Token) -> Result<Vec<SessionRow>, AuthError> {
    let answer = net.get("/api/auth/list-sessions", &Nothing {}, token, MOST_OF_SESSIONS).await?;
    done(net, &answer)
}

/// Ends one of the person's sessions.
pub(super) async fn end_session(net: &Net, token: &Token, id: &str) -> Result<(), AuthError> {
    let answer = net.post("/api/auth/revoke-session", &json!({ "token": id }), Some(token), MOST).await?;
    done::<Value>(net, &answer).map(drop)
}

/// Deletes the account, with everything in it.
pub(super) async fn delete_user(net: &Net, token: &Token, password: &str) -> Result<(), AuthError> {
    let answer = net.post("/api/auth/delete-user", &json!({ "password": password }), Some(token), MOST).await?;
    done::<Value>(net, &answer).map(drop)
}

fn token_of(net: &Net, token: String) -> Result<Token, Trouble> {
    Token::from_server(net.server(), token).ok_or_else(|| net.is_not("its session is none"))
}

fn done<T: DeserializeOwned>(net: &Net, answer: &Answer) -> Result<T, AuthError> {
    if answer.status != 200 {
        return Err(refused(net, answer));
    }
    Ok(answer.json().ok_or_else(|| net.is_not(answer.what()))?)
}

fn refused(net: &Net, answer: &Answer) -> AuthError {
    let said: Option<Refusal> = answer.json();
    let code = said.as_ref().and_then(|it| it.code.as_deref());
    let reason = match (answer.status, code) {
        (429, _) => AuthRefusal::TooOften { seconds: answer.retry_after.unwrap_or(TOO_OFTEN_WAITS_S) },
        (500.., _) => AuthRefusal::OutOfOrder,
        (_, Some("INVALID_EMAIL_OR_PASSWORD")) => AuthRefusal::WrongCredentials,
        (_, Some("INVALID_PASSWORD")) => AuthRefusal::WrongPassword,
        (_, Some("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")) => AuthRefusal::EmailTaken,
        (_, Some("INVALID_EMAIL")) => AuthRefusal::InvalidEmail,
        (_, Some("PASSWORD_TOO_SHORT")) => AuthRefusal::PasswordTooShort,
        (_, Some("PASSWORD_TOO_LONG")) => AuthRefusal::PasswordTooLong,
        (_, Some("UNAUTHORIZED")) => AuthRefusal::SessionEnded,
        (_, Some("SESSION_NOT_FOUND")) => AuthRefusal::NoSuchDevice,
        _ => AuthRefusal::Other,
    };
    let message = match (said, reason) {
        (Some(said), _) => on_one_line(&said.message),
        // Proxies say these in their own way.
        (None, AuthRefusal::TooOften { seconds }) => format!("it was asked too often, and may be in {seconds} s"),
        (None, AuthRefusal::OutOfOrder) => format!("it is out of order just now (status {})", answer.status),
        (None, _) => return net.is_not(answer.what()).into(),
    };
    AuthError::Refused { server: net.server().to_string(), reason, message }
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
