//! The calls of sync, as OpenAPI has them.

use utoipa::OpenApi;

use super::{devices, events, pull, push};

/// A part of the whole document.
#[derive(OpenApi)]
#[openapi(paths(push::push, pull::pull, events::events, devices::devices))]
pub(crate) struct Document;
