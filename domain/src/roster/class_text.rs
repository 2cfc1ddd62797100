//! Reading grades and classes, however a school writes them.

use super::class::{ClassName, KINDERGARTEN, NUMERALS, Stage};
use crate::Day;
use crate::identity::clean;

/// Why grade and class cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassProblem {
    /// The grade is in neither cell.
    GradeMissing,
    /// The grade's cell is not a grade.
    Grade,
    /// The class's cell is empty.
    ClassMissing,
    /// The class's cell is not a class.
    Class,
    /// Both cells name a grade, and not the same one.
    Differ,
}

const STAGES: [(&str, Stage); 12] = [
    ("小学", Stage::Primary),
    ("初中", Stage::Junior),
    ("初", Stage::Junior),
    ("普高", Stage::Senior),
    ("职高", Stage::Senior),
    ("高中", Stage::Senior),
    ("中职", Stage::Senior),
    ("中专", Stage::Senior),
    ("高", Stage::Senior),
    ("职", Stage::Senior),
    ("大学", Stage::Higher),
    ("大", Stage::Higher),
];

/// Years of entry that a grade such as 初2019级 may name.
const COHORTS: std::ops::RangeInclusive<i32> = 1990..=2099;
/// The month in which a new school year's rosters begin.
const SCHOOL_YEAR_MONTH: u32 = 8;

/// Reads a grade: 一年级, 1年级, 三, 七年级, 初一, 初中二年级, 高一, 大班, 大一, Grade 3, and 初2019级 by the
/// school year of `today`. A bare 2019级 does not say which stage, and is refused.
pub fn read_grade(text: &str, today: Day) -> Option<(Stage, u8)> {
    let text = compact(text);
    let text = text.strip_prefix("幼儿园").unwrap_or(&text);
    let bare = text.strip_suffix("班").unwrap_or(text);
    if let Some((_, grade)) = KINDERGARTEN.iter().find(|(word, _)| *word == bare) {
        return Some((Stage::Kindergarten, *grade));
    }
    let text = ["grade", "g"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    let stem = ["年级", "年段", "级"]
        .iter()
        .find_map(|word| text.strip_suffix(word))
        .unwrap_or(text);
    if let Some((rest, stage)) = STAGES
        .iter()
        .find_map(|(word, stage)| Some((stem.strip_prefix(word)?, *stage)))
    {
        let number = read_number(rest)?;
        let grade = if COHORTS.contains(&i32::from(number)) {
            let (year, month, _) = today.ymd();
            let school_year = if month >= SCHOOL_YEAR_MONTH {
                year
            } else {
                year - 1
            };
            u16::try_from(school_year - i32::from(number) + 1).ok()?
        } else {
            number
        };
        return stage
            .grades()
            .contains(&grade)
            .then(|| u8::try_from(grade).ok().map(|grade| (stage, grade)))?;
    }
    absolute(read_number(stem)?)
}

/// Reads a class from the cells of grade and class. The class may be `1班`, `（1）班`, `(1)班`, `一班`, `01`,
/// or name its grade too: `初一(1)班`, `三年级2班`, `三2班`, `大二班`, `3-2`, `302班`.
///
/// # Errors
/// What of the two cells cannot be read, or that they name different grades.
pub fn read_class(grade: &str, class: &str, today: Day) -> Result<ClassName, ClassProblem> {
    let grade = compact(grade);
    let known = if grade.is_empty() {
        None
    } else {
        Some(read_grade(&grade, today).ok_or(ClassProblem::Grade)?)
    };
    let class = compact(class);
    if class.is_empty() {
        return Err(ClassProblem::ClassMissing);
    }
    let stem = class.strip_suffix("班").unwrap_or(&class);
    let bare = stem.strip_prefix('第').unwrap_or(stem);
    let (named, number) = match read_number(unbracketed(bare)) {
        Some(number) => split_long_number(number, known).ok_or(ClassProblem::Differ)?,
        None => split(stem)
            .find_map(|(grade, number)| {
                Some((
                    Some(read_grade(grade, today)?),
                    read_number(unbracketed(number))?,
                ))
            })
            .ok_or(ClassProblem::Class)?,
    };
    if number == 0 {
        return Err(ClassProblem::Class);
    }
    let (stage, grade) = match (known, named) {
        (Some(known), Some(named)) if known != named => return Err(ClassProblem::Differ),
        (known, named) => known.or(named).ok_or(ClassProblem::GradeMissing)?,
    };
    Ok(ClassName {
        stage,
        grade,
        number,
    })
}

/// `302` is class 2 of grade 3: where the grade is known it must be that one, counted from primary
/// school (`701`) or within the stage (`101` in 初一). Numbers with another first part (`1901`) stay.
/// `None` where the grade is another one.
fn split_long_number(
    number: u16,
    known: Option<(Stage, u8)>,
) -> Option<(Option<(Stage, u8)>, u16)> {
    let (grade, class) = (number / 100, number % 100);
    let Some(named) = absolute(grade).filter(|_| class > 0) else {
        return Some((None, number));
    };
    match known {
        None => Some((Some(named), class)),
        Some(known) if known == named || u16::from(known.1) == grade => Some((None, class)),
        Some(_) => None,
    }
}

/// The ways to cut a class that names its grade into grade and number.
fn split(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let before = |at: Option<usize>| at.and_then(|at| text.split_at_checked(at));
    let after = |word: &str| {
        text.rfind(word)
            .and_then(|at| text.split_at_checked(at + word.len()))
    };
    let digits = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let bracket = text
        .ends_with(')')
        .then(|| before(text.rfind('(')))
        .flatten();
    let dash = text.rsplit_once(['-', '.', '_', '—']);
    let first = text.chars().next().map(char::len_utf8);
    [
        bracket,
        dash,
        after("年级"),
        after("年段"),
        after("级"),
        after("班"),
        before(Some(digits.len()))
            .filter(|(grade, number)| !grade.is_empty() && !number.is_empty()),
        // 大二班 is the second class of 大班; a university's class says 大二(1)班.
        before(first).filter(|(grade, _)| matches!(*grade, "托" | "小" | "中" | "大")),
        text.strip_prefix("学前").map(|number| ("学前", number)),
    ]
    .into_iter()
    .flatten()
}

fn unbracketed(text: &str) -> &str {
    text.strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(text)
}

/// Grades counted from primary school on: 7 is 初一, 10 is 高一.
fn absolute(grade: u16) -> Option<(Stage, u8)> {
    let grade = u8::try_from(grade).ok()?;
    match grade {
        1..=6 => Some((Stage::Primary, grade)),
        7..=9 => Some((Stage::Junior, grade - 6)),
        10..=12 => Some((Stage::Senior, grade - 9)),
        _ => None,
    }
}

fn compact(text: &str) -> String {
    clean(text)
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect()
}

/// A number in digits, or in Chinese numerals up to 九十九.
fn read_number(text: &str) -> Option<u16> {
    if !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let digit = |text: &str| {
        NUMERALS
            .iter()
            .position(|word| *word == text)
            .and_then(|n| u16::try_from(n).ok())
    };
    match text.split_once('十') {
        None => digit(text),
        Some((tens, units)) => {
            let tens = if tens.is_empty() {
                1
            } else {
                digit(tens).filter(|tens| (1..10).contains(tens))?
            };
            let units = if units.is_empty() {
                0
            } else {
                digit(units).filter(|units| (1..10).contains(units))?
            };
            Some(tens * 10 + units)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::Lang;

    fn today() -> Day {
        "2020-09-17".parse().unwrap()
    }

    #[test]
    fn grades_are_read_however_they_are_written() {
        use Stage::{Higher, Junior, Kindergarten, Primary, Senior};
        for (grade, texts) in [
            (
                (Primary, 1),
                "一年级 1年级 １年级 一 1 小学一年级 Grade1 小学2020级",
            ),
            ((Primary, 6), "六年级 6年级"),
            (
                (Junior, 1),
                "初一 初1 初一年级 七年级 7年级 初中一年级 初2020级 初中2020级",
            ),
            ((Junior, 3), "初三 九年级 9"),
            (
                (Senior, 1),
                "高一 高一年级 高中一年级 十年级 职高一 高2020级",
            ),
            ((Senior, 3), "高三 十二年级"),
            ((Kindergarten, 1), "小班 小 幼儿园小班"),
            ((Kindergarten, 3), "大班"),
            ((Kindergarten, 0), "托班"),
            ((Higher, 1), "大一 大学一年级 大学2020级"),
        ] {
            for text in texts.split(' ') {
                assert_eq!(read_grade(text, today()), Some(grade), "{text}");
            }
        }
        for text in [
            "",
            "年级",
            "十三年级",
            "0年级",
            "初五",
            "高四",
            "2019级",
            "全部",
            "初2010级",
            "高2021级",
        ] {
            assert_eq!(read_grade(text, today()), None, "{text}");
        }
    }

    #[test]
    fn a_year_of_entry_is_counted_by_school_years() {
        for (day, grade) in [
            ("2020-07-31", 1),
            ("2020-08-01", 2),
            ("2021-06-30", 2),
            ("2021-09-01", 3),
        ] {
            assert_eq!(
                read_grade("初2019级", day.parse().unwrap()),
                Some((Stage::Junior, grade)),
                "{day}"
            );
        }
    }

    #[test]
    fn classes_are_read_however_they_are_written() {
        for (grade, classes, label) in [
            (
                "三年级",
                "2班 （2）班 (2)班 二班 2 02 第2班 第二班 （２）班 三年级2班 三年级(2)班 三(2)班 三2班 3-2 302班 302 三年级二班",
                "三(2)班",
            ),
            ("三年级", "12班 十二班 （12）班 312班", "三(12)班"),
            ("四年级", "二十班 20", "四(20)班"),
            ("", "三年级2班 三(2)班 三（2）班 3-2 302班", "三(2)班"),
            (
                "初一",
                "6班 初一(6)班 初一6班 七(6)班 七年级6班 706班 706 106班 七年级（六）班",
                "初一(6)班",
            ),
            ("", "初一(6)班 七(6)班 706班 7-6", "初一(6)班"),
            ("大班", "2班 大2班 大(2)班 大二班 大班2班 二班", "大(2)班"),
            ("", "大二班 大(2)班 大班（2）班", "大(2)班"),
            ("高一", "3班 高一(3)班 高一3 1003", "高一(3)班"),
            ("高一", "1901班", "高一(1901)班"),
            ("大二", "大二(1)班 1班", "大二(1)班"),
            ("学前班", "1班 学前一班", "学前(1)班"),
        ] {
            for class in classes.split(' ') {
                assert_eq!(
                    read_class(grade, class, today())
                        .map(|class| class.label(Lang::Zh))
                        .as_deref(),
                    Ok(label),
                    "{grade} {class}"
                );
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_class_is_said() {
        for (grade, class, problem) in [
            ("", "2班", ClassProblem::GradeMissing),
            ("甲", "2班", ClassProblem::Grade),
            ("2019级", "2班", ClassProblem::Grade),
            ("三年级", "", ClassProblem::ClassMissing),
            ("三年级", "火箭班", ClassProblem::Class),
            ("三年级", "0班", ClassProblem::Class),
            ("三年级", "班", ClassProblem::Class),
            ("三年级", "四(2)班", ClassProblem::Differ),
            ("三年级", "402班", ClassProblem::Differ),
            ("小班", "大2班", ClassProblem::Differ),
        ] {
            assert_eq!(
                read_class(grade, class, today()),
                Err(problem),
                "{grade} {class}"
            );
        }
    }

    #[test]
    fn a_class_has_a_name_in_both_languages() {
        let class = |stage, grade, number| ClassName {
            stage,
            grade,
            number,
        };
        for (class, zh, en) in [
            (class(Stage::Primary, 3, 2), "三(2)班", "3-2"),
            (class(Stage::Junior, 1, 6), "初一(6)班", "7-6"),
            (class(Stage::Kindergarten, 3, 2), "大(2)班", "K3-2"),
            (class(Stage::Senior, 1, 3), "高一(3)班", "10-3"),
            (class(Stage::Higher, 2, 1), "大二(1)班", "U2-1"),
        ] {
            assert_eq!(
                (class.label(Lang::Zh), class.label(Lang::En)),
                (zh.to_owned(), en.to_owned())
            );
            assert_eq!(read_class("", zh, today()), Ok(class));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(grade in "\\PC{0,6}", class in "[0-9一二三十小中大初高年级班第()（）-]{0,8}") {
            let _ = read_class(&grade, &class, today());
        }
    }
}
