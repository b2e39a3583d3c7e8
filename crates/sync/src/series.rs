//! The split rule: the segments of a series stay apart, whoever splits and changes them at once.

use weekwise_domain::{Date, Pattern, ScheduleId, Validity};

/// A segment of a series that is out of the trash.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) id: ScheduleId,
    pub(crate) pattern: Pattern,
}

/// Ends each segment before the next one begins, and returns those that had to be shortened, with their new validity. So
/// a pattern that was written without knowing of a split cannot reach over the segment that the split made.
///
/// Of two that begin on one date the one with the lower id is left without a date: ids are made in the order of time, so
/// that the later one stays.
pub(crate) fn keep_apart(mut segments: Vec<Segment>) -> Vec<(ScheduleId, Validity)> {
    segments.retain(|it| it.pattern.validity.range().is_some());
    segments.sort_by_key(|it| (it.pattern.validity.from, it.id));
    let pairs = segments.windows(2).filter_map(|pair| {
        let (this, next) = (&pair[0], pair[1].pattern.validity.from);
        let validity = this.pattern.validity;
        let reaches = validity.until.is_none_or(|until| until >= next);
        reaches.then(|| (this.id, ended_before(validity, next)))
    });
    pairs.collect()
}

fn ended_before(validity: Validity, date: Date) -> Validity {
    match date.plus_days(-1) {
        Some(until) => Validity { until: Some(until), ..validity },
        // Nothing lies before the first date that is kept: no date is what ends before it begins.
        None => Validity { from: date.saturating_plus_days(1), until: Some(date) },
    }
}

#[cfg(test)]
mod tests {
    use weekwise_domain::{EveryNWeeks, SeriesId, TimeRange, Weekday};

    use super::*;

    fn segment(id: u128, from: &str, until: Option<&str>) -> Segment {
        let pattern = Pattern {
            series_id: SeriesId(uuid::Uuid::nil()),
            day_of_week: Weekday::MONDAY,
            time: TimeRange::new("09:00".parse().unwrap(), "10:00".parse().unwrap()).unwrap(),
            validity: Validity { from: from.parse().unwrap(), until: until.map(|it| it.parse().unwrap()) },
            every: EveryNWeeks::ONE,
        };
        Segment { id: ScheduleId(uuid::Uuid::from_u128(id)), pattern }
    }

    fn shortened(segments: &[Segment]) -> Vec<(u128, String, String)> {
        let shortened = keep_apart(segments.to_vec()).into_iter();
        shortened.map(|(id, it)| (id.0.as_u128(), it.from.to_string(), it.until.unwrap().to_string())).collect()
    }

    #[test]
    fn a_segment_ends_before_its_successor() {
        let apart = [segment(1, "2026-01-05", Some("2026-03-01")), segment(2, "2026-03-02", None)];
        assert_eq!(shortened(&apart), []);
        let meeting = [segment(2, "2026-03-02", None), segment(1, "2026-01-05", None)];
        assert_eq!(shortened(&meeting), [(1, "2026-01-05".to_owned(), "2026-03-01".to_owned())]);
    }

    #[test]
    fn of_two_that_begin_together_the_later_made_one_stays() {
        let twins = [segment(2, "2026-03-02", None), segment(1, "2026-03-02", None)];
        assert_eq!(shortened(&twins), [(1, "2026-03-02".to_owned(), "2026-03-01".to_owned())]);
        let first_of_all = [segment(2, "1900-01-01", None), segment(1, "1900-01-01", None)];
        assert_eq!(shortened(&first_of_all), [(1, "1900-01-02".to_owned(), "1900-01-01".to_owned())]);
    }
}
