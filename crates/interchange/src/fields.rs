//! Reading an object key by key: what is wrong is noted with its position, and reading goes on.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::kind::{Kind, named};

/// A bad place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{position}: {reason}")]
pub struct Problem {
    /// Where: `schedules[3].start` (rows count from 0), or `line 4, column 7` where the text is not JSON at all.
    pub position: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Problem {
    pub(crate) fn new(position: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { position: position.into(), reason: reason.into() }
    }
}

/// An object of the file, and where in the file it stands.
pub(crate) struct Fields<'a> {
    at: String,
    object: &'a Map<String, Value>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Fields<'a> {
    /// The object `value`, which stands at `at` and should be `what`; none if it is no object.
    pub(crate) fn of(value: &'a Value, at: String, what: &str, problems: &'a mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self { at, object, problems }),
            other => {
                problems.push(Problem::new(at, format!("{} where {what} belongs", named(other))));
                None
            }
        }
    }

    /// Notes a problem with the key, or with the object itself if the key is empty.
    pub(crate) fn problem(&mut self, key: &str, reason: impl Into<String>) {
        let position = match (self.at.as_str(), key) {
            ("", key) => key.to_owned(),
            (at, "") => at.to_owned(),
            (at, key) => format!("{at}.{key}"),
        };
        self.problems.push(Problem::new(position, reason));
    }

    /// The value of a key that must be there; none if a problem was noted.
    pub(crate) fn required<T>(&mut self, key: &str, kind: Kind<T>) -> Option<T> {
        match self.object.get(key) {
            Some(value) => self.read(key, value, kind),
            None => {
                self.problem(key, format!("missing: {} belongs here", kind.name));
                None
            }
        }
    }

    /// The value of a key that may be absent or null, which reads as `Some(None)`; none if a problem was noted.
    pub(crate) fn optional<T>(&mut self, key: &str, kind: Kind<T>) -> Option<Option<T>> {
        match self.object.get(key) {
            None | Some(Value::Null) => Some(None),
            Some(value) => self.read(key, value, kind).map(Some),
        }
    }

    /// Like [`optional`](Self::optional), with a value for absent and null.
    pub(crate) fn or<T>(&mut self, key: &str, kind: Kind<T>, absent: T) -> Option<T> {
        self.optional(key, kind).map(|value| value.unwrap_or(absent))
    }

    /// The value as it stands in the file.
    pub(crate) fn raw(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key)
    }

    fn read<T>(&mut self, key: &str, value: &Value, kind: Kind<T>) -> Option<T> {
        match (kind.read)(value) {
            Some(Ok(read)) => Some(read),
            Some(Err(reason)) => {
                self.problem(key, reason);
                None
            }
            None => {
                self.problem(key, format!("{} where {} belongs", named(value), kind.name));
                None
            }
        }
    }
}
