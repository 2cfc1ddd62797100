//! The table of figures and its file.

use serde::Serialize;
use std::path::Path;

/// One figure.
#[derive(Debug, Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    /// What it is compared with; `null` where with nothing.
    floor: Option<f64>,
    /// How it compares: 1 is as good as the floor, more is better.
    ratio: Option<f64>,
}

/// All figures of a run.
///
/// One rule for all of them: `floor` is what a figure is compared with, either the bare work measured in the same run
/// or a limit that was asked for, and a `ratio` of 1 or more means that it was reached. So the ratio is value by floor
/// where more is better (speeds), and floor by value where less is better (times, memory).
#[derive(Debug, Default)]
pub struct Figures(Vec<Figure>);

impl Figures {
    /// A figure that is compared with nothing.
    pub fn plain(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.add(name.into(), value, unit, None, None);
    }

    /// A speed, and the speed it is compared with.
    pub fn speed(&mut self, name: impl Into<String>, value: f64, unit: &'static str, floor: f64) {
        self.add(name.into(), value, unit, Some(floor), Some(value / floor));
    }

    /// A time or an amount that shall be `limit` at most, or whose bare work takes as much.
    pub fn at_most(&mut self, name: impl Into<String>, value: f64, unit: &'static str, limit: f64) {
        self.add(name.into(), value, unit, Some(limit), Some(limit / value));
    }

    fn add(
        &mut self,
        name: String,
        value: f64,
        unit: &'static str,
        floor: Option<f64>,
        ratio: Option<f64>,
    ) {
        let round = |value: f64| (value * 1_000.0).round() / 1_000.0;
        let (value, floor, ratio) = (round(value), floor.map(round), ratio.map(round));
        let shown = |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
        println!(
            "{name:<72} {value:>14} {unit:<12} {:>14} {:>8}",
            shown(floor),
            shown(ratio)
        );
        self.0.push(Figure {
            name,
            value,
            unit,
            floor,
            ratio,
        });
    }

    /// Writes the list.
    pub fn write(&self, path: &Path) {
        let text = serde_json::to_string_pretty(&self.0).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^53")]
pub fn number(count: usize) -> f64 {
    count as f64
}
