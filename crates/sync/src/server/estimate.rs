//! When an edit was made, whatever the clock of its device says.

/// What the server remembers of a device's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeviceClock {
    /// When the device last said that nothing waits on it, by the server's clock.
    pub drained_at_ms: Option<i64>,
    /// The estimate for its last edit.
    pub last_ms: Option<i64>,
}

/// How far back an edit can be taken to lie on a device that never said that nothing waits on it: 400 days.
const LONGEST_MS: i64 = 400 * 24 * 60 * 60 * 1000;

impl DeviceClock {
    /// When an edit was made (milliseconds since 1970, by the server's clock): as long before `received` as it lies
    /// before the device's `device_now`, but not in the future and not before the device last had nothing left to push.
    /// Only the distance of two readings of the device's clock is used, so a clock that is wrong by a year does no harm. What a
    /// device made later is never estimated to be earlier.
    pub fn estimate(&mut self, received: i64, device_now: i64, edited_at: i64) -> i64 {
        let longest = self.drained_at_ms.map_or(LONGEST_MS, |drained| received.saturating_sub(drained).max(0));
        let age = device_now.saturating_sub(edited_at).clamp(0, longest);
        let at = received.saturating_sub(age).max(self.last_ms.unwrap_or(i64::MIN));
        self.last_ms = Some(at);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: i64 = 365 * 24 * 60 * 60 * 1000;

    #[test]
    fn a_clock_that_is_wrong_by_a_year_does_no_harm() {
        for wrong in [-YEAR, 0, YEAR] {
            let mut clock = DeviceClock { drained_at_ms: Some(1_000), last_ms: None };
            assert_eq!(clock.estimate(10_000, 9_500 + wrong, 7_500 + wrong), 8_000, "{wrong}");
        }
    }

    #[test]
    fn a_clock_that_jumps_stays_between_the_last_empty_outbox_and_now() {
        let mut clock = DeviceClock { drained_at_ms: Some(4_000), last_ms: None };
        assert_eq!(clock.estimate(10_000, YEAR, 0), 4_000, "not before the outbox was empty");
        assert_eq!(clock.estimate(10_000, 0, YEAR), 10_000, "not in the future");
        assert_eq!(clock.estimate(10_000, 9_000, 8_000), 10_000, "not before what the device made earlier");
    }

    #[test]
    fn extremes_are_held() {
        let mut clock = DeviceClock::default();
        assert_eq!(clock.estimate(0, i64::MAX, i64::MIN), -LONGEST_MS);
        assert_eq!(clock.estimate(i64::MIN, i64::MIN, i64::MAX), -LONGEST_MS);
    }
}
