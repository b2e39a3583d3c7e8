//! What a step touches, and so what may be shown differently after it.

use std::collections::BTreeSet;

use weekwise_domain::SeriesId;
use weekwise_protocol::sync::{Operation, Row, RowKey, Slot, Value};

/// Rows, and series: what becomes of one segment may shorten another, or uncover it.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) keys: BTreeSet<RowKey>,
    pub(super) series: BTreeSet<SeriesId>,
}

impl Touched {
    pub(super) fn row(&mut self, row: &Row) {
        self.key(&row.key);
        for register in row.registers.values() {
            match &register.value {
                Value::Pattern(fields) => drop(self.series.insert(fields.pattern.series_id)),
                Value::Gone { series_id } => drop(self.series.insert(*series_id)),
                _ => {}
            }
        }
    }

    pub(super) fn operation(&mut self, operation: &Operation) {
        for write in &operation.writes {
            self.key(&write.register.row);
            let names_series = matches!(write.register.slot, Slot::Pattern | Slot::Gone);
            let series = write.value.get("series_id").filter(|_| names_series);
            self.series.extend(series.and_then(|it| serde_json::from_value::<SeriesId>(it.clone()).ok()));
        }
    }

    fn key(&mut self, key: &RowKey) {
        // A tombstone is about the schedule that it stands for.
        if let RowKey::Tombstone(id) = key {
            self.keys.insert((*id).into());
        }
        self.keys.insert(key.clone());
    }
}
