//! Who changes from which colour to which, drawn as bands between two columns.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{number, status_word};
use domain::Code;
use std::fmt::Write as _;

/// People of one colour who would have another (or the same).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flow {
    /// The colour now.
    pub from: Code,
    /// The colour with the draft.
    pub to: Code,
    /// How many.
    pub people: i64,
}

const WIDTH: f64 = 352.0;
const BAR: f64 = 22.0;
/// Height of all bands together, in px; the gaps come on top.
const TALL: f64 = 170.0;
const GAP: f64 = 16.0;
/// No band is thinner than this.
const LEAST: f64 = 9.0;
/// The order of the columns.
const ORDER: [Code; 4] = [Code::Red, Code::Yellow, Code::Grey, Code::Green];

/// The drawing as the inside of an `svg` element with its width and height. Its numbers stand in the list beside it.
pub(super) fn drawing(flows: &[Flow]) -> (f64, f64, String) {
    let flows: Vec<&Flow> = flows.iter().filter(|f| f.people > 0).collect();
    #[expect(clippy::cast_precision_loss, reason = "heights of a drawing")]
    let total = flows.iter().map(|f| f.people).sum::<i64>().max(1) as f64;
    #[expect(clippy::cast_precision_loss, reason = "heights of a drawing")]
    let thick = |flow: &Flow| (flow.people as f64 / total * TALL).max(LEAST);
    let column = |side: fn(&Flow) -> Code| -> Vec<(Code, f64, f64)> {
        let mut y = 1.0;
        let mut bars = Vec::new();
        for code in ORDER {
            let high: f64 = flows
                .iter()
                .filter(|f| side(f) == code)
                .map(|f| thick(f))
                .sum();
            if high > 0.0 {
                bars.push((code, y, high));
                y += high + GAP;
            }
        }
        bars
    };
    let (left, right) = (column(|f| f.from), column(|f| f.to));
    let foot = |bars: &[(Code, f64, f64)]| bars.last().map_or(0.0, |(_, y, high)| y + high);
    let height = foot(&left).max(foot(&right)) + 1.0;
    let mut out = patterns();
    bands(&mut out, &flows, &left, &right, thick);
    for (bars, x) in [(&left, 0.5), (&right, WIDTH - BAR - 0.5)] {
        for (code, y, high) in bars {
            let _ = write!(
                out,
                r#"<rect class="bar-{}" x="{x}" y="{y:.1}" width="{BAR}" height="{high:.1}" rx="3"/>"#,
                code.word()
            );
        }
    }
    (WIDTH, height, out)
}

/// A hatching for each colour that a band may lead to.
fn patterns() -> String {
    let mut out = String::from("<defs>");
    for code in Code::ALL {
        let word = code.word();
        let _ = write!(
            out,
            r#"<pattern id="to-{word}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="p-{word}" width="8" height="8"/><path class="h-{word}" d="M2 0v8"/></pattern>"#
        );
    }
    out.push_str("</defs>");
    out
}

fn bands(
    out: &mut String,
    flows: &[&Flow],
    left: &[(Code, f64, f64)],
    right: &[(Code, f64, f64)],
    thick: impl Fn(&Flow) -> f64,
) {
    let start = |bars: &[(Code, f64, f64)], code: Code| {
        bars.iter()
            .find(|(c, ..)| *c == code)
            .map_or(0.0, |(_, y, _)| *y)
    };
    let mut used_left: Vec<(Code, f64)> = ORDER.iter().map(|c| (*c, start(left, *c))).collect();
    let mut used_right: Vec<(Code, f64)> = ORDER.iter().map(|c| (*c, start(right, *c))).collect();
    let take = |used: &mut Vec<(Code, f64)>, code: Code, high: f64| {
        let Some((_, y)) = used.iter_mut().find(|(c, _)| *c == code) else {
            return 0.0;
        };
        let at = *y;
        *y += high;
        at
    };
    let (x0, x1, mid) = (BAR, WIDTH - BAR, WIDTH / 2.0);
    for from in ORDER {
        for to in ORDER {
            for flow in flows.iter().filter(|f| (f.from, f.to) == (from, to)) {
                let high = thick(flow);
                let a = take(&mut used_left, from, high);
                let b = take(&mut used_right, to, high);
                let (a2, b2) = (a + high, b + high);
                let fill = if from == to {
                    r#"class="same""#.to_owned()
                } else {
                    format!(r#"class="flow" fill="url(#to-{})""#, to.word())
                };
                let _ = write!(
                    out,
                    r#"<path {fill} d="M{x0} {a:.1}C{mid} {a:.1} {mid} {b:.1} {x1} {b:.1}V{b2:.1}C{mid} {b2:.1} {mid} {a2:.1} {x0} {a2:.1}z"/>"#
                );
            }
        }
    }
}

/// The drawing in words, for who cannot see it.
pub(super) fn words(lang: Lang, flows: &[Flow]) -> String {
    let said: Vec<String> = flows
        .iter()
        .filter(|f| f.from != f.to && f.people > 0)
        .map(|f| {
            let (from, to, n) = (
                status_word(lang, f.from),
                status_word(lang, f.to),
                number(f.people),
            );
            tr!(lang, "{from}变{to} {n} 名", "{from} to {to}: {n}")
        })
        .collect();
    if said.is_empty() {
        tr!(lang, "没有人变色", "nobody changes")
    } else {
        said.join(&tr!(lang, "；", "; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flow_is_a_band_and_none_vanishes() {
        let flow = |from, to, people| Flow { from, to, people };
        let flows = [
            flow(Code::Yellow, Code::Yellow, 22_000),
            flow(Code::Yellow, Code::Green, 9),
            flow(Code::Green, Code::Yellow, 3),
            flow(Code::Red, Code::Red, 0),
        ];
        let (_, height, drawn) = drawing(&flows);
        assert_eq!(drawn.matches("class=\"flow\"").count(), 2);
        assert_eq!(drawn.matches("class=\"same\"").count(), 1);
        assert_eq!(drawn.matches("class=\"bar-").count(), 4);
        assert!(!drawn.contains("style="));
        assert!(height > 100.0 && height < 300.0, "{height}");
        assert_eq!(
            words(Lang::En, &flows),
            "Observing to May attend: 9; May attend to Observing: 3"
        );
        let (_, _, empty) = drawing(&[]);
        assert!(!empty.contains("NaN"));
    }
}
