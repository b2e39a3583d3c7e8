//! What a request calls, and with what.

use std::collections::HashMap;

use axum::http::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Kind, Procedure};
use crate::Error;

/// The most calls in one request.
const MAX_CALLS: usize = 100;
/// The most characters that are told of what is wrong with an input, since they may quote it.
const LONGEST_REASON: usize = 200;

/// A call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) path: String,
    /// None where there is no procedure at the path.
    pub(super) procedure: Option<Procedure>,
}

/// The calls of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Calls {
    pub(super) is_batch: bool,
    pub(super) calls: Vec<Call>,
}

impl Calls {
    /// Reads the address of a request.
    ///
    /// # Errors
    /// When the path cannot be read, or the calls do not go together.
    pub(super) fn of(uri: &Uri) -> Result<Self, Error> {
        let path = uri.path().strip_prefix("/trpc").unwrap_or_default();
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let path =
            percent_decode_str(path).decode_utf8().map_err(|_| Error::Invalid("The path is not UTF-8".into()))?;
        let is_batch = parameter(uri, "batch").is_some_and(|value| value == "1");
        let paths: Vec<&str> = if is_batch { path.split(',').collect() } else { vec![&path] };
        if paths.len() > MAX_CALLS {
            return Err(Error::Invalid(format!("A batch takes at most {MAX_CALLS} calls").into()));
        }
        let calls: Vec<Call> =
            paths.into_iter().map(|path| Call { path: path.to_owned(), procedure: Procedure::at(path) }).collect();
        let mut kinds: Vec<Kind> = Vec::new();
        for kind in calls.iter().filter_map(|call| call.procedure).map(Procedure::kind) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        if let [one, other] = kinds[..] {
            let message = format!("Cannot mix procedure types in call: {}, {}", one.name(), other.name());
            return Err(Error::Invalid(message.into()));
        }
        Ok(Self { is_batch, calls })
    }
}

/// The inputs of a request's calls, as they were sent.
#[derive(Debug)]
pub(super) enum Inputs<'a> {
    /// Of a single call.
    Single(Option<&'a RawValue>),
    /// Of the calls of a batch, by their number.
    Batch(HashMap<String, &'a RawValue>),
    /// Why there are none. Calls that take no input do not mind.
    Unreadable(String),
}

impl<'a> Inputs<'a> {
    /// Reads JSON; none of it is no input.
    pub(super) fn read(json: &'a [u8], is_batch: bool) -> Self {
        match (json.is_empty(), is_batch) {
            (true, _) => Self::Single(None),
            (false, false) => match serde_json::from_slice(json) {
                Ok(input) => Self::Single(Some(input)),
                Err(error) => Self::Unreadable(format!("Invalid JSON: {error}")),
            },
            (false, true) => match serde_json::from_slice(json) {
                Ok(inputs) => Self::Batch(inputs),
                Err(error) if error.is_data() => {
                    Self::Unreadable("\"input\" needs to be an object when doing a batch call".to_owned())
                }
                Err(error) => Self::Unreadable(format!("Invalid JSON: {error}")),
            },
        }
    }

    /// What the call with a number was given.
    ///
    /// # Errors
    /// When it was given nothing, or something that it does not take.
    pub(super) fn of<T: Deserialize<'a>>(&self, call: usize) -> Result<T, Error> {
        let input = match self {
            Self::Single(input) => *input,
            Self::Batch(inputs) => inputs.get(&call.to_string()).copied(),
            Self::Unreadable(why) => return Err(Error::Invalid(why.clone().into())),
        };
        let input = input.ok_or_else(|| Error::Invalid("Invalid input: there is none".into()))?;
        serde_json::from_str(input.get()).map_err(|error| {
            let why: String = error.to_string().chars().take(LONGEST_REASON).collect();
            Error::Invalid(format!("Invalid input: {why}").into())
        })
    }
}

/// The input in the address of a query.
pub(super) fn input_in(uri: &Uri) -> Vec<u8> {
    parameter(uri, "input").map(String::into_bytes).unwrap_or_default()
}

/// The method that calls of a kind take.
pub(super) fn method_of(kind: Kind) -> Method {
    match kind {
        Kind::Query => Method::GET,
        Kind::Mutation => Method::POST,
    }
}

fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    let mut values = pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    values.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(uri: &str) -> Result<Calls, Error> {
        Calls::of(&uri.parse().unwrap())
    }

    #[test]
    fn a_batch_names_its_calls_with_commas() {
        let both = calls("/trpc/healthCheck,scheduler.getSchedulesForWeek?batch=1").unwrap();
        let found: Vec<_> = both.calls.iter().map(|call| call.procedure).collect();
        assert_eq!(found, [Some(Procedure::HealthCheck), Some(Procedure::GetSchedulesForWeek)]);
        assert_eq!(calls("/trpc/healthCheck%2CprivateData?batch=1").unwrap().calls.len(), 2);
        let single = calls("/trpc/healthCheck,privateData").unwrap();
        assert_eq!(single.calls, [Call { path: "healthCheck,privateData".to_owned(), procedure: None }]);
    }

    #[test]
    fn what_reads_and_what_changes_do_not_go_together() {
        let error = calls("/trpc/healthCheck,nothing,scheduler.deleteSlot,privateData?batch=1").unwrap_err();
        assert_eq!(error.to_string(), "Cannot mix procedure types in call: query, mutation");
    }

    #[test]
    fn a_batch_has_a_bound_and_a_path_is_text() {
        let uri = |n: usize| format!("/trpc/{}?batch=1", vec!["healthCheck"; n].join(","));
        assert!(calls(&uri(MAX_CALLS)).is_ok() && calls(&uri(MAX_CALLS + 1)).is_err());
        assert!(calls("/trpc/%ff").is_err());
    }

    #[test]
    fn inputs_are_found_by_number_and_more_is_ignored() {
        let inputs = Inputs::read(br#"{"0":1,"7":"x","a\n":null,"1":"text"}"#, true);
        assert_eq!((inputs.of::<i32>(0).unwrap(), inputs.of::<String>(1).unwrap()), (1, "text".to_owned()));
        assert!(inputs.of::<i32>(2).is_err());
        assert_eq!(Inputs::read(b"5", false).of::<i32>(0).unwrap(), 5);
    }

    #[test]
    fn what_cannot_be_read_is_told_to_those_who_need_it() {
        let told = |json: &[u8], is_batch| Inputs::read(json, is_batch).of::<i32>(0).unwrap_err().to_string();
        assert_eq!(told(b"[1]", true), "\"input\" needs to be an object when doing a batch call");
        assert!(told(b"{\"0\":", true).starts_with("Invalid JSON"));
        assert!(told(b"\xff", false).starts_with("Invalid JSON"));
        assert_eq!(told(b"", false), "Invalid input: there is none");
        let deep = [b"{\"0\":".as_slice(), &[b'['; 10_000]].concat();
        assert!(told(&deep, true).starts_with("Invalid JSON"));
        let long = format!("\"{}\"", "x".repeat(10_000));
        assert!(told(long.as_bytes(), false).len() < 300);
    }
}
