//! A failing run, made as small as it gets.

use crate::{
    check::{Property, Violation},
    plan::Plan,
    plants::Plant,
    play::{play, trace},
};

/// The plan without the happenings that are not needed for it to fail in the same way: halves are left out first, then
/// quarters, down to single ones.
pub fn shrink(plan: &Plan, plant: Option<Plant>, property: Property) -> Plan {
    let fails = |plan: &Plan| play(plan, plant).err().is_some_and(|it| it.property == property);
    let mut plan = plan.clone();
    let mut size = plan.happenings.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < plan.happenings.len() {
            let mut smaller = plan.clone();
            smaller.happenings.drain(at..(at + size).min(plan.happenings.len()));
            if fails(&smaller) {
                plan = smaller;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    plan
}

/// What failed, how to play it again, and the shortest run that fails so.
pub fn report(seed: u64, plant: Option<Plant>) -> String {
    let plan = Plan::of(seed);
    let Some(Violation { property, .. }) = play(&plan, plant).err() else {
        return format!("seed {seed} holds when it is played alone: something is drawn from outside of it");
    };
    let small = shrink(&plan, plant, property);
    let (violation, trace) = trace(&small, plant);
    let happenings: Vec<_> = small.happenings.iter().map(|it| format!("{:?}", it.what)).collect();
    format!(
        "seed {seed} fails: {violation:#?}\nto play it: WEEKWISE_SIM_SEEDS={seed}..{} cargo test -p weekwise-sync --test sim \
         a_thousand\n{:?}\n{} of {} happenings: {}\n{}",
        seed + 1,
        small.setup,
        small.happenings.len(),
        plan.happenings.len(),
        happenings.join(", "),
        trace.join("\n")
    )
}
