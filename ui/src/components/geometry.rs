//! What must go past the virtual DOM: custom properties, the window's width, the moment of painting.

use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{FocusOptions, HtmlElement};
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

/// Gives the keyboard to the first element that matches, if there is one.
pub fn focus(selector: &str) {
    give_keyboard(selector, &FocusOptions::new());
}

/// Gives the keyboard to the first element that matches, and leaves all where it is scrolled to.
pub fn focus_in_place(selector: &str) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    give_keyboard(selector, &options);
}

fn give_keyboard(selector: &str, options: &FocusOptions) {
    let document = web_sys::window().and_then(|window| window.document());
    let found = document.and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        // Focus fails only for an element that is gone, and then nothing is lost.
        let _ = element.focus_with_options(options);
    }
}

/// The element that has the keyboard.
pub fn focused() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.active_element()
}

/// Whether nothing has the keyboard, as when what had it is gone.
pub fn is_nowhere() -> bool {
    focused().is_none_or(|element| element.tag_name() == "BODY")
}

/// Gives the keyboard to the panel where what had it is gone.
pub fn focus_panel_again() {
    if is_nowhere() {
        focus_in_place("#panel");
    }
}

/// Gives the keyboard to the panel once it is there, for those who opened it by a key.
pub fn focus_panel_soon() {
    after_paint(|| focus("#panel"));
}

/// Whether a button was pressed by a key, not by a pointer.
pub fn is_by_key(event: &web_sys::MouseEvent) -> bool {
    event.detail() == 0
}

/// Whether the window is at most `pixels` wide.
pub fn is_narrow(pixels: u32) -> bool {
    let query = format!("(max-width: {pixels}px)");
    let matched = web_sys::window().and_then(|window| window.match_media(&query).ok().flatten());
    matched.is_some_and(|list| list.matches())
}
