//! What must go past the virtual DOM: custom properties, the window's width, the moment of painting.

use wasm_bindgen::{JsCast, prelude::*};
use web_sys::HtmlElement;
use yew::NodeRef;

/// Sets custom properties on an element. Through the CSSOM, since the content security policy
/// forbids inline `style` attributes.
pub fn set_vars(node: &NodeRef, vars: &[(&str, f64)]) {
    let Some(element) = node.cast::<HtmlElement>() else { return };
    for (name, value) in vars {
        // Fails for read-only declarations only, which an element's own is not.
        let _ = element.style().set_property(name, &value.to_string());
    }
}

/// Calls `then` once what was rendered last is on the screen: in the second animation frame from now.
pub fn after_paint(then: impl FnOnce() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let second = Closure::once_into_js(then);
    let first = Closure::once_into_js({
        let window = window.clone();
        move || drop(window.request_animation_frame(second.unchecked_ref()))
    });
    drop(window.request_animation_frame(first.unchecked_ref()));
}

/// Whether the window is at most `pixels` wide.
pub fn is_narrow(pixels: u32) -> bool {
    let query = format!("(max-width: {pixels}px)");
    let matched = web_sys::window().and_then(|window| window.match_media(&query).ok().flatten());
    matched.is_some_and(|list| list.matches())
}
