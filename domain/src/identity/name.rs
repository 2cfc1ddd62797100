//! Names: written evenly, and masked for places where others look on.

use super::text::clean;

/// Longest masked name, in bytes of UTF-8: what a pass has room for.
pub const MASKED_NAME_MAX: usize = 12;

/// Surnames of two characters that are still usual.
const COMPOUND_SURNAMES: [&str; 32] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙",
    "司徒", "司空", "夏侯", "南宫", "闻人", "独孤", "轩辕", "端木", "百里", "呼延", "东郭", "西门",
    "申屠", "公冶", "钟离", "太史", "澹台", "赫连", "拓跋", "第五",
];

/// A name without the spaces that line up columns (`沈　雯`), with one kind of middle dot, and with
/// single spaces between Latin words.
pub fn tidy_name(text: &str) -> String {
    let words: Vec<String> = clean(text)
        .split_whitespace()
        .map(ToOwned::to_owned)
        .collect();
    let joint = if words.iter().flat_map(|word| word.chars()).any(is_han) {
        ""
    } else {
        " "
    };
    let name = words.join(joint);
    if name.chars().any(is_han) {
        name.replace(['•', '・', '‧', '∙', '.'], "·")
    } else {
        name
    }
}

/// The name as outsiders may see it: 胡亦辰 → 胡\*辰, 沈雯 → 沈\*, 欧阳建 → 欧阳\*, Anna Smith → A\*\*\*.
///
/// At most [`MASKED_NAME_MAX`] bytes; the length of the given name is hidden too. An empty name stays empty.
pub fn mask_name(name: &str) -> String {
    let name = tidy_name(name);
    let characters: Vec<char> = name.chars().collect();
    let masked = match characters.as_slice() {
        [] => String::new(),
        [first, ..] if !is_han(*first) => {
            let first: String = first.to_uppercase().collect();
            first + "***"
        }
        [_] => "*".to_owned(),
        all => {
            let compound = all.len() > 2
                && COMPOUND_SURNAMES
                    .iter()
                    .any(|surname| name.starts_with(surname));
            let (surname, given) = all.split_at(if compound { 2 } else { 1 });
            let last = given.last().filter(|_| given.len() > 1);
            surname.iter().chain([&'*']).chain(last).collect()
        }
    };
    cut(masked)
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MASKED_NAME_MAX));
    text
}

/// Chinese characters, and those of the private area in which GB 18030 keeps rare ones of names.
fn is_han(c: char) -> bool {
    matches!(c, '〇' | '\u{3400}'..='\u{9FFF}' | '\u{E000}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_masked_name_keeps_the_surname_and_the_last_character() {
        for (name, masked) in [
            ("胡亦辰", "胡*辰"),
            ("沈雯", "沈*"),
            ("沈　雯", "沈*"),
            ("欧阳建", "欧阳*"),
            ("欧阳建嘉", "欧阳*嘉"),
            ("东方", "东*"),
            ("迪丽热巴", "迪*巴"),
            ("买买提·吐尔逊", "买*逊"),
            ("沈", "*"),
            ("Anna Smith", "A***"),
            ("émile", "É***"),
            ("", ""),
        ] {
            assert_eq!(mask_name(name), masked);
        }
    }

    #[test]
    fn names_are_written_evenly() {
        for (typed, name) in [
            (" 沈　雯 ", "沈雯"),
            ("买买提.吐尔逊", "买买提·吐尔逊"),
            ("买买提•吐尔逊", "买买提·吐尔逊"),
            ("Anna   J.  Smith", "Anna J. Smith"),
        ] {
            assert_eq!(tidy_name(typed), name);
        }
    }

    proptest! {
        #[test]
        fn a_masked_name_fits_a_pass_and_hides_something(name in "\\PC{0,12}") {
            let masked = mask_name(&name);
            prop_assert!(masked.len() <= MASKED_NAME_MAX);
            prop_assert!(masked.is_empty() || masked.contains('*'));
        }

        #[test]
        fn characters_of_four_bytes_are_never_split(name in "[\u{20000}-\u{2A6DF}]{1,6}") {
            let masked = mask_name(&name);
            prop_assert!(masked.len() <= MASKED_NAME_MAX);
            prop_assert!(masked.contains('*'));
        }
    }
}
