//! Small pictures of numbers: ring, bar, and the drifting lines of a code.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{number, status_word};
use domain::Code;
use leptos::prelude::*;
use std::fmt::Write as _;

/// A share as a bar from 0 to 100 %, never cut. Neutral blue, or a status colour for counts of that status.
#[component]
pub fn Bar(
    /// The share, 0 to 1.
    value: f64,
    /// What it is a share of, for screen readers.
    #[prop(into)]
    label: String,
    /// Counts of a status are drawn in its colour (red with its hatch).
    #[prop(optional)]
    code: Option<Code>,
) -> AnyView {
    let class = match code {
        Some(Code::Yellow) => "bar yellow",
        Some(Code::Red) => "bar red",
        _ => "bar",
    };
    let value = format!("{:.4}", value.clamp(0.0, 1.0));
    view! { <progress class=class max="1" value=value aria-label=label></progress> }.into_any()
}

/// Radius and circumference of the ring in its 136 × 136 picture.
const RADIUS: f64 = 54.5;
const AROUND: f64 = std::f64::consts::TAU * RADIUS;
/// A part of one child in a large class is still drawn this wide.
const LEAST: f64 = 0.012;
/// The gap between two parts.
const GAP: f64 = 1.6;

/// How far a class is: a ring of the four codes around `done/total`.
#[component]
pub fn Donut(
    /// The reader's language.
    lang: Lang,
    /// How many of each code, in the order to draw them; grey is drawn hatched.
    parts: Vec<(Code, i64)>,
    /// How many have reported.
    done: i64,
    /// How many there are.
    total: i64,
) -> AnyView {
    let percent = if total > 0 { done * 100 / total } else { 0 };
    let words: Vec<String> = parts
        .iter()
        .map(|(code, n)| format!("{} {n}", status_word(lang, *code)))
        .collect();
    let (words_zh, words_en) = (words.join("，"), words.join(", "));
    let label = tr!(
        lang,
        "已报告 {done}/{total}；{words_zh}",
        "{done} of {total} reported; {words_en}"
    );
    let mut inside = ring(&parts);
    // Writing to a String cannot fail.
    let _ = write!(
        inside,
        r#"<text x="68" y="70"><tspan class="big">{}</tspan>/{}</text><text class="small" x="68" y="94">{}</text>"#,
        number(done),
        number(total),
        tr!(lang, "已报告 {percent}%", "{percent}% done"),
    );
    view! { <svg class="donut" viewBox="0 0 136 136" role="img" aria-label=label inner_html=inside></svg> }.into_any()
}

/// The parts of the ring, clockwise from the top.
fn ring(parts: &[(Code, i64)]) -> String {
    let total: i64 = parts.iter().map(|(_, n)| (*n).max(0)).sum();
    let mut out = format!(r#"<circle class="ring track" cx="68" cy="68" r="{RADIUS}"/>"#);
    if total == 0 {
        return out;
    }
    let shares: Vec<(Code, f64)> = parts
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(code, n)| {
            #[expect(clippy::cast_precision_loss, reason = "children in a class are few")]
            let share = *n as f64 / total as f64;
            (*code, share.max(LEAST))
        })
        .collect();
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    let gap = if shares.len() > 1 { GAP } else { 0.0 };
    out.clear();
    let mut from = 0.0;
    for (code, share) in shares {
        let whole = share / sum * AROUND;
        arc(&mut out, code, from + gap / 2.0, whole - gap);
        from += whole;
    }
    out
}

/// One part, `length` px long, beginning `from` px clockwise of the top.
fn arc(out: &mut String, code: Code, from: f64, length: f64) {
    let mut part = |class: &str, dashes: &str| {
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            r#"<circle class="ring {class}" cx="68" cy="68" r="{RADIUS}" transform="rotate(-90 68 68)" stroke-dasharray="{dashes}" stroke-dashoffset="{:.1}"/>"#,
            -from
        );
    };
    let rest = AROUND - length;
    match code {
        Code::Green => part("g", &format!("{length:.1} {rest:.1}")),
        Code::Yellow => {
            part("ye", &format!("{length:.1} {rest:.1}"));
            part("y", &format!("{length:.1} {rest:.1}"));
        }
        Code::Red => {
            part("r", &format!("{length:.1} {rest:.1}"));
            part("rh", &hatch(length, 2.0, 3.0));
        }
        Code::Grey => part("n", &hatch(length, 3.0, 4.0)),
    }
}

/// Dashes of `on` px every `on + off` px along `length` px, then nothing for the rest of the ring.
fn hatch(length: f64, on: f64, off: f64) -> String {
    let mut dashes = String::new();
    let mut left = length;
    while left > on + off {
        // Writing to a String cannot fail.
        let _ = write!(dashes, "{on} {off} ");
        left -= on + off;
    }
    let last = left.min(on);
    let _ = write!(dashes, "{last:.1} {:.1}", AROUND - length + left - last);
    dashes
}

/// Lines that drift behind the clock of a code; decoration that stands still with reduced motion.
#[component]
pub fn WaveBand(
    /// Its place.
    #[prop(default = "waves")]
    class: &'static str,
) -> AnyView {
    let mut inside = String::from(r#"<path d=""#);
    for line in 0..9 {
        let (up, down) = (line * 7 - 46, line * 6 - 8);
        // Writing to a String cannot fail. Each wave is 120 px long, as far as the drift goes.
        for (x, y, bend) in [
            (line * 5 - 150, 34 + line * 2, up),
            (line * 3 - 180, 52 - line, down),
        ] {
            let _ = write!(inside, "M{x} {y}q30 {bend} 60 0t");
            inside.push_str(&"60 0 ".repeat(12));
        }
    }
    inside.push_str(r#""/>"#);
    view! { <svg class=class aria-hidden="true" inner_html=inside></svg> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_shows_even_one_child_of_a_large_school() {
        let ring = ring(&[(Code::Green, 1999), (Code::Red, 1), (Code::Grey, 0)]);
        assert!(ring.contains("ring g") && ring.contains("ring r\""));
        assert!(!ring.contains("ring n"));
    }

    #[test]
    fn dashes_fill_the_ring_exactly() {
        let sum: f64 = hatch(21.0, 3.0, 4.0)
            .split(' ')
            .filter_map(|n| n.parse::<f64>().ok())
            .sum();
        assert!((sum - AROUND).abs() < 0.2);
    }
}
