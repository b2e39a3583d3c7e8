//! What operators see of a server: its health, its numbers, its logs, and how it stops.

mod epoch;
mod fit;
mod health;
mod logs;
mod metrics;
mod secret;
mod stop;
