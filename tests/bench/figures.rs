//! Figures from series of measurements.

/// The middle of a series; of an even one the upper of the two.
pub(crate) fn median(series: &[f64]) -> f64 {
    quantile(series, 0.5)
}

/// The value below which this share of a series lies.
pub(crate) fn quantile(series: &[f64], share: f64) -> f64 {
    assert!(!series.is_empty(), "there is nothing measured");
    let mut sorted = series.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() as f64 * share) as usize;
    sorted[at.min(sorted.len() - 1)]
}

/// A line for the table.
pub(crate) fn tell(name: &str, value: f64, unit: &str, target: &str) {
    println!("{name}\t{value:.3}\t{unit}\t{target}");
}
