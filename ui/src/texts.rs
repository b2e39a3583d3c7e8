//! The words of the interface: Fluent messages, handed down as a context.

use std::{fmt, rc::Rc};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

const ENGLISH: &str = "en";

/// All messages of the chosen language. Cheap to clone.
#[derive(Clone)]
pub struct Texts(Rc<FluentBundle<FluentResource>>);

impl Texts {
    /// English.
    pub fn english() -> Self {
        let source = include_str!("../locales/en.ftl").to_owned();
        let resource = FluentResource::try_new(source).unwrap_or_else(|(partial, _)| partial);
        let language: LanguageIdentifier = ENGLISH.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![language]);
        // The isolation marks around values are for mixed directions of writing; they would end up in labels.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self(Rc::new(bundle))
    }

    /// The message `id`; the id itself when there is none (a test keeps that from happening).
    pub fn get(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// The message `id` with its values.
    pub fn with<'a>(&self, id: &str, values: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>) -> String {
        self.format(id, Some(&values.into_iter().collect()))
    }

    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        match self.0.get_message(id).and_then(|message| message.value()) {
            Some(pattern) => self.0.format_pattern(pattern, args, &mut Vec::new()).into_owned(),
            None => id.to_owned(),
        }
    }

    #[cfg(test)]
    fn has(&self, id: &str) -> bool {
        self.0.has_message(id)
    }
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
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
                assert!(texts.has(id), "no message {id}");
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
    }
}
