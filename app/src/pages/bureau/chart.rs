//! The trend of flagged people, drawn as SVG: yellow over red, red with its hatch.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::number;
use domain::screen::{ScreenSnapshot, TrendDay};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The picture in its own units; ten of them are one pixel of a screen 1920 wide.
const WIDTH: i32 = 5160;
const HEIGHT: i32 = 2290;
/// Where the bars stand, and the room above them for a number.
const BASE: i32 = 1990;
const TOP: i32 = 330;
/// The distance between two lines of the hatch, and how wide they are.
const HATCH: i32 = 100;
const LINE: u32 = 28;
/// Text of 20 pixels; plotters writes 1/1.24 of what it is given.
const TEXT: f64 = 248.0;

const YELLOW: RGBColor = RGBColor(0xff, 0xc9, 0x3d);
const RED: RGBColor = RGBColor(0xff, 0x7a, 0x6b);
const INK: RGBColor = RGBColor(0xf2, 0xf6, 0xf9);
const INK_2: RGBColor = RGBColor(0xb3, 0xc3, 0xd0);
const PANEL: RGBColor = RGBColor(0x0f, 0x1f, 0x2e);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The chart of a snapshot; empty where drawing fails, which is logged.
pub(super) fn trend(lang: Lang, snapshot: &ScreenSnapshot) -> String {
    let mut svg = String::new();
    let size = (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs());
    let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    let done = draw(lang, &snapshot.trend, &area).and_then(|()| Ok(area.present()?));
    drop(area);
    if let Err(error) = done {
        tracing::error!(%error, "the trend was not drawn");
        svg.clear();
    }
    svg
}

fn draw(lang: Lang, days: &[TrendDay], area: &Area) -> Drawn {
    let count = i32::try_from(days.len()).unwrap_or(1).max(1);
    let most = days.iter().filter_map(total).max().unwrap_or(0).max(1);
    let height = |n: i64| i32::try_from(n * i64::from(BASE - TOP) / most).unwrap_or(0);
    let step = WIDTH / count;
    let width = step * 8 / 10;
    for (i, day) in (0..).zip(days) {
        let (left, now) = (i * step + (step - width) / 2, i + 1 == count);
        let middle = left + width / 2;
        let (_, _, date) = day.day.ymd();
        let label = if now {
            tr!(lang, "今", "Now")
        } else {
            date.to_string()
        };
        write(area, &label, middle, BASE + 60, VPos::Top, now)?;
        match (day.yellow, day.red) {
            (Some(yellow), Some(red)) => {
                let (low, high) = (BASE - height(red), BASE - height(red + yellow));
                if yellow > 0 {
                    area.draw(&Rectangle::new(
                        [(left, high), (left + width, low)],
                        YELLOW.filled(),
                    ))?;
                }
                if red > 0 {
                    hatched(area, left, left + width, low, BASE)?;
                    area.draw(&PathElement::new(
                        [(left, low), (left + width, low)],
                        PANEL.stroke_width(20),
                    ))?;
                }
                if (count - 1 - i) % 3 == 0 {
                    write(
                        area,
                        &number(red + yellow),
                        middle,
                        high - 30,
                        VPos::Bottom,
                        now,
                    )?;
                }
            }
            _ => write(area, "–", middle, BASE - 30, VPos::Bottom, false)?,
        }
        if now {
            area.draw(&PathElement::new(
                [(left - 20, BASE + 25), (left + width + 20, BASE + 25)],
                INK.stroke_width(20),
            ))?;
        }
    }
    Ok(())
}

fn total(day: &TrendDay) -> Option<i64> {
    Some(day.yellow? + day.red?)
}

/// A red bar with lines from bottom left to top right, cut at its edges.
fn hatched(area: &Area, left: i32, right: i32, top: i32, bottom: i32) -> Drawn {
    area.draw(&Rectangle::new(
        [(left, top), (right, bottom)],
        RED.filled(),
    ))?;
    let (width, height) = (right - left, bottom - top);
    let mut sum = HATCH;
    while sum < width + height {
        // Along a line x + y is the same, counted from the upper left corner.
        let from = (left + (sum - height).max(0), top + sum.min(height));
        let to = (left + sum.min(width), top + (sum - width).max(0));
        area.draw(&PathElement::new(
            [from, to],
            PANEL.mix(0.45).stroke_width(LINE),
        ))?;
        sum += HATCH;
    }
    Ok(())
}

fn write(area: &Area, text: &str, x: i32, y: i32, at: VPos, strong: bool) -> Drawn {
    let (colour, weight) = if strong {
        (INK, FontStyle::Bold)
    } else {
        (INK_2, FontStyle::Normal)
    };
    let style = TextStyle::from(("sans-serif", TEXT, weight).into_font())
        .color(&colour)
        .pos(Pos::new(HPos::Center, at));
    // The last number is wider than its bar.
    let x = x.min(WIDTH - 180);
    Ok(area.draw(&Text::new(text.to_owned(), (x, y), style))?)
}
