//! E-mail addresses as accounts have them.

use std::fmt;

use sha2::{Digest, Sha256};

/// An e-mail address in lower case, of the form that the existing accounts were held to: letters, digits and
/// `_ ' + - .` before the `@`, a domain name of at least two parts after it.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct Email(String);

impl Email {
    /// The longest address that mail can be sent to (RFC 5321, section 4.5.3.1.3, without the brackets).
    const MAX: usize = 254;

    /// Checks an address; none when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        (text.len() <= Self::MAX && is_local(local) && is_domain(domain)).then(|| Self(text.to_ascii_lowercase()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for the address where it need not be known.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// Whose address it is stays out of logs.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

fn is_local(local: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'\'' | b'+' | b'-' | b'.');
    !local.is_empty()
        && local.bytes().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with(['.', '\''])
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let Some((names, top)) = domain.rsplit_once('.') else { return false };
    let is_name = |name: &str| {
        !name.is_empty() && !name.starts_with('-') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    names.split('.').all(is_name) && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lower_cased() {
        assert_eq!(Email::parse("Ada.L+week@Example.ORG").unwrap().as_str(), "ada.l+week@example.org");
    }

    #[test]
    fn what_is_no_address_is_none() {
        let bad = [
            "",
            "@",
            "ada",
            "ada@",
            "@example.org",
            "ada@example",
            "ada@example.o",
            "ada@example.0rg",
            ".ada@example.org",
            "ada.@example.org",
            "a..da@example.org",
            "ada@exa mple.org",
            "ada@@example.org",
            "ada@-example.org",
            "ada@example..org",
            "ädä@example.org",
            "ada\0@example.org",
            " ada@example.org",
        ];
        for text in bad {
            assert!(Email::parse(text).is_none(), "{text:?}");
        }
        assert!(Email::parse(&format!("{}@example.org", "a".repeat(300))).is_none());
    }
}
