//! Where blocks stand in a day: overlapping ones side by side, four or more folded to "+n".

use weekwise_domain::TimeRange;

/// The most blocks that stand side by side; of more, all but [`KEPT`] are folded.
const SIDE_BY_SIDE: usize = 3;
/// How many of a folded group still show.
pub const KEPT: usize = 2;
/// A block is drawn at least 24 px high, which is this many minutes at 56 px an hour.
const SHORTEST: u16 = 26;

/// Where one block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In one of several lanes of equal width.
    Lane {
        /// Counted from the left, from 0.
        lane: usize,
        /// How many there are.
        lanes: usize,
    },
    /// In one of [`KEPT`] lanes that leave room for a "+n".
    BesideFold {
        /// Counted from the left, from 0.
        lane: usize,
    },
    /// Behind a "+n".
    Folded,
}

/// A "+n" that stands for folded blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// The time that the folded blocks cover.
    pub time: TimeRange,
    /// How many they are.
    pub count: usize,
}

/// The places of one day's blocks, in their order, and the folds between them.
/// `times` are in order of start.
pub fn arrange(times: &[TimeRange]) -> (Vec<Place>, Vec<Fold>) {
    let mut places = Vec::with_capacity(times.len());
    let mut folds = Vec::new();
    let mut rest = times;
    while !rest.is_empty() {
        let group = group_length(rest);
        let lanes_of = lanes(&rest[..group]);
        let lanes = lanes_of.iter().max().map_or(1, |most| most + 1);
        if lanes <= SIDE_BY_SIDE {
            places.extend(lanes_of.into_iter().map(|lane| Place::Lane { lane, lanes }));
        } else {
            let folded: Vec<_> = (0..group).filter(|&i| lanes_of[i] >= KEPT).map(|i| rest[i]).collect();
            folds.extend(fold(&folded));
            places.extend(lanes_of.into_iter().map(|lane| match lane {
                lane if lane < KEPT => Place::BesideFold { lane },
                _ => Place::Folded,
            }));
        }
        rest = &rest[group..];
    }
    (places, folds)
}

fn shown_end(time: TimeRange) -> u16 {
    time.end().number().max(time.start().number() + SHORTEST)
}

/// How many of the first blocks hang together.
fn group_length(times: &[TimeRange]) -> usize {
    let mut end = 0;
    let apart = times.iter().position(|time| {
        let begins_new = end > 0 && time.start().number() >= end;
        end = end.max(shown_end(*time));
        begins_new
    });
    apart.unwrap_or(times.len())
}

/// The first free lane of each block.
fn lanes(times: &[TimeRange]) -> Vec<usize> {
    let mut ends: Vec<u16> = Vec::new();
    let mut lane_of = |time: &TimeRange| {
        let free = ends.iter().position(|&end| end <= time.start().number());
        let lane = free.unwrap_or(ends.len());
        if free.is_none() {
            ends.push(0);
        }
        ends[lane] = shown_end(*time);
        lane
    };
    times.iter().map(&mut lane_of).collect()
}

fn fold(folded: &[TimeRange]) -> Option<Fold> {
    let start = folded.iter().map(|time| time.start()).min()?;
    let end = folded.iter().map(|time| time.end()).max()?;
    Some(Fold { time: TimeRange::new(start, end).ok()?, count: folded.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(list: &[(&str, &str)]) -> Vec<TimeRange> {
        list.iter().map(|(a, b)| TimeRange::new(a.parse().unwrap(), b.parse().unwrap()).unwrap()).collect()
    }

    #[test]
    fn apart_they_have_the_whole_width() {
        let (places, folds) = arrange(&times(&[("09:00", "10:00"), ("10:00", "11:00")]));
        assert_eq!(places, [Place::Lane { lane: 0, lanes: 1 }; 2]);
        assert!(folds.is_empty());
    }

    #[test]
    fn overlapping_they_stand_side_by_side_and_reuse_free_lanes() {
        let (places, _) = arrange(&times(&[("09:00", "12:00"), ("09:30", "10:00"), ("10:00", "11:00")]));
        let lane = |lane| Place::Lane { lane, lanes: 2 };
        assert_eq!(places, [lane(0), lane(1), lane(1)]);
    }

    #[test]
    fn a_short_one_takes_the_room_that_it_is_drawn_in() {
        let (places, _) = arrange(&times(&[("09:00", "09:05"), ("09:10", "10:00")]));
        assert_eq!(places, [Place::Lane { lane: 0, lanes: 2 }, Place::Lane { lane: 1, lanes: 2 }]);
    }

    #[test]
    fn four_fold_to_two_and_a_number() {
        let (places, folds) = arrange(&times(&[
            ("09:00", "12:00"),
            ("09:00", "12:30"),
            ("09:30", "12:00"),
            ("10:00", "11:00"),
            ("14:00", "15:00"),
        ]));
        assert_eq!(places[..2], [Place::BesideFold { lane: 0 }, Place::BesideFold { lane: 1 }]);
        assert_eq!(places[2..4], [Place::Folded; 2]);
        assert_eq!(places[4], Place::Lane { lane: 0, lanes: 1 });
        assert_eq!(folds, [Fold { time: times(&[("09:30", "12:00")])[0], count: 2 }]);
    }
}
