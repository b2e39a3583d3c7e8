//! Whether two bodies of an operation are the same.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// The SHA-256 of an operation's body, as JSON with the keys of each object in order and without white space. So it does not
/// matter how a body was written down. `seen` is left out, and so are revisions and versions in `base`: where a device starts over
/// it may have to say in other words what its writer knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of a body.
    pub fn of(body: &Json) -> Self {
        let mut body = body.clone();
        for write in body.get_mut("writes").and_then(Json::as_array_mut).into_iter().flatten() {
            if let Some(write) = write.as_object_mut() {
                write.remove("seen");
                if let Some(base) = write.get_mut("base").and_then(Json::as_object_mut) {
                    base.retain(|name, _| !matches!(name.as_str(), "rev" | "version"));
                }
            }
        }
        let mut text = String::new();
        write(&body, &mut text);
        Self(Sha256::digest(text).into())
    }
}

fn write(json: &Json, out: &mut String) {
    match json {
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (i, (name, value)) in fields.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                out.push_str(&Json::String(name.clone()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_content_counts() {
        let of = |text| Fingerprint::of(&serde_json::from_str(text).unwrap());
        assert_eq!(of(r#"{"a": 1, "b": [{"d": null, "c": "x"}]}"#), of(r#"{"b":[{"c":"x","d":null}],"a":1}"#));
        assert_ne!(of(r#"{"a": [1, 2]}"#), of(r#"{"a": [2, 1]}"#));
        assert_ne!(of(r#"{"a": "1"}"#), of(r#"{"a": 1}"#));
    }

    #[test]
    fn in_which_words_the_writer_says_what_it_had_seen_does_not_count() {
        let of = |base, value| {
            let seen = json!({ "rev": base, "ops": [base] });
            Fingerprint::of(&json!({ "op": "o", "writes": [{ "base": base, "seen": seen, "value": value }] }))
        };
        let (before, after) = (json!({ "rev": 7, "op": "b" }), json!({ "version": { "f": 7 }, "op": "b" }));
        let content = json!({ "base": { "version": 1 } });
        assert_eq!(of(&before, &content), of(&after, &content));
        let other = json!({ "rev": 7, "op": "c" });
        assert_ne!(of(&before, &content), of(&other, &content));
        assert_ne!(of(&before, &content), of(&before, &json!({ "base": { "version": 2 } })));
    }
}
