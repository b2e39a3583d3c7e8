//! A migration that is added must be embedded, which the compiler cannot see by itself.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/postgres");
}
