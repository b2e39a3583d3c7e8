//! `BETTER_AUTH_SECRET`: the key that signs cookies.

use std::fmt;

use super::ConfigError;

const NAME: &str = "BETTER_AUTH_SECRET";

/// What the reference signs with while none is set; for development alone.
const FOR_DEVELOPMENT: &str = "better-auth-secret-123456789";

/// Secrets that stand in examples and guides, so that everyone knows them.
const EXAMPLES: &[&str] = &[
    FOR_DEVELOPMENT,
    "better-auth-secret",
    "change-me",
    "changeme",
    "secret",
    "secure-random-string-32-chars",
    "your-secret-here",
    "your-secret-key",
];

/// Shorter ones can be guessed.
const SHORTEST_GOOD: usize = 32;

/// A key that is never shown, not even in debug output.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The key itself.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn read(value: Option<String>, production: bool) -> Result<(Self, Option<String>), ConfigError> {
        let set =
            |problem: &str| format!("{problem}: set it to 32 random characters, such as from `openssl rand -hex 32`");
        let Some(value) = value else {
            let warning = format!("{NAME} is not set: cookies are signed with a key that everyone knows");
            return match production {
                true => Err(ConfigError::new(NAME, set("is missing"))),
                false => Ok((Self(FOR_DEVELOPMENT.to_owned()), Some(warning))),
            };
        };
        let is_example = EXAMPLES.contains(&value.to_lowercase().as_str());
        if is_example && production {
            return Err(ConfigError::new(NAME, set("is that of an example, which everyone knows")));
        }
        let concern = if is_example {
            Some(format!("{NAME} is that of an example, which everyone knows"))
        } else if value.len() < SHORTEST_GOOD {
            Some(format!("{NAME} has {} characters, fewer than {SHORTEST_GOOD}, and may be guessed", value.len()))
        } else {
            None
        };
        Ok((Self(value), concern))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_takes_no_secret_that_everyone_knows() {
        for known in [None, Some(FOR_DEVELOPMENT), Some("secure-random-string-32-chars"), Some("Secret")] {
            let error = Secret::read(known.map(str::to_owned), true).unwrap_err().to_string();
            assert!(error.contains("openssl rand -hex 32") && !error.contains('\n'), "{error}");
            let (_, concern) = Secret::read(known.map(str::to_owned), false).unwrap();
            assert!(concern.is_some(), "{known:?} is warned about");
        }
    }

    #[test]
    fn a_short_secret_is_warned_about_and_none_is_shown() {
        let (secret, concern) = Secret::read(Some("Kq7".to_owned()), true).unwrap();
        assert!(concern.unwrap().contains("has 3 characters"));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let (_, concern) = Secret::read(Some("x".repeat(32)), true).unwrap();
        assert_eq!(concern, None);
    }
}
