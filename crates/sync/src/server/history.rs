//! Whether a device speaks of the history that this server keeps, and the pages of it.

use weekwise_protocol::sync::{EpochId, MAX_PAGE_BYTES, MAX_PAGE_ROWS, Mark, Page, Point, Rev, Row};

use super::{Head, Room};

/// How what a device has reached stands to the history of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is a place in this history.
    Here,
    /// It is of an earlier epoch: the device starts over (409).
    Earlier,
    /// It is of a history that this server does not know, be it in this epoch or in one that it never heard of: the
    /// database was set back without anyone saying so. The server begins a new epoch for the user, for the revisions that
    /// it gave out since were given out twice; then the device starts over (409). The epoch that the device spoke of is an
    /// earlier one from then on.
    Forked,
}

/// How the last point that a device has heard of stands. `is_earlier` says whether the epoch is an earlier one of this user here;
/// `mark_there` is the mark of the transaction that gave out the point's revision here: the first one whose last revision is not
/// lower.
///
/// It is that point which counts, not how far the device has pulled: what came of its last push must be in the history
/// too that it goes on to pull, else its edits would leave its outbox for nothing.
pub fn standing(
    head: &Head,
    (epoch, reached): (EpochId, Point),
    is_earlier: bool,
    mark_there: Option<Mark>,
) -> Standing {
    if epoch != head.epoch {
        return if is_earlier { Standing::Earlier } else { Standing::Forked };
    }
    if reached.rev <= Rev::ZERO {
        return Standing::Here;
    }
    let is_here = reached.rev <= head.rev && reached.mark.is_some() && reached.mark == mark_there;
    if is_here { Standing::Here } else { Standing::Forked }
}

/// A page of the history: of `rows`, which were written after `since` and come in the order of their revisions, each with
/// the mark of its transaction, as many as fit. Where they all fit and `rows` are all there are, the page reaches the head
/// and carries the checksum.
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
    Page { epoch: head.epoch, since, rows: fitting, next, head: head.rev, checksum }
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
        let of = |epoch, since, mark| standing(&head, (epoch, since), false, mark);
        assert_eq!(of(epoch, at(0, None), None), Standing::Here);
        assert_eq!(of(epoch, at(7, Some(ours)), Some(ours)), Standing::Here);
        assert_eq!(of(epoch, at(7, Some(theirs)), Some(ours)), Standing::Forked);
        assert_eq!(of(epoch, at(7, None), Some(ours)), Standing::Forked);
        assert_eq!(of(epoch, at(11, Some(ours)), None), Standing::Forked);
        assert_eq!(of(other, at(7, Some(ours)), Some(ours)), Standing::Forked);
        assert_eq!(standing(&head, (other, at(7, Some(ours))), true, Some(ours)), Standing::Earlier);
    }
}
