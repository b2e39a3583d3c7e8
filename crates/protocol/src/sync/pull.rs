//! Pulling: rows in pages.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{EpochId, Mark, Rev, Row};

/// A point of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Point {
    /// A revision.
    pub rev: Rev,
    /// The mark of the transaction that gave it out; none at 0. By it the server sees whether a device speaks of the
    /// history that it keeps, or of one that gave out the same revisions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// The rows that were written after a revision, in the order of their revisions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WirePage")]
pub struct Page {
    /// The history that the revisions belong to.
    pub epoch: EpochId,
    /// The revision that was asked for.
    pub since: Rev,
    /// The rows, each as it is now.
    pub rows: Vec<Row>,
    /// How far the page reaches.
    pub next: Point,
    /// The transactions between `since` and `next`, the newest first: the last 32 of them. A device that has heard of each can tell after
    /// a restore just how far two histories are the same.
    pub trail: Vec<Point>,
    /// How far the history reached when the page was read.
    pub head: Rev,
    /// The sum over all rows of the user, where the page reaches the head.
    pub checksum: Option<Checksum>,
}

/// A checksum over all rows. What it sums is in `weekwise-sync`. Written as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Checksum(pub u128);

/// A text that is no checksum.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a checksum is written as 32 hexadecimal digits")]
pub struct ChecksumError;

impl FromStr for Checksum {
    type Err = ChecksumError;
    fn from_str(text: &str) -> Result<Self, ChecksumError> {
        let shaped = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !shaped {
            return Err(ChecksumError);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| ChecksumError)
    }
}

impl TryFrom<String> for Checksum {
    type Error = ChecksumError;
    fn try_from(text: String) -> Result<Self, ChecksumError> {
        text.parse()
    }
}

impl From<Checksum> for String {
    fn from(sum: Checksum) -> Self {
        sum.to_string()
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[derive(Deserialize)]
struct WirePage {
    epoch: EpochId,
    since: Rev,
    rows: Vec<Row>,
    next: Point,
    #[serde(default)]
    trail: Vec<Point>,
    head: Rev,
    #[serde(default)]
    checksum: Option<Checksum>,
}

impl From<WirePage> for Page {
    fn from(WirePage { epoch, since, mut rows, next, trail, head, checksum }: WirePage) -> Self {
        rows.iter_mut().for_each(|row| row.spell_out(epoch));
        Self { epoch, since, rows, next, trail, head, checksum }
    }
}

impl Serialize for Page {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            epoch: EpochId,
            since: Rev,
            rows: Vec<super::row::Written<'a>>,
            next: Point,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            trail: &'a [Point],
            head: Rev,
            #[serde(skip_serializing_if = "Option::is_none")]
            checksum: Option<Checksum>,
        }
        let Self { epoch, since, rows, next, trail, head, checksum } = self;
        let (epoch, since, next, head, checksum) = (*epoch, *since, *next, *head, *checksum);
        let rows = rows.iter().map(|row| row.in_page_of(epoch)).collect();
        Written { epoch, since, rows, next, trail, head, checksum }.serialize(serializer)
    }
}
