//! Somebody who uses the server over HTTP.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    postgres::Database,
    running::{ORIGIN, Running},
};

pub(crate) const PASSWORD: &str = "correct horse";

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.expect("a reply is text") }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The `code` of a refusal about accounts.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_else(|| panic!("a refusal has a code: {self:?}")).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are text"))
    }

    /// Its headers `Set-Cookie`.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter();
        cookies.map(|value| value.to_str().expect("cookies are text")).collect()
    }
}

/// A person with a session.
pub(crate) struct Person {
    server: String,
    client: Client,
    pub(crate) email: String,
    pub(crate) id: String,
    pub(crate) token: String,
    /// What a browser would send: name and value.
    pub(crate) cookie: String,
}

impl Person {
    /// Signs up.
    pub(crate) async fn sign_up(server: &Running, name: &str) -> Self {
        let email = format!("{name}@week.example");
        let body = json!({ "name": name, "email": email, "password": PASSWORD });
        let reply = post(server, "/api/auth/sign-up/email", body).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        Self::of(server, email, &reply)
    }

    /// Signs in with what is said beside address and password.
    pub(crate) async fn sign_in(server: &Running, email: &str, more: Value) -> Self {
        let mut body = json!({ "email": email, "password": PASSWORD });
        body.as_object_mut().expect("it is one").extend(more.as_object().expect("it is one").clone());
        let reply = post(server, "/api/auth/sign-in/email", body).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        Self::of(server, email.to_owned(), &reply)
    }

    /// One with a session that was put into the database: quicker than to sign up, and without a password.
    pub(crate) async fn made(server: &Running, database: &Database, name: &str) -> Self {
        let id = database.user(name).await.to_string();
        let token = format!("the-token-of-{name}-and-of-nobody-else");
        database
            .run(&format!(
                r#"INSERT INTO session ("_id", token, "userId", "createdAt", "updatedAt", "expiresAt", "endsAt")
                   SELECT 'session-of-{name}', encode(sha256('{token}'), 'hex'), '{id}', moment, moment,
                       moment + interval '7 days', moment + interval '90 days'
                   FROM (SELECT now() AT TIME ZONE 'UTC' AS moment) it"#
            ))
            .await;
        let (server, email) = (server.url.clone(), format!("{name}@week.example"));
        Self { server, client: plain(), email, id, token, cookie: String::new() }
    }

    fn of(server: &Running, email: String, reply: &Reply) -> Self {
        let body = reply.json();
        let text = |value: &Value| value.as_str().expect("it is text").to_owned();
        let cookie = reply.cookies().first().and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
        Self {
            server: server.url.clone(),
            client: plain(),
            email,
            id: text(&body["user"]["id"]),
            token: text(&body["token"]),
            cookie,
        }
    }

    /// The same person at another server.
    pub(crate) fn at(&self, server: &Running) -> Self {
        Self {
            server: server.url.clone(),
            client: plain(),
            email: self.email.clone(),
            id: self.id.clone(),
            token: self.token.clone(),
            cookie: self.cookie.clone(),
        }
    }

    /// A request that bears the token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.server)).bearer_auth(&self.token)
    }

    /// A request as a page of the web client would send it.
    pub(crate) fn as_page(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.server));
        request.header(header::COOKIE, &self.cookie).header(header::ORIGIN, ORIGIN)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        send(self.request(Method::POST, path).json(&body)).await
    }

    /// Calls a procedure that changes something.
    pub(crate) async fn mutate(&self, procedure: &str, input: Value) -> Reply {
        self.post(&format!("/trpc/{procedure}"), input).await
    }

    /// Calls a procedure that reads.
    pub(crate) async fn query(&self, procedure: &str, input: &Value) -> Reply {
        let path = format!("/trpc/{procedure}");
        send(self.request(Method::GET, &path).query(&[("input", input.to_string())])).await
    }

    /// Makes a slot and returns its number.
    pub(crate) async fn create(&self, day: u8, start: &str, end: &str) -> i64 {
        let input = json!({ "dayOfWeek": day, "startTime": start, "endTime": end });
        let reply = self.mutate("scheduler.createSchedule", input).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        reply.json()["result"]["data"]["id"].as_i64().expect("a schedule has a number")
    }

    /// The week from a date.
    pub(crate) async fn week(&self, start: &str) -> Value {
        let reply = self.query("scheduler.getSchedulesForWeek", &json!({ "startDate": start })).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        reply.json()["result"]["data"].clone()
    }

    /// Moves the moments of this person's sessions into the past, as if that much time had gone by.
    pub(crate) async fn wait(&self, database: &Database, interval: &str) {
        database
            .run(&format!(
                r#"UPDATE session SET "expiresAt" = "expiresAt" - interval '{interval}', "endsAt" = "endsAt" - interval '{interval}',
                   "createdAt" = "createdAt" - interval '{interval}', "updatedAt" = "updatedAt" - interval '{interval}'
                   WHERE "userId" = '{}'"#,
                self.id
            ))
            .await;
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Reply {
    Reply::read(request.send().await.expect("the server answers")).await
}

/// A client that shows replies as they come: built along with the app, reqwest would unpack them unseen.
fn plain() -> Client {
    Client::builder().no_gzip().build().expect("a client for plain HTTP")
}

/// Somebody without a session.
pub(crate) async fn post(server: &Running, path: &str, body: Value) -> Reply {
    send(Client::new().post(server.at(path)).json(&body)).await
}

pub(crate) async fn get(server: &Running, path: &str) -> Reply {
    send(Client::new().get(server.at(path))).await
}
