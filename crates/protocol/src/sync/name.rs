//! What people call a device.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// The name by which people know a device: one line of 1 to 100 characters, all of which can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DeviceName(String);

impl DeviceName {
    /// The most characters (Unicode scalar values).
    pub const MAX: usize = 100;

    /// What a text comes to as a name: without what cannot be seen, with single blanks, cut where it is too long. None where
    /// nothing is left.
    pub fn cleaned(text: &str) -> Option<Self> {
        let seen = text.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c });
        let seen: String = seen.collect();
        let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = words.chars().take(Self::MAX).collect();
        let name = cut.trim_end();
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a name as it is meant: nobody's push fails for what their computer is called.
pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DeviceName>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.and_then(|text| DeviceName::cleaned(&text)))
}

/// What has no width, or turns the direction of what stands around it (Unicode, general category Cf, as far as it is of that kind).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_can_be_seen() {
        let cleaned = |text: &str| DeviceName::cleaned(text).map(|name| name.0);
        assert_eq!(cleaned("laptop").as_deref(), Some("laptop"));
        assert_eq!(cleaned("  The\u{0} old\r\n\tone \u{202e}\u{200b}").as_deref(), Some("The old one"));
        for nothing in ["", " \n", "\u{200b}\u{feff}", "\u{1}"] {
            assert_eq!(cleaned(nothing), None, "{nothing:?}");
        }
        assert_eq!(cleaned(&"ü".repeat(150)), Some("ü".repeat(100)));
        assert_eq!(cleaned(&format!("{} b", "a".repeat(99))), Some("a".repeat(99)), "it does not end in a blank");
    }
}
