//! Which schools and classes the sample district has, and how many children.

use crate::{Error, Result};
use domain::roster::{ClassName, Stage};

const SCHOOLS: &str = include_str!("../../../reference/schools-nanxun-sample.csv");

/// Fewest children: fewer do not make a class with a bit of everything.
pub(super) const FEWEST: u32 = 24;
/// Below this the district is one primary school.
const THREE_STAGES: u32 = 150;
/// A wish this near to the list's own size (in percent) takes the list as it is.
const NEAR_PERCENT: u32 = 2;

/// One school of the sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SchoolPlan {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub town: String,
    pub classes: Vec<ClassPlan>,
}

/// One class of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClassPlan {
    pub name: ClassName,
    pub children: u32,
    /// The number of its first child, from 1 in the whole district.
    pub first: i64,
    pub part: Part,
}

/// What a class is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// One among many.
    Crowd,
    /// The demo teacher's own.
    Lead,
    /// Where the younger child of the demo guardian goes.
    Sibling,
}

#[derive(Debug, Clone)]
struct Line {
    code: String,
    name: String,
    kind: String,
    town: String,
    grades: u32,
    per_grade: u32,
    per_class: u32,
}

impl Line {
    fn children(&self) -> u32 {
        self.grades * self.per_grade * self.per_class
    }
}

fn lines() -> Result<Vec<Line>> {
    let bad = |what: &str| Error::internal(format!("sample schools: {what}"));
    let mut lines = Vec::new();
    for record in csv::Reader::from_reader(SCHOOLS.as_bytes()).records() {
        let record = record.map_err(|e| bad(&e.to_string()))?;
        let text = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let number = |at: usize| text(at).parse::<u32>().map_err(|e| bad(&e.to_string()));
        lines.push(Line {
            code: text(0),
            name: text(1),
            kind: text(2),
            town: text(3),
            grades: number(4)?,
            per_grade: number(5)?,
            per_class: number(6)?,
        });
    }
    Ok(lines)
}

/// The district for about `wanted` children: the sample as it is where the size is near, else fewer schools (or
/// larger ones) with exactly so many.
pub(super) fn district(wanted: u32) -> Result<Vec<SchoolPlan>> {
    let mut lines = lines()?;
    let whole: u32 = lines.iter().map(Line::children).sum();
    let is_whole = wanted.abs_diff(whole) <= whole / 100 * NEAR_PERCENT;
    let wanted = if is_whole { whole } else { wanted.max(FEWEST) };
    if !is_whole {
        lines = chosen(&lines, wanted, whole);
    }
    let natural: u32 = lines.iter().map(Line::children).sum();
    let scaled = |sum: u32| -> u32 {
        let exact = u64::from(sum) * u64::from(wanted) / u64::from(natural.max(1));
        u32::try_from(exact).unwrap_or(u32::MAX)
    };
    let (mut sum, mut first) = (0, 1);
    let mut schools = Vec::with_capacity(lines.len());
    for line in lines {
        let before = scaled(sum);
        sum += line.children();
        let classes = classes(&line, scaled(sum) - before, &mut first);
        schools.push(SchoolPlan {
            code: line.code,
            name: line.name,
            kind: line.kind,
            town: line.town,
            classes,
        });
    }
    cast(&mut schools);
    Ok(schools)
}

/// The schools of a smaller district: one of each of the first three kinds, then as the list goes.
fn chosen(lines: &[Line], wanted: u32, whole: u32) -> Vec<Line> {
    let kinds: &[&str] = if wanted < THREE_STAGES {
        &["primary"]
    } else {
        &["primary", "kindergarten", "junior"]
    };
    let all = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    let share = u64::from(wanted) * all / u64::from(whole.max(1));
    let count = usize::try_from(share.min(all))
        .unwrap_or_default()
        .max(kinds.len());
    let mut keep: Vec<usize> = kinds
        .iter()
        .filter_map(|kind| lines.iter().position(|line| line.kind == *kind))
        .collect();
    let rest: Vec<usize> = (0..lines.len()).filter(|i| !keep.contains(i)).collect();
    keep.extend(rest.into_iter().take(count - kinds.len()));
    keep.sort_unstable();
    keep.into_iter()
        .filter_map(|i| lines.get(i).cloned())
        .collect()
}

fn classes(line: &Line, children: u32, first: &mut i64) -> Vec<ClassPlan> {
    let (stage, lowest) = match line.kind.as_str() {
        "kindergarten" => (Stage::Kindergarten, 1),
        "junior" => (Stage::Junior, 1),
        "senior" | "vocational" => (Stage::Senior, 1),
        _ => (Stage::Primary, 1),
    };
    let count = children.div_ceil(line.per_class.max(1)).max(1);
    let mut classes: Vec<ClassPlan> = (0..count)
        .map(|i| {
            let size = (i + 1) * children / count - i * children / count;
            ClassPlan {
                name: ClassName {
                    stage,
                    grade: u8::try_from(lowest + i % line.grades).unwrap_or(1),
                    number: u16::try_from(i / line.grades + 1).unwrap_or(1),
                },
                children: size,
                first: 0,
                part: Part::Crowd,
            }
        })
        .collect();
    classes.sort_by_key(|class| class.name);
    for class in &mut classes {
        class.first = *first;
        *first += i64::from(class.children);
    }
    classes
}

/// Chooses the demo teacher's class, 三(2)班 of the first primary school where there is one, and the sibling's.
fn cast(schools: &mut [SchoolPlan]) {
    let Some(school) = schools.iter_mut().find(|s| s.kind == "primary") else {
        return;
    };
    let wanted = |class: &ClassPlan| class.name.grade == 3 && class.name.number == 2;
    let third = |class: &ClassPlan| class.name.grade == 3;
    let lead = school
        .classes
        .iter()
        .position(wanted)
        .or_else(|| school.classes.iter().position(third))
        .unwrap_or_default();
    if let Some(class) = school.classes.get_mut(lead) {
        class.part = Part::Lead;
    }
    if let Some(class) = school.classes.iter_mut().find(|c| c.part == Part::Crowd) {
        class.part = Part::Sibling;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn children(schools: &[SchoolPlan]) -> u32 {
        let classes = schools.iter().flat_map(|s| &s.classes);
        classes.map(|c| c.children).sum()
    }

    #[test]
    fn the_whole_district_is_the_list() {
        let schools = district(33_000).unwrap();
        assert_eq!((schools.len(), children(&schools)), (44, 33_420));
        let primary = schools.iter().find(|s| s.kind == "primary").unwrap();
        assert_eq!(primary.classes.len(), 24);
        assert!(primary.classes.iter().all(|c| c.children == 44));
    }

    #[test]
    fn any_size_has_exactly_so_many_children_and_one_lead_class() {
        for wanted in [24, 100, 150, 300, 1_000, 5_000, 60_000] {
            let schools = district(wanted).unwrap();
            assert_eq!(children(&schools), wanted, "{wanted}");
            let classes = || schools.iter().flat_map(|s| &s.classes);
            let lead: Vec<_> = classes().filter(|c| c.part == Part::Lead).collect();
            assert_eq!(lead.len(), 1);
            assert!(lead[0].children >= 16, "{wanted}: {}", lead[0].children);
            assert!(classes().all(|c| c.children > 0 && c.children <= 50));
            if wanted >= 150 {
                for kind in ["primary", "kindergarten", "junior"] {
                    assert!(schools.iter().any(|s| s.kind == kind), "{wanted} {kind}");
                }
            }
        }
    }
}
