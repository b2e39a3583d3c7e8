//! The only caller of the shell.

use serde::Serialize;
use wasm_bindgen::prelude::*;
use weekwise_protocol::{Call, Failure};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "core"])]
    async fn invoke(name: &str, args: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI__", "event"])]
    async fn listen(name: &str, handler: &Closure<dyn FnMut(JsValue)>) -> Result<JsValue, JsValue>;
}

/// Why a call came back without its reply.
#[derive(Debug, Clone, PartialEq)]
pub enum CallError {
    /// The shell said why.
    Failed(Failure),
    /// The shell did not answer as agreed.
    Broken(String),
}

#[derive(Serialize)]
struct Args<'a, C> {
    request: &'a C,
}

/// Makes a call.
pub async fn call<C: Call>(request: &C) -> Result<C::Reply, CallError> {
    let broken = |error: serde_wasm_bindgen::Error| CallError::Broken(error.to_string());
    let args = Args { request }.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(broken)?;
    match invoke(C::NAME, args).await {
        Ok(reply) => serde_wasm_bindgen::from_value(reply).map_err(broken),
        Err(error) => Err(match serde_wasm_bindgen::from_value(error.clone()) {
            Ok(failure) => CallError::Failed(failure),
            Err(_) => CallError::Broken(error.as_string().unwrap_or_else(|| format!("{error:?}"))),
        }),
    }
}

/// Calls `handler` with the payload of every event `name` for as long as the window lives.
pub fn on_event(name: &'static str, handler: impl FnMut(JsValue) + 'static) {
    let mut handler = handler;
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        handler(js_sys::Reflect::get(&event, &"payload".into()).unwrap_or(JsValue::NULL));
    });
    wasm_bindgen_futures::spawn_local(async move {
        // Without events the window still works; it only notices outside changes later.
        if listen(name, &closure).await.is_ok() {
            closure.forget();
        }
    });
}
