//! Typed text as people mean it: without full-width forms, invisible marks and a spreadsheet's text tricks.

/// Full-width letters, digits and signs (`Ａ１（`) as their usual forms, every kind of space as a plain one.
pub fn to_half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => u32::from(c)
                .checked_sub(0xFEE0)
                .and_then(char::from_u32)
                .unwrap_or(c),
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect()
}

/// The text of a cell: half-width, without invisible marks, without the `'…` or `="…"` by which
/// spreadsheets keep digits as text, and trimmed.
pub fn clean(text: &str) -> String {
    let visible: String = to_half_width(text)
        .chars()
        .filter(|c| !is_invisible(*c))
        .collect();
    let trimmed = visible.trim();
    let unwrapped = trimmed
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .or_else(|| trimmed.strip_prefix('\''))
        .unwrap_or(trimmed);
    unwrapped.trim().to_owned()
}

/// Control characters and the marks for writing direction and joining that come along when
/// numbers are pasted from a chat.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A student number as it is kept: in capitals, without spaces, and without the `.0` of programs that take a column of
/// digits for numbers.
pub fn tidy_student_no(text: &str) -> String {
    let text: String = text.to_uppercase().split_whitespace().collect();
    text.strip_suffix(".0")
        .map(ToOwned::to_owned)
        .unwrap_or(text)
}

/// The last four characters, all where there are fewer.
pub fn last_four(text: &str) -> &str {
    text.char_indices()
        .rev()
        .nth(3)
        .map_or(text, |(at, _)| text.split_at(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_forms_become_usual_ones() {
        assert_eq!(to_half_width("（１）班　Ｘ～"), "(1)班 X~");
    }

    #[test]
    fn what_a_spreadsheet_adds_to_keep_text_is_removed() {
        for (typed, meant) in [
            ("'990119201304238444", "990119201304238444"),
            ("\t990119201304238444 ", "990119201304238444"),
            ("=\"0012\"", "0012"),
            ("\u{202D}19900000001\u{202C}", "19900000001"),
            ("　张　三　", "张 三"),
        ] {
            assert_eq!(clean(typed), meant);
        }
    }

    #[test]
    fn the_last_four_are_characters_not_bytes() {
        assert_eq!(last_four("19900000001"), "0001");
        assert_eq!(last_four("欧阳建华"), "欧阳建华");
        assert_eq!(last_four("12"), "12");
    }
}
