//! The one route of tRPC.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::{
    Procedure,
    batch::{Call, Calls, Inputs, input_in, method_of},
    create_schedule, delete_schedule, delete_slot,
    envelope::{self, Outcome, failure, success},
    get_schedules_for_week, health_check, private_data,
    rows::Item,
    update_slot,
};
use crate::{
    Error, Server, UserId,
    auth::{Credential, SignedIn, check_origin},
    http::{ClientAddress, TRPC_BODY, WEEK, is_json, read},
};

/// Answers a call or a batch of them.
pub async fn handle(State(server): State<Server>, address: ClientAddress, request: Request) -> Response {
    answer(&server, address, request).await.unwrap_or_else(|error| failure(&error))
}

async fn answer(server: &Server, address: ClientAddress, request: Request) -> Result<Response, Error> {
    let (Parts { method, uri, headers, .. }, body) = request.into_parts();
    if method == Method::HEAD {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    if server.config.production {
        server.limits.count(address, "week", WEEK, Instant::now())?;
    }
    let calls = Calls::of(&uri)?;
    let json = if method == Method::GET {
        input_in(&uri).into()
    } else {
        check_origin(&headers, &server.config)?;
        check_content_type(&headers)?;
        read(&headers, body, TRPC_BODY).await?
    };
    let inputs = Inputs::read(&json, calls.is_batch);
    let mut context = Context { server, headers: &headers, method, now: Utc::now(), user: None };

    // One after the other: a change may build on the one before.
    let mut outcomes = Vec::with_capacity(calls.calls.len());
    for (number, call) in calls.calls.iter().enumerate() {
        let outcome = context.run(call, &inputs, number).await;
        outcomes.push(outcome.unwrap_or_else(|error| envelope::error(&error, Some(&call.path))));
    }
    if calls.is_batch {
        return Ok(envelope::batch(&outcomes));
    }
    Ok(outcomes.pop().map_or_else(|| failure(&Error::NotFound("No procedure was called".into())), envelope::single))
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Error> {
    if is_json(headers) {
        return Ok(());
    }
    let message = match headers.get(header::CONTENT_TYPE) {
        Some(other) => format!("Unsupported content-type \"{}\"", String::from_utf8_lossy(other.as_bytes())).into(),
        None => "Missing content-type header".into(),
    };
    Err(Error::MediaType(message))
}

/// What the calls of a request have in common.
struct Context<'a> {
    server: &'a Server,
    headers: &'a HeaderMap,
    method: Method,
    now: DateTime<Utc>,
    /// Who is signed in, once that was asked.
    user: Option<UserId>,
}

impl Context<'_> {
    async fn run(&mut self, call: &Call, inputs: &Inputs<'_>, number: usize) -> Result<Outcome, Error> {
        let Some(procedure) = call.procedure else {
            return Err(Error::NotFound(format!("No procedure found on path \"{}\"", call.path).into()));
        };
        let kind = procedure.kind();
        if self.method != method_of(kind) {
            let (method, kind, path) = (&self.method, kind.name(), &call.path);
            let message = format!("Unsupported {method}-request to {kind} procedure at path \"{path}\"");
            return Err(Error::Method(message.into()));
        }
        let (server, now) = (self.server, self.now);
        Ok(match procedure {
            Procedure::HealthCheck => success(health_check::call()),
            Procedure::PrivateData => success(private_data::call(server, &self.user().await?).await?),
            Procedure::CreateSchedule => {
                success(create_schedule::call(server, &self.user().await?, inputs.of(number)?, now).await?)
            }
            Procedure::GetSchedulesForWeek => success(self.week(inputs.of(number)).await?),
            Procedure::UpdateSlot => {
                success(update_slot::call(server, &self.user().await?, inputs.of(number)?, now).await?)
            }
            Procedure::DeleteSlot => {
                success(delete_slot::call(server, &self.user().await?, inputs.of(number)?, now).await?)
            }
            Procedure::DeleteSchedule => {
                success(delete_schedule::call(server, &self.user().await?, inputs.of(number)?, now).await?)
            }
        })
    }

    /// A week, with the session where that is not known yet: in one statement, since this is what is asked most.
    async fn week(&mut self, input: Result<get_schedules_for_week::Input, Error>) -> Result<Vec<Item>, Error> {
        let (None, Ok(input)) = (&self.user, &input) else {
            // Who is not signed in is told that first.
            let user = self.user().await?;
            return get_schedules_for_week::call(self.server, &user, input?, self.now).await;
        };
        let credential = Credential::of(self.headers, &self.server.cookies).ok_or(Error::NotSignedIn)?;
        let token = credential.token().hash();
        let found = get_schedules_for_week::of_session(self.server, &token, input, self.now).await?;
        let (session, items) = found.ok_or(Error::NotSignedIn)?;
        let signed_in = SignedIn::judge(self.server, credential, token, session, self.now.into()).await?;
        self.user = Some(signed_in.ok_or(Error::NotSignedIn)?.session.user_id);
        Ok(items)
    }

    /// Who is signed in. Asked once for all calls, and only if one of them wants to know.
    async fn user(&mut self) -> Result<UserId, Error> {
        if self.user.is_none() {
            let signed_in = SignedIn::find(self.server, self.headers, self.now.into()).await?;
            self.user = signed_in.map(|signed_in| signed_in.session.user_id);
        }
        self.user.clone().ok_or(Error::NotSignedIn)
    }
}
