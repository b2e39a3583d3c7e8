//! Parts that several features share. They take props and callbacks, and know nothing of the session.

mod date_field;
mod fields;
mod geometry;
mod icon;
mod mini_month;

pub use date_field::DateField;
pub use fields::{Choice, Segments, SelectField, TextArea, TextField, TimeField};
pub use geometry::{
    after_paint, focus, focus_in_place, focus_panel_again, focus_panel_soon, focused, is_by_key, is_narrow, is_nowhere,
    set_vars,
};
pub use icon::{Icon, IconButton};
pub use mini_month::MiniMonth;
