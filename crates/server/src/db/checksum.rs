//! The checksum over all rows of a user, by which a device tells whether it has them all.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::Uuid;
use weekwise_domain::{ExceptionKey, ScheduleId};

/// The sum mod 2^128 of a number for each row of a user.
///
/// The number of a row is made of SHA-256 over the text `<kind> <key> <rev>`, in UTF-8: the last 16 of its bytes, the first
/// of them counting most. Kind and key are written as [`RowKey`] displays them, `rev` in decimal. So a row
/// that is missing, surplus or old changes the sum, and writing a row costs two hashes however many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checksum(u128);

/// What a row is known by within a user's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKey<'a> {
    /// `schedule 0190…`
    Schedule(ScheduleId),
    /// `exception 0190… 2026-11-26`, by series and original date.
    Exception(ExceptionKey),
    /// `setting slot_limit`
    Setting(&'a str),
    /// `tombstone 0190…`, by the schedule that is no more.
    Tombstone(ScheduleId),
    /// `conflict_copy 0190…`
    ConflictCopy(Uuid),
}

impl Checksum {
    /// Counts a row in.
    pub fn add(&mut self, key: RowKey<'_>, rev: i64) {
        self.0 = self.0.wrapping_add(number(key, rev));
    }

    /// Counts a row out, as it was with `rev`.
    pub fn remove(&mut self, key: RowKey<'_>, rev: i64) {
        self.0 = self.0.wrapping_sub(number(key, rev));
    }

    /// As the head row holds it.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl From<u128> for Checksum {
    fn from(sum: u128) -> Self {
        Self(sum)
    }
}

fn number(key: RowKey<'_>, rev: i64) -> u128 {
    let digest = Sha256::digest(format!("{key} {rev}"));
    let last: [u8; 16] = digest[16..].try_into().expect("SHA-256 has 32 bytes");
    u128::from_be_bytes(last)
}

impl TryFrom<&[u8]> for Checksum {
    type Error = std::array::TryFromSliceError;
    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        Ok(Self(u128::from_be_bytes(bytes.try_into()?)))
    }
}

impl fmt::Display for RowKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schedule(id) => write!(f, "schedule {id}"),
            Self::Exception(key) => write!(f, "exception {} {}", key.series_id, key.date),
            Self::Setting(name) => write!(f, "setting {name}"),
            Self::Tombstone(id) => write!(f, "tombstone {id}"),
            Self::ConflictCopy(id) => write!(f, "conflict_copy {id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_count_in_and_out_in_any_order() {
        let (a, b) = (RowKey::Schedule(ScheduleId(Uuid::nil())), RowKey::Setting("slot_limit"));
        let mut sum = Checksum::default();
        sum.add(a, 1);
        sum.add(b, 2);
        sum.remove(a, 1);
        let mut other = Checksum::default();
        other.add(b, 2);
        assert_eq!(sum, other);
        sum.remove(b, 3);
        assert_ne!(sum, Checksum::default(), "another revision is another row");
    }

    #[test]
    fn a_row_counts_as_the_end_of_its_hash() {
        let mut sum = Checksum::default();
        sum.add(RowKey::Setting("slot_limit"), 7);
        // printf 'setting slot_limit 7' | sha256sum | cut -c 33-64
        assert_eq!(format!("{:032x}", sum.0), "f31d1eb45c6e2653b57493e4dd1752a0");
        assert_eq!(Checksum::try_from(&sum.to_bytes()[..]).unwrap(), sum);
    }
}
