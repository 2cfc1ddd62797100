//! Temperatures as people type them.

use crate::identity::to_half_width;

/// Tenths of a degree from what people type: 36.5, ３６.５, 36,5, 36.50, 36.5℃; `None` where it is no number with one
/// decimal.
pub fn read_tenths(text: &str) -> Option<u16> {
    let text = to_half_width(text)
        .replace(',', ".")
        .replace(['。', '．'], ".");
    let text = text.trim().trim_end_matches(['℃', '度']).trim();
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let (tenths, zeros) = rest.split_at_checked(1)?;
    if whole.len() != 2 || zeros.chars().any(|c| c != '0') {
        return None;
    }
    whole
        .parse::<u16>()
        .ok()?
        .checked_mul(10)?
        .checked_add(tenths.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_are_read_as_people_type_them() {
        for text in [
            "36.5",
            " 36.5 ",
            "36,5",
            "３６．５",
            "36。5",
            "36.5℃",
            "36.5度",
            "36.50",
        ] {
            assert_eq!(read_tenths(text), Some(365), "{text}");
        }
        assert_eq!(read_tenths("37"), Some(370));
        for text in [
            "", "365", "36.", "36.55", "36.05", "3.5", "-6.5", "abc", "36.x",
        ] {
            assert_eq!(read_tenths(text), None, "{text}");
        }
    }
}
