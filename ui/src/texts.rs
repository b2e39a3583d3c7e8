//! The words of the interface, handed down as a context. They are written in `locales/` in the language of Fluent;
//! `build.rs` makes static data of them.

use std::fmt;

use messages::ENGLISH;

mod messages {
    use super::Part;

    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

/// A piece of a message.
enum Part {
    Text(&'static str),
    /// The value of this name.
    Value(&'static str),
    /// The variant that the value of the name `by` chooses: a number by its plural category in the language, a text
    /// by itself.
    Choice {
        by: &'static str,
        variants: &'static [(&'static str, &'static [Part])],
        default: &'static [Part],
    },
}

/// What is put into a message.
pub enum Value {
    /// Words.
    Text(String),
    /// A count, which may choose the form of the words around it.
    Number(i64),
}

/// All messages of the chosen language, in the order of their ids. Cheap to clone.
#[derive(Clone, Copy)]
pub struct Texts(&'static [(&'static str, &'static [Part])]);

impl Texts {
    /// English.
    pub fn english() -> Self {
        Self(ENGLISH)
    }

    /// The message `id`; the id itself when there is none (a test keeps that from happening).
    pub fn get(&self, id: &str) -> String {
        self.write(id, &[])
    }

    /// The message `id` with its values.
    pub fn with<'a>(&self, id: &str, values: impl IntoIterator<Item = (&'a str, Value)>) -> String {
        self.write(id, &values.into_iter().collect::<Vec<_>>())
    }

    fn write(&self, id: &str, values: &[(&str, Value)]) -> String {
        let Some(parts) = self.message(id) else { return id.to_owned() };
        let mut text = String::new();
        write(parts, values, &mut text);
        text
    }

    fn message(&self, id: &str) -> Option<&'static [Part]> {
        let at = self.0.binary_search_by_key(&id, |(id, _)| id).ok()?;
        Some(self.0[at].1)
    }
}

/// A value that is not given shows its name, as Fluent does.
fn write(parts: &[Part], values: &[(&str, Value)], text: &mut String) {
    let value = |name: &str| values.iter().find(|(given, _)| *given == name).map(|(_, value)| value);
    for part in parts {
        match part {
            Part::Text(words) => text.push_str(words),
            Part::Value(name) => match value(name) {
                Some(Value::Text(words)) => text.push_str(words),
                Some(Value::Number(number)) => text.push_str(&number.to_string()),
                None => text.push_str(name),
            },
            Part::Choice { by, variants, default } => {
                let key = match value(by) {
                    Some(Value::Text(words)) => words,
                    Some(Value::Number(number)) => category(*number),
                    None => "",
                };
                let chosen = variants.iter().find(|(of, _)| *of == key).map_or(*default, |(_, parts)| parts);
                write(chosen, values, text);
            }
        }
    }
}

/// The plural category of a whole number in English (Unicode CLDR).
fn category(number: i64) -> &'static str {
    if number == 1 { "one" } else { "other" }
}

impl From<&str> for Value {
    fn from(words: &str) -> Self {
        Self::Text(words.to_owned())
    }
}

impl From<String> for Value {
    fn from(words: String) -> Self {
        Self::Text(words)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(folder: &std::path::Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                sources(&entry.path(), into);
            } else if entry.path() != std::path::Path::new(file!()) {
                into.push_str(&std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }

    /// String literals passed to `get("…")` and `with("…"`, and no message without a use.
    #[test]
    fn every_message_used_is_there_and_every_message_is_used() {
        let source_folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut code = String::new();
        sources(&source_folder, &mut code);
        let texts = Texts::english();
        for call in [".get(\"", ".with(\""] {
            for rest in code.split(call).skip(1) {
                let id = rest.split('"').next().unwrap();
                assert!(texts.message(id).is_some(), "no message {id}");
            }
        }
        let families = ["weekday", "month", "color-", "theme-", "clock-"];
        let ids = include_str!("../locales/en.ftl").lines().filter_map(|line| line.split_once(" = ").map(|(id, _)| id));
        for id in ids.filter(|id| !id.starts_with([' ', '#']) && !families.iter().any(|family| id.starts_with(family)))
        {
            assert!(code.contains(&format!("\"{id}\"")), "message {id} is used nowhere");
        }
    }

    #[test]
    fn numbers_choose_their_form() {
        let texts = Texts::english();
        assert_eq!(texts.with("scope-count", [("dates", 1.into())]), "1 date");
        assert_eq!(texts.with("scope-count", [("dates", 15.into())]), "15 dates");
        assert_eq!(texts.with("scope-count", [("dates", 0.into())]), "0 dates");
    }
}
