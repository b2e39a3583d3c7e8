//! `/openapi.json` says what there is.

use std::collections::BTreeSet;

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use weekwise_server::trpc::Procedure;

use crate::{
    person::{get, send},
    postgres::Database,
    running::Running,
};

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get("$ref") {
                found.insert(target.clone());
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_documented_is_there_and_what_is_there_is_documented() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let reply = get(&server, "/openapi.json").await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let document = reply.json();

    let paths = document["paths"].as_object().expect("there are routes");
    for (path, methods) in paths {
        for (method, route) in methods.as_object().expect("a path has methods") {
            let method: Method = method.to_uppercase().parse().unwrap();
            let status = send(Client::new().request(method.clone(), server.at(path))).await.status;
            assert!(
                status != StatusCode::NOT_FOUND && status != StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}: {status}"
            );
            let content = &route["responses"]["200"]["content"];
            let schema = [&content["application/json"]["schema"], &content["text/event-stream"]["schema"]];
            assert!(schema.iter().any(|schema| schema.is_object()), "{method} {path}");
        }
    }
    let of_sync = ["push", "pull", "events", "devices"].map(|call| &document["paths"][format!("/v1/sync/{call}")]);
    for call in of_sync.iter().flat_map(|item| item.as_object().expect("it is documented").values()) {
        let content = &call["responses"]["200"]["content"];
        let example = [&content["application/json"]["example"], &content["text/event-stream"]["example"]];
        assert!(example.iter().any(|example| example.is_object()), "{call}");
        for (status, response) in call["responses"].as_object().expect("there are replies") {
            let examples = &response["content"]["application/json"]["examples"];
            let words =
                response["description"].as_str().and_then(|it| it.strip_prefix("`Refusal`: ")).unwrap_or_default();
            for word in words.split(", ").filter(|word| !word.is_empty()) {
                assert_eq!(examples[word]["value"]["error"], word, "{status}");
            }
        }
    }
    let push = &document["paths"]["/v1/sync/push"]["post"]["requestBody"]["content"]["application/json"]["example"];
    serde_json::from_value::<weekwise_protocol::sync::Push>(push.clone()).expect("the example is a push");

    for procedure in Procedure::ALL {
        let path = format!("/trpc/{}", procedure.path());
        assert!(paths.contains_key(&path), "{path} is documented");
    }

    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for target in found {
        let pointer = target.strip_prefix('#').expect("what is referred to is in the document");
        assert!(document.pointer(pointer).is_some(), "{target} is there");
    }
}
