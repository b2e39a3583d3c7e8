//! Whether a device speaks of the history that this server keeps, and the pages of it.

use weekwise_protocol::sync::{Cursor, EpochId, MAX_PAGE_BYTES, MAX_PAGE_ROWS, Mark, Page, Rev, Row};

use super::{Head, Room};

/// How a device's cursor stands to the history of this server.
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

/// How a cursor stands. `is_earlier` says whether the epoch is an earlier one of this user here; `mark_there` is the mark of the
/// transaction that gave out the cursor's revision here: the first one whose last revision is not lower.
pub fn standing(
    head: &Head,
    (epoch, since): (EpochId, Cursor),
    is_earlier: bool,
    mark_there: Option<Mark>,
) -> Standing {
    if epoch != head.epoch {
        return if is_earlier { Standing::Earlier } else { Standing::Forked };
    }
    if since.rev <= Rev::ZERO {
        return Standing::Here;
    }
    let is_here = since.rev <= head.rev && since.mark.is_some() && since.mark == mark_there;
    if is_here { Standing::Here } else { Standing::Forked }
}

/// A page of the history: of `rows`, which were written after `since` and come in the order of their revisions, each with
/// the mark of its transaction, as many as fit. Where they all fit and `rows` are all there are, the page reaches the head
/// and carries the checksum.
pub fn page(head: &Head, since: Cursor, rows: impl IntoIterator<Item = (Row, Mark)>, limit: usize) -> Page {
    let limit = limit.clamp(1, MAX_PAGE_ROWS);
    let (mut next, mut bytes, mut fitting) = (since, 0, Vec::new());
    for (row, mark) in rows {
        bytes += usize::try_from(Room::bytes_of(&row)).unwrap_or(usize::MAX);
        if fitting.len() == limit || (bytes > MAX_PAGE_BYTES / 2 && !fitting.is_empty()) {
            break;
        }
        next = Cursor { rev: row.rev, mark: Some(mark) };
        fitting.push(row);
    }
    let checksum = (next.rev == head.rev).then(|| head.sum.into());
    Page { epoch: head.epoch, since: since.rev, rows: fitting, next, head: head.rev, checksum }
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
        let head = Head { epoch, rev: Rev(10), sum: Sum::default() };
        let at = |rev, mark| Cursor { rev: Rev(rev), mark };
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
