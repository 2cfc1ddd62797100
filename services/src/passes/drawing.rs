//! QR codes as drawings.

use crate::{Error, Result};
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::{Color, EcLevel, QrResult, Version, bits, ec};
use std::sync::OnceLock;

const LEVEL: EcLevel = EcLevel::Q;

/// The mask of every code. A reader takes any of the eight. To weigh all of them for the one of fewest look-alike patterns
/// takes far longer than all else about a pass, and gains nothing for signatures and secrets: they look like noise under
/// each.
const MASK: MaskPattern = MaskPattern::DiagonalLines;

/// A QR code as an SVG element without a quiet zone, a module being one unit, with error correction Q.
///
/// # Errors
/// [`Error::Internal`] for a text that no QR code holds.
pub fn draw(text: &str) -> Result<String> {
    let (width, rows) = modules(text).map_err(|e| Error::internal(e.to_string()))?;
    // A code of version 11 takes about 6 kB.
    let mut svg = String::with_capacity(8_192);
    // A line lies in the middle of its row.
    svg.push_str(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -.5 "#);
    number(&mut svg, width);
    svg.push(' ');
    number(&mut svg, width);
    for before in [
        r#"" width=""#,
        r#"" height=""#,
        r#"" shape-rendering="crispEdges"><rect y="-.5" width=""#,
        r#"" height=""#,
    ] {
        svg.push_str(before);
        number(&mut svg, width);
    }
    svg.push_str(r##"" fill="#fff"/><path stroke="#000" d=""##);
    for (y, row) in rows.iter().enumerate() {
        let mut drawn_to = None;
        let mut changes = changes(row);
        while let (Some(from), Some(to)) = (changes.next(), changes.next()) {
            match drawn_to {
                None => {
                    svg.push('M');
                    number(&mut svg, from);
                    svg.push(' ');
                    number(&mut svg, y);
                }
                Some(end) => {
                    svg.push('m');
                    number(&mut svg, from - end);
                    svg.push_str(" 0");
                }
            }
            svg.push('h');
            number(&mut svg, to - from);
            drawn_to = Some(to);
        }
    }
    svg.push_str(r#""/></svg>"#);
    Ok(svg)
}

/// Appends a number. Nearly all of the two thousand in a drawing have one digit.
fn number(svg: &mut String, n: usize) {
    match u8::try_from(n) {
        Ok(digit @ 0..=9) => svg.push(char::from(b'0' + digit)),
        _ => svg.push_str(itoa::Buffer::new().format(n)),
    }
}

/// A row's dark modules, the first one being the lowest bit. It is longer than any, so that the last one's end shows too.
type Row = [u64; 3];

/// Where light becomes dark and dark becomes light, in turns.
fn changes(row: &Row) -> impl Iterator<Item = usize> {
    let mut before = 0;
    row.iter().enumerate().flat_map(move |(at, word)| {
        let mut changed = word ^ (word << 1 | before >> 63);
        before = *word;
        std::iter::from_fn(move || {
            let next = (changed != 0).then(|| at * 64 + changed.trailing_zeros() as usize);
            changed &= changed.wrapping_sub(1);
            next
        })
    })
}

/// The width of the smallest code that holds a text, and its rows.
fn modules(text: &str) -> QrResult<(usize, Vec<Row>)> {
    let bits = bits::encode_auto(text.as_bytes(), LEVEL)?;
    let version = bits.version();
    let (data, correction) = ec::construct_codewords(&bits.into_bytes(), version, LEVEL)?;
    let layout = Layout::of(version, data.len(), correction.len());
    let mut rows = layout.empty.clone();
    let bytes = data.iter().chain(&correction);
    let bits = bytes.flat_map(|byte| (0..8).rev().map(move |n| u64::from(byte >> n & 1)));
    for (bit, place) in bits.zip(&layout.places) {
        place.turn(&mut rows, bit);
    }
    Ok((layout.width, rows))
}

/// What all codes of a version have in common. To draw each from nothing would take three times as long.
struct Layout {
    width: usize,
    /// With zeros for its data.
    empty: Vec<Row>,
    /// Of each bit of the data.
    places: Vec<Place>,
}

/// A module.
#[derive(Clone, Copy, Default)]
struct Place {
    x: u8,
    y: u8,
}

/// The modules of a code, row by row.
fn from_nothing(version: Version, data: &[u8], correction: &[u8]) -> Vec<Color> {
    let mut canvas = Canvas::new(version, LEVEL);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(data, correction);
    canvas.apply_mask(MASK);
    canvas.into_colors()
}

impl Place {
    /// Turns dark to light and light to dark, where `bit` is 1.
    fn turn(self, rows: &mut [Row], bit: u64) {
        if let Some(row) = rows.get_mut(usize::from(self.y))
            && let Some(word) = row.get_mut(usize::from(self.x / 64))
        {
            *word ^= bit << (self.x % 64);
        }
    }
}

impl Layout {
    /// That of a version, which has so many bytes of data and of correction.
    fn of(version: Version, data: usize, correction: usize) -> &'static Self {
        static LAYOUTS: [OnceLock<Layout>; 41] = [const { OnceLock::new() }; 41];
        let number = match version {
            Version::Normal(number) | Version::Micro(number) => number.unsigned_abs(),
        };
        LAYOUTS[usize::from(number)].get_or_init(|| Self::learn(version, data, correction))
    }

    /// Learns it from codes in which each bit of the data says one digit of its own number, from 1.
    fn learn(version: Version, data: usize, correction: usize) -> Self {
        let width = usize::from(version.width().unsigned_abs());
        let draw = |digit: Option<u32>| {
            let bit = |n: usize| digit.is_some_and(|digit| n >> digit & 1 == 1);
            let byte = |at| (1..=8).fold(0, |byte, n| byte << 1 | u8::from(bit(at * 8 + n)));
            let bytes: Vec<u8> = (0..data + correction).map(byte).collect();
            let (data, correction) = bytes.split_at(data);
            from_nothing(version, data, correction)
        };
        let empty = draw(None);
        let mut numbers = vec![0_usize; empty.len()];
        for digit in 0..=((data + correction) * 8).ilog2() {
            for (number, (a, b)) in numbers.iter_mut().zip(empty.iter().zip(draw(Some(digit)))) {
                *number |= usize::from(*a != b) << digit;
            }
        }
        let mut rows = vec![Row::default(); width];
        let mut places = vec![Place::default(); (data + correction) * 8];
        for (at, (number, color)) in numbers.into_iter().zip(empty).enumerate() {
            let place = Place {
                x: u8::try_from(at % width).unwrap_or_default(),
                y: u8::try_from(at / width).unwrap_or_default(),
            };
            place.turn(&mut rows, u64::from(color == Color::Dark));
            // What is no bit of the data has no number.
            if let Some(of_bit) = number.checked_sub(1).and_then(|bit| places.get_mut(bit)) {
                *of_bit = place;
            }
        }
        Self {
            width,
            empty: rows,
            places,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn codes_of_all_versions_are_what_the_library_draws() {
        let mut versions = 0;
        let mut last = 0;
        for length in 1..=2_420 {
            let text: String = (0..length)
                .map(|n| char::from(b'A' + u8::try_from(n * n % 23).unwrap()))
                .collect();
            let (width, rows) = modules(&text).unwrap();
            if width == last {
                continue;
            }
            last = width;
            versions += 1;
            let bits = bits::encode_auto(text.as_bytes(), LEVEL).unwrap();
            let version = bits.version();
            let (data, correction) =
                ec::construct_codewords(&bits.into_bytes(), version, LEVEL).unwrap();
            let whole = from_nothing(version, &data, &correction);
            for (at, color) in whole.into_iter().enumerate() {
                let (y, x) = (at / width, at % width);
                let is_dark = rows[y][x / 64] >> (x % 64) & 1 == 1;
                assert_eq!(
                    is_dark,
                    color == Color::Dark,
                    "{length} characters: {x}, {y}"
                );
            }
        }
        assert_eq!(versions, 40);
    }
}
