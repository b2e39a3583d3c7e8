//! The checksum over all rows of a user, by which a device tells whether it has them all.

use sha2::{Digest, Sha256};
use weekwise_protocol::sync::{Checksum, Rev, RowKey};

/// A running checksum: the sum mod 2^128 of a number for each row of a user.
///
/// The number of a row is made of SHA-256 over the text `<kind> <key> <rev>`, in UTF-8: the last 16 of its bytes, the first
/// of them counting most. So a row that is missing, surplus or old changes the sum, and writing a row costs two hashes
/// however many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum(u128);

impl Sum {
    /// Counts a row in.
    pub fn add(&mut self, key: &RowKey, rev: Rev) {
        self.0 = self.0.wrapping_add(number(key, rev));
    }

    /// Counts a row out, as it was with `rev`.
    pub fn remove(&mut self, key: &RowKey, rev: Rev) {
        self.0 = self.0.wrapping_sub(number(key, rev));
    }
}

impl From<Sum> for Checksum {
    fn from(sum: Sum) -> Self {
        Self(sum.0)
    }
}

impl From<Checksum> for Sum {
    fn from(sum: Checksum) -> Self {
        Self(sum.0)
    }
}

fn number(key: &RowKey, rev: Rev) -> u128 {
    let digest = Sha256::digest(format!("{key} {rev}"));
    let last: [u8; 16] = digest[16..].try_into().expect("SHA-256 has 32 bytes");
    u128::from_be_bytes(last)
}

#[cfg(test)]
mod tests {
    use weekwise_domain::ScheduleId;

    use super::*;

    #[test]
    fn rows_count_in_and_out_in_any_order() {
        let (a, b) = (RowKey::Schedule(ScheduleId(uuid::Uuid::nil())), RowKey::Setting("slot_limit".to_owned()));
        let mut sum = Sum::default();
        sum.add(&a, Rev(1));
        sum.add(&b, Rev(2));
        sum.remove(&a, Rev(1));
        let mut other = Sum::default();
        other.add(&b, Rev(2));
        assert_eq!(sum, other);
        sum.remove(&b, Rev(3));
        assert_ne!(sum, Sum::default(), "another revision is another row");
    }

    #[test]
    fn a_row_counts_as_the_end_of_its_hash() {
        let mut sum = Sum::default();
        sum.add(&RowKey::Setting("slot_limit".to_owned()), Rev(7));
        // printf 'setting slot_limit 7' | sha256sum | cut -c 33-64
        assert_eq!(Checksum::from(sum).to_string(), "f31d1eb45c6e2653b57493e4dd1752a0");
    }
}
