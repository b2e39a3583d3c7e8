//! The calls of sync, as OpenAPI has them. What they say is written down once, in `docs/wire/sync.md`: its blocks are the examples.

use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{devices, events, pull, push};

/// A part of the whole document.
#[derive(OpenApi)]
#[openapi(paths(push::push, pull::pull, events::events, devices::devices))]
pub(crate) struct Document;

const PAGE: &str = include_str!("../../../../docs/wire/sync.md");

/// Where in the document the first block with a name is the example.
const EXAMPLES: [(&str, &str); 5] = [
    ("Push", "/paths/~1v1~1sync~1push/post/requestBody/content/application~1json"),
    ("PushReply", "/paths/~1v1~1sync~1push/post/responses/200/content/application~1json"),
    ("Page", "/paths/~1v1~1sync~1pull/get/responses/200/content/application~1json"),
    ("Head", "/paths/~1v1~1sync~1events/get/responses/200/content/text~1event-stream"),
    ("Devices", "/paths/~1v1~1sync~1devices/get/responses/200/content/application~1json"),
];

/// Puts the examples in.
pub(crate) fn exemplify(document: &mut Value) {
    for (name, place) in EXAMPLES {
        if let (Some(content), Some(example)) = (document.pointer_mut(place), blocks(name).next()) {
            content["example"] = example;
        }
    }
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let calls = paths.filter(|(path, _)| path.starts_with("/v1/sync/")).flat_map(|(_, item)| item.as_object_mut());
    for call in calls.flat_map(|methods| methods.values_mut()) {
        for (_, response) in call["responses"].as_object_mut().into_iter().flatten() {
            add_refusals(response);
        }
    }
}

/// The refusals that the description of a response names.
fn add_refusals(response: &mut Value) {
    let description = response["description"].as_str().unwrap_or_default().to_owned();
    let Some(words) = description.strip_prefix("`Refusal`: ") else { return };
    let named = |word: &str| {
        let value = blocks("Refusal").find(|refusal| refusal["error"] == word)?;
        Some((word.to_owned(), json!({ "value": value })))
    };
    let examples = words.split(", ").filter_map(named).collect::<serde_json::Map<_, _>>();
    response["content"]["application/json"]["examples"] = examples.into();
}

/// The blocks of the page that are of a type.
fn blocks(name: &str) -> impl Iterator<Item = Value> {
    let start = format!("```json {name}\n");
    let blocks = PAGE.match_indices(&start).map(|(at, _)| &PAGE[at..]).collect::<Vec<_>>();
    blocks.into_iter().filter_map(move |block| serde_json::from_str(block[start.len()..].split("```").next()?).ok())
}
