//! Texts with a limit: titles, notes, places.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A text of at most `MAX` characters (Unicode scalar values) without control characters;
/// line breaks and tabs are allowed where `LINES` is true.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize, const LINES: bool>(String);

/// The title of a slot or date: one line of at most 200 characters.
pub type Title = Text<200, false>;
/// Notes: at most 4,000 characters, with line breaks.
pub type Notes = Text<4000, true>;
/// A place: one line of at most 200 characters.
pub type Location = Text<200, false>;

/// Why a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    /// Longer than the limit.
    #[error("{chars} characters are too many: at most {max} fit")]
    TooLong {
        /// How many characters were given.
        chars: usize,
        /// How many fit.
        max: usize,
    },
    /// Holds a character that no one types, such as NUL, or a line break in a single line.
    #[error("character {position} is a control character (U+{code:04X}), which cannot stand here")]
    Control {
        /// Its place, counted from 1.
        position: usize,
        /// Its Unicode code point.
        code: u32,
    },
}

impl<const MAX: usize, const LINES: bool> Text<MAX, LINES> {
    /// The most characters that fit.
    pub const MAX: usize = MAX;

    /// Checks a text.
    ///
    /// # Errors
    /// When it is longer than `MAX` characters or holds a control character.
    pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        let mut chars = 0;
        for c in text.chars() {
            chars += 1;
            if c.is_control() && !(LINES && matches!(c, '\n' | '\r' | '\t')) {
                return Err(TextError::Control { position: chars, code: c.into() });
            }
        }
        if chars > MAX { Err(TextError::TooLong { chars, max: MAX }) } else { Ok(Self(text)) }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const MAX: usize, const LINES: bool> TryFrom<String> for Text<MAX, LINES> {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        Self::new(text)
    }
}

impl<const MAX: usize, const LINES: bool> From<Text<MAX, LINES>> for String {
    fn from(text: Text<MAX, LINES>) -> Self {
        text.0
    }
}

impl<const MAX: usize, const LINES: bool> fmt::Display for Text<MAX, LINES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_count_characters_not_bytes() {
        assert!(Title::new("ü".repeat(200)).is_ok());
        assert_eq!(Title::new("ü".repeat(201)), Err(TextError::TooLong { chars: 201, max: 200 }));
    }

    #[test]
    fn a_title_is_one_line_and_notes_are_not() {
        assert_eq!(Title::new("a\nb"), Err(TextError::Control { position: 2, code: 10 }));
        assert!(Notes::new("a\nb\tc").is_ok());
        assert!(Notes::new("a\0b").is_err());
    }
}
