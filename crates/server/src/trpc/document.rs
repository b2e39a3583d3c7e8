//! The procedures, as OpenAPI has them: each as a call of its own, outside a batch.

use utoipa::OpenApi;

use super::{
    create_schedule, delete_schedule, delete_slot, get_schedules_for_week, health_check, private_data, update_slot,
};

/// A part of the whole document.
#[derive(OpenApi)]
#[openapi(paths(
    create_schedule::call,
    get_schedules_for_week::call,
    update_slot::call,
    delete_slot::call,
    delete_schedule::call,
    private_data::call,
    health_check::call
))]
pub(crate) struct Document;
