//! Whether a device speaks of the history that this server keeps, and the pages of it.

use weekwise_protocol::sync::{EpochId, Fork, MAX_PAGE_BYTES, MAX_PAGE_ROWS, MAX_TRAIL, Mark, Page, Point, Rev, Row};

use super::{Head, Room};

/// How what a device has reached stands to the history of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is a place in this history.
    Here,
    /// It is of an earlier epoch: the device starts over (409).
    Earlier {
        /// The last point of its trail that is in this history.
        common: Rev,
        /// Whether that is all of its trail. Then, if the epoch turned out to have forked, the device is told so.
        is_here: bool,
    },
    /// It is of a history that this server does not know, be it in this epoch, in an earlier one, or in one that it never heard of: the
    /// database was set back without anyone saying so, and what it gave out since were revisions that it had given out
    /// before. The server begins a new epoch for the user, counts to it what it wrote since ([`relabel`]), and remembers that the
    /// epoch before forked; the epoch that the device spoke of is an earlier one from then on. Then the device starts over (409).
    Forked {
        /// The epoch that forked.
        epoch: EpochId,
        /// The last revision that both histories are known to have in common.
        common: Rev,
    },
}

/// How the last point that a device has heard of stands. `is_earlier` says whether the epoch is an earlier one of this user here;
/// `mark_at` gives the mark of the transaction that gave out a revision here, and its epoch: of the first one whose last revision is
/// not lower.
///
/// After a point 0 the trail goes on with points of histories that the device had pulled before this one. They say as well up to where the
/// device knows this history: it may be one of those that has come back.
///
/// It is the first point which counts, not how far the device has pulled: what came of its last push must be in the history
/// too that it goes on to pull, else its edits would leave its outbox for nothing.
pub fn standing(
    head: &Head,
    (epoch, trail): (EpochId, &[Point]),
    is_earlier: bool,
    mark_at: impl Fn(Rev) -> Option<(Mark, EpochId)>,
) -> Standing {
    let at = |point: &Point| mark_at(point.rev).filter(|_| point.rev <= head.rev);
    let is_common = |point: &Point| point.mark.is_some() && point.mark == at(point).map(|(mark, _)| mark);
    // Given out here in that very epoch, and for something else.
    let is_twice = |point: &Point| !is_common(point) && at(point).is_some_and(|(_, of)| of == epoch);
    let own = trail.split(|point| point.rev == Rev::ZERO).next().unwrap_or_default();
    let is_here = own.first().is_none_or(is_common);
    let common = trail.iter().take(MAX_TRAIL).filter(|point| is_common(point)).map(|point| point.rev);
    let common = common.max().unwrap_or_default();
    match (epoch == head.epoch, is_earlier) {
        (true, _) if is_here => Standing::Here,
        (false, true) if own.iter().any(is_twice) => Standing::Forked { epoch, common },
        (false, true) => Standing::Earlier { common, is_here },
        _ => Standing::Forked { epoch: head.epoch, common },
    }
}

/// Counts what a user's rows were given after a fork of `epoch` to another epoch, and returns the rows that this changes. They
/// keep their revisions: every device starts over, and pulls them anew.
pub fn relabel<'a>(rows: impl IntoIterator<Item = &'a Row>, epoch: EpochId, fork: Fork) -> Vec<Row> {
    let is_after = |row: &&Row| row.registers.values().any(|it| it.stamp.version.rev_in(epoch) > fork.after);
    let relabelled = rows.into_iter().filter(is_after).map(|row| {
        let mut row = row.clone();
        row.registers.values_mut().for_each(|register| register.stamp.version.relabel(epoch, fork));
        row
    });
    relabelled.collect()
}

/// A page of the history: of `rows`, which were written after `since` and come in the order of their revisions, each with
/// the mark of its transaction, as many as fit. Where they all fit and `rows` are all there are, the page reaches the head
/// and carries the checksum. Its trail is empty: whoever loads the rows knows the transactions between.
pub fn page(head: &Head, since: Rev, rows: impl IntoIterator<Item = (Row, Mark)>, limit: usize) -> Page {
    let limit = limit.clamp(1, MAX_PAGE_ROWS);
    let (mut next, mut bytes, mut fitting) = (Point { rev: since, mark: None }, 0, Vec::new());
    for (row, mark) in rows {
        bytes += usize::try_from(Room::bytes_of(&row)).unwrap_or(usize::MAX);
        if fitting.len() == limit || (bytes > MAX_PAGE_BYTES / 2 && !fitting.is_empty()) {
            break;
        }
        next = Point { rev: row.rev, mark: Some(mark) };
        fitting.push(row);
    }
    if next.rev == head.rev {
        next.mark = head.mark;
    }
    let checksum = (next.rev == head.rev).then(|| head.sum.into());
    Page { epoch: head.epoch, since, rows: fitting, next, trail: Vec::new(), head: head.rev, checksum }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Sum;

    #[test]
    fn a_cursor_of_another_history_is_told() {
        let [epoch, other] = [1, 2].map(|n| EpochId(Uuid::from_u128(n)));
        let [ours, theirs] = [3, 4].map(|n| Mark(Uuid::from_u128(n)));
        let head = Head { epoch, rev: Rev(10), mark: Some(ours), sum: Sum::default() };
        let at = |rev, mark| Point { rev: Rev(rev), mark };
        let marks = |rev: Rev| (rev <= Rev(10)).then_some((ours, epoch));
        let of = |epoch, trail: &[Point]| standing(&head, (epoch, trail), false, marks);
        assert_eq!(of(epoch, &[]), Standing::Here);
        assert_eq!(of(epoch, &[at(7, Some(ours)), at(3, Some(ours))]), Standing::Here);
        let after = |rev| Standing::Forked { epoch, common: Rev(rev) };
        assert_eq!(of(epoch, &[at(7, Some(theirs)), at(5, Some(theirs)), at(3, Some(ours))]), after(3));
        assert_eq!(of(epoch, &[at(7, None)]), after(0));
        assert_eq!(of(epoch, &[at(11, Some(ours)), at(8, Some(ours))]), after(8));
        assert_eq!(of(other, &[at(7, Some(ours))]), after(7));
        let back = [at(2, Some(theirs)), at(0, None), at(9, Some(ours)), at(8, Some(theirs))];
        assert_eq!(of(other, &back), after(9), "a history that was pulled once, and has come back");
        assert_eq!(of(epoch, &back[1..]), Standing::Here, "nothing of this one was pulled yet");
        let earlier = |mark| standing(&head, (other, &[at(7, Some(mark))]), true, marks);
        assert_eq!(earlier(ours), Standing::Earlier { common: Rev(7), is_here: true });
        assert_eq!(earlier(theirs), Standing::Earlier { common: Rev(0), is_here: false });
        // What this server gave out in the earlier epoch is not what the device knows of it.
        let of_other = |rev: Rev| Some((ours, if rev <= Rev(8) { other } else { epoch }));
        let trail = [at(9, Some(theirs)), at(7, Some(theirs)), at(3, Some(ours))];
        assert_eq!(standing(&head, (other, &trail), true, of_other), Standing::Forked { epoch: other, common: Rev(3) });
        assert_eq!(
            standing(&head, (other, &[trail[0], trail[2]]), true, of_other),
            Standing::Earlier { common: Rev(3), is_here: false },
            "what was given out since the restore is of another epoch"
        );
    }
}
