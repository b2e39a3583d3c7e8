//! Faults, planted for real: killed processes, full and read-only disks, files that are gone, locked, cut short or
//! damaged, a clock that is set back, two who write at once. Whatever happens, nothing that was acknowledged is lost.
//!
//! Some of it can only happen to a process of its own. This program is that process as well: with `WEEKWISE_CHILD` in its
//! environment it opens the data with the real application and does what it is told (`child.rs`). So it has a
//! `main` of its own, and runs its tests with libtest's double.

#![allow(missing_docs, clippy::unwrap_used)]

mod child;
mod clock;
mod damage;
mod desk;
mod disk;
mod kill;
mod locks;
mod read_only;
mod syncs;
mod together;

use libtest_mimic::{Arguments, Trial};

fn main() {
    if let Some(part) = std::env::var_os(child::VARIABLE) {
        return child::play(&part.into_string().unwrap());
    }
    let tests: [(&str, fn()); 16] = [
        ("killed_in_the_midst_of_edits", kill::in_the_midst_of_edits),
        ("killed_while_a_damaged_file_is_made_anew", kill::while_a_damaged_file_is_made_anew),
        ("a_full_disk", disk::full),
        ("a_limit_on_the_size_of_files", disk::limited),
        ("a_folder_that_may_not_be_written", read_only::folder),
        ("a_file_that_is_made_unwritable_while_open", read_only::while_open),
        ("another_program_holds_the_file_at_the_start", locks::at_the_start),
        ("another_program_writes_for_long", locks::while_open),
        ("damage_in_every_page", damage::in_every_page),
        ("cut_short_at_every_length", damage::cut_short),
        ("damaged_while_open", damage::while_open),
        ("the_file_is_removed", damage::removed),
        ("the_snapshot_folder_is_removed", damage::without_snapshots),
        ("the_clock_is_set_back", clock::set_back),
        ("two_processes_write_at_once", together::two_processes),
        ("an_edit_waits_for_the_disk_once", syncs::one_for_each_edit),
    ];
    let trials = tests.map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}
