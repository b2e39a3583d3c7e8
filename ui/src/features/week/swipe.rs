//! Two fingers swept sideways turn to the next week or back, once a sweep.

/// How far the fingers must go, in pixels.
const FAR: f64 = 80.0;
/// A rest after which the next movement is a new sweep, in milliseconds; the last of a sweep's momentum is denser.
const REST: f64 = 180.0;

/// The sweep under way.
#[derive(Debug, Default)]
pub struct Swipe {
    gone: f64,
    last: f64,
    has_turned: bool,
}

impl Swipe {
    /// Takes in a movement of the wheel (pixels to the right and down, at a time in milliseconds), and says how many weeks to
    /// turn: -1, 0 or 1.
    pub fn movement(&mut self, right: f64, down: f64, at: f64) -> i32 {
        if at - self.last > REST {
            *self = Self::default();
        }
        self.last = at;
        if right.abs() <= down.abs() || self.has_turned {
            return 0;
        }
        self.gone += right;
        if self.gone.abs() < FAR {
            return 0;
        }
        self.has_turned = true;
        if self.gone > 0.0 { 1 } else { -1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_turns_one_week_however_far_it_goes() {
        let mut swipe = Swipe::default();
        let turned: i32 = (1..60).map(|i| swipe.movement(30.0, 2.0, f64::from(i) * 16.0)).sum();
        assert_eq!(turned, 1);
        let back: i32 = (1..10).map(|i| swipe.movement(-30.0, 0.0, 2_000.0 + f64::from(i) * 16.0)).sum();
        assert_eq!(back, -1);
    }

    #[test]
    fn scrolling_down_turns_nothing() {
        let mut swipe = Swipe::default();
        assert!((1..60).all(|i| swipe.movement(9.0, 30.0, f64::from(i) * 16.0) == 0));
    }
}
