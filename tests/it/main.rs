//! Tests of the program as a whole, in one binary, since each test binary links the shell anew.

mod architecture;
mod cli;
mod driver;
mod faults;
mod packaging;
mod sync;
mod window;
