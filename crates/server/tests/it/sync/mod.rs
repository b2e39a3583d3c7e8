//! Sync over HTTP: the real server over a real Postgres, and devices that are the real client without a disk.

mod device;
mod events;
mod limits;
mod names;
mod outcomes;
mod refusals;
mod restore;
mod several;
mod web;

use device::Device;
