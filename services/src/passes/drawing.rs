//! QR codes as drawings.

use crate::{Error, Result};
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::{Color, EcLevel, bits, ec};

/// The mask of every code. A reader takes any of the eight. To weigh all of them for the one of fewest look-alike patterns
/// takes far longer than all else about a pass, and gains nothing for signatures and secrets: they look like noise under
/// each.
const MASK: MaskPattern = MaskPattern::DiagonalLines;

/// A QR code as an SVG element without a quiet zone, a module being one unit, with error correction Q.
///
/// # Errors
/// [`Error::Internal`] for a text that no QR code holds.
pub fn draw(text: &str) -> Result<String> {
    let (width, modules) = modules(text).map_err(|e| Error::internal(e.to_string()))?;
    let mut numbers = itoa::Buffer::new();
    let mut number = |n: usize, svg: &mut String| svg.push_str(numbers.format(n));
    // A code of version 11 takes about 6 kB.
    let mut svg = String::with_capacity(8_192);
    // A line lies in the middle of its row.
    svg.push_str(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -.5 "#);
    number(width, &mut svg);
    svg.push(' ');
    number(width, &mut svg);
    for before in [
        r#"" width=""#,
        r#"" height=""#,
        r#"" shape-rendering="crispEdges"><rect y="-.5" width=""#,
        r#"" height=""#,
    ] {
        svg.push_str(before);
        number(width, &mut svg);
    }
    svg.push_str(r##"" fill="#fff"/><path stroke="#000" d=""##);
    for (y, row) in modules.chunks_exact(width).enumerate() {
        let mut drawn_to = None;
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                match drawn_to {
                    None => {
                        svg.push('M');
                        number(x, &mut svg);
                        svg.push(' ');
                        number(y, &mut svg);
                    }
                    Some(end) => {
                        svg.push('m');
                        number(x - end, &mut svg);
                        svg.push_str(" 0");
                    }
                }
                svg.push('h');
                number(run.len(), &mut svg);
                drawn_to = Some(x + run.len());
            }
            x += run.len();
        }
    }
    svg.push_str(r#""/></svg>"#);
    Ok(svg)
}

/// The width of the smallest code that holds a text, and its modules, row by row.
fn modules(text: &str) -> qrcode::QrResult<(usize, Vec<Color>)> {
    let level = EcLevel::Q;
    let bits = bits::encode_auto(text.as_bytes(), level)?;
    let version = bits.version();
    let (data, correction) = ec::construct_codewords(&bits.into_bytes(), version, level)?;
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    canvas.apply_mask(MASK);
    Ok((
        usize::from(version.width().unsigned_abs()),
        canvas.into_colors(),
    ))
}
