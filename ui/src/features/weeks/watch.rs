//! A look at an element for as long as someone wants to know what becomes of it.

use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{Element, MutationObserver, MutationObserverInit, ResizeObserver};

/// Calls back before what has changed is painted, until it is dropped.
///
/// An effect will not do for that: between drawing and its effects, Yew may let the browser paint.
pub struct Watch {
    size: ResizeObserver,
    content: MutationObserver,
    _called: Closure<dyn Fn()>,
}

impl Watch {
    /// Watches an element's size and all that is in it.
    pub fn over(element: &Element, changed: impl Fn() + 'static) -> Option<Self> {
        let called = Closure::<dyn Fn()>::new(changed);
        let size = ResizeObserver::new(called.as_ref().unchecked_ref()).ok()?;
        let content = MutationObserver::new(called.as_ref().unchecked_ref()).ok()?;
        size.observe(element);
        let all = MutationObserverInit::new();
        all.set_child_list(true);
        all.set_subtree(true);
        all.set_character_data(true);
        content.observe_with_options(element, &all).ok()?;
        Some(Self { size, content, _called: called })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.size.disconnect();
        self.content.disconnect();
    }
}
