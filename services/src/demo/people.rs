//! Invented children and their guardians.

use super::plan::{ClassPlan, Part, SchoolPlan};
use super::random::Random;
use domain::Day;
use domain::identity::{NationalId, Phone};
use domain::ids::{AccountId, PersonId};
use domain::roster::{ClassName, GuardianEntry, RosterRow, Sex, Stage};

const SURNAMES: [&str; 48] = [
    "沈", "王", "李", "张", "陈", "吴", "朱", "姚", "陆", "周", "徐", "钱", "潘", "杨", "金", "俞",
    "蒋", "费", "章", "许", "胡", "凌", "施", "冯", "丁", "叶", "汤", "邱", "顾", "严", "范", "黄",
    "林", "郑", "谢", "宋", "唐", "董", "曹", "方", "何", "郭", "戴", "夏", "钟", "汪", "欧阳",
    "上官",
];
const FIRST: [&str; 30] = [
    "雨", "思", "子", "梓", "一", "若", "嘉", "安", "书", "亦", "以", "可", "知", "沐", "佳", "欣",
    "晨", "浩", "宇", "诗", "梦", "俊", "明", "文", "心", "语", "奕", "景", "承", "悦",
];
const LAST: [&str; 32] = [
    "桐", "远", "欣", "墨", "然", "树", "辰", "言", "鸣", "宁", "晨", "怡", "溪", "涵", "轩", "彤",
    "航", "萱", "琪", "瑶", "泽", "凡", "乐", "睿", "妍", "阳", "博", "雯", "哲", "颖", "霖", "希",
];
const GROWN_UP: [&str; 20] = [
    "建国", "丽华", "敏", "伟", "芳", "志强", "秀英", "军", "燕", "海峰", "静", "晓东", "玲",
    "国平", "红", "勇", "琴", "永明", "洁", "斌",
];

/// The children of the demo teacher's class by seat, whom the README's pictures show.
pub(super) const LEAD_NAMES: [&str; 14] = [
    "曹雨桐",
    "陈思远",
    "丁可欣",
    "方子墨",
    "顾安然",
    "何嘉树",
    "胡亦辰",
    "江沐言",
    "蒋一鸣",
    "金书宁",
    "李沐晨",
    "林佳怡",
    "潘若溪",
    "宋知远",
];

/// Seats in the demo teacher's class of those with a part in the story.
pub(super) mod seat {
    /// 丁可欣: a slight fever this morning.
    pub const FEVER: u32 = 3;
    /// 顾安然: no guardian has an account; not reported.
    pub const NO_GUARDIAN: u32 = 5;
    /// 何嘉树: cough and fever yesterday.
    pub const SEVERE: u32 = 6;
    /// 胡亦辰: on the health authority's list.
    pub const CLOSE_CONTACT: u32 = 7;
    /// 江沐言: the first child of the demo guardian; well, not reported yet.
    pub const OWN: u32 = 8;
    /// 金书宁: a typing error waits for the teacher.
    pub const PENDING: u32 = 10;
    /// 李沐晨: a guardian refused consent.
    pub const REFUSED: u32 = 11;
    /// 林佳怡: a new guardian waits for the teacher.
    pub const CLAIMED: u32 = 12;
    /// 潘若溪: a family without a telephone for it; on paper, not yet today.
    pub const ON_PAPER: u32 = 13;
    /// 宋知远: back from a medium-risk area.
    pub const TRAVELLED: u32 = 14;
}

/// The younger child of the demo guardian.
const SIBLING_NAME: &str = "江沐阳";
/// The seat of the younger child in its class.
pub(super) const SIBLING_SEAT: u32 = 1;

/// A child of the sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Child {
    pub person: PersonId,
    pub seat: u32,
    pub profile: RosterRow,
    pub family: Family,
}

/// How a family deals with the programme. Depends on seed and number alone, so that it is known again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Family {
    /// The account of the first guardian; `None` where nobody has one.
    pub guardian: Option<AccountId>,
    /// The mother's, not the father's.
    pub is_mother: bool,
    /// Consent to online answers was refused.
    pub refuses: bool,
}

/// Accounts of guardians are numbered by their child from here on; people have smaller numbers.
const GUARDIANS_FROM: i64 = 10_000_000;
/// Students of the sample have numbers up to here; others were imported while the demo ran.
pub(super) const PEOPLE_TO: i64 = GUARDIANS_FROM - 1;

/// The account of a child's first guardian.
pub(super) fn guardian_of(person: PersonId) -> AccountId {
    AccountId(GUARDIANS_FROM + person.0)
}

impl Family {
    pub fn of(seed: u64, part: Part, person: PersonId, place: u32) -> Self {
        let mut random = Random::new(seed, "family", person.0);
        let is_lead = part == Part::Lead;
        let refuses = if is_lead {
            place == seat::REFUSED
        } else {
            random.chance(40)
        };
        let offline = if is_lead {
            matches!(place, seat::NO_GUARDIAN | seat::ON_PAPER)
        } else {
            random.chance(350)
        };
        let is_sibling = part == Part::Sibling && place == SIBLING_SEAT;
        Self {
            guardian: (!offline || refuses || is_sibling).then(|| guardian_of(person)),
            is_mother: is_sibling || (is_lead && place == seat::OWN) || random.chance(6_500),
            refuses: refuses && !is_sibling,
        }
    }
}

/// The children of a class in the school year that `today` lies in.
pub(super) fn children(
    seed: u64,
    school: &SchoolPlan,
    class: &ClassPlan,
    today: Day,
) -> Vec<Child> {
    (1..=class.children)
        .map(|place| {
            let person = PersonId(class.first + i64::from(place) - 1);
            Child {
                person,
                seat: place,
                profile: profile(seed, school, class, person, place, today),
                family: Family::of(seed, class.part, person, place),
            }
        })
        .collect()
}

fn profile(
    seed: u64,
    school: &SchoolPlan,
    class: &ClassPlan,
    person: PersonId,
    place: u32,
    today: Day,
) -> RosterRow {
    let mut random = Random::new(seed, "person", person.0);
    let sex = if random.chance(5_200) {
        Sex::Male
    } else {
        Sex::Female
    };
    let name = child_name(&mut random, class.part, place);
    let birth_date = birth_date(&mut random, class.name, today);
    RosterRow {
        student_no: Some(format!("{}{:05}", school.code, person.0)),
        sex: Some(sex),
        birth_date: Some(birth_date),
        national_id: national_id(person, birth_date, sex),
        class: class.name,
        boarding: Some(class.name.stage == Stage::Senior && random.chance(6_000)),
        class_teacher: teacher_name(seed, class),
        class_teacher_phone: phone(90_000_000 + class.first),
        guardians: guardians(&mut random, &name, person, class.part, place),
        seat: place.to_string(),
        remark: String::new(),
        name,
    }
}

fn child_name(random: &mut Random, part: Part, place: u32) -> String {
    let cast = match part {
        Part::Lead => usize::try_from(place)
            .ok()
            .and_then(|place| LEAD_NAMES.get(place.checked_sub(1)?)),
        Part::Sibling if place == SIBLING_SEAT => Some(&SIBLING_NAME),
        Part::Sibling | Part::Crowd => None,
    };
    if let Some(name) = cast {
        return (*name).to_owned();
    }
    let surname = random.pick(&SURNAMES).copied().unwrap_or_default();
    let last = random.pick(&LAST).copied().unwrap_or_default();
    let first = if random.chance(8_500) {
        random.pick(&FIRST).copied().unwrap_or_default()
    } else {
        ""
    };
    format!("{surname}{first}{last}")
}

fn teacher_name(seed: u64, class: &ClassPlan) -> String {
    if class.part == Part::Lead {
        return super::accounts::TEACHER_NAME.to_owned();
    }
    grown_up(&mut Random::new(seed, "teacher", class.first), None)
}

fn grown_up(random: &mut Random, surname: Option<&str>) -> String {
    let surname = surname.unwrap_or_else(|| random.pick(&SURNAMES).copied().unwrap_or_default());
    let given = random.pick(&GROWN_UP).copied().unwrap_or_default();
    format!("{surname}{given}")
}

fn surname_of(name: &str) -> &str {
    SURNAMES
        .iter()
        .find(|surname| surname.chars().count() == 2 && name.starts_with(**surname))
        .copied()
        .or_else(|| {
            let end = name.chars().next()?.len_utf8();
            name.get(..end)
        })
        .unwrap_or_default()
}

fn guardians(
    random: &mut Random,
    child: &str,
    person: PersonId,
    part: Part,
    place: u32,
) -> Vec<GuardianEntry> {
    // Both children of the demo guardian have her telephone.
    let is_hers = (part == Part::Lead && place == seat::OWN)
        || (part == Part::Sibling && place == SIBLING_SEAT);
    let mother = GuardianEntry {
        name: if is_hers {
            super::accounts::GUARDIAN_NAME.to_owned()
        } else {
            grown_up(random, None)
        },
        relation: "母亲".into(),
        phone: if is_hers {
            phone(80_000_001)
        } else {
            phone(person.0 * 2)
        },
    };
    let father = GuardianEntry {
        name: grown_up(random, Some(surname_of(child))),
        relation: "父亲".into(),
        phone: phone(person.0 * 2 + 1),
    };
    vec![mother, father]
}

/// A number of the range 199, which the sample keeps to.
pub(super) fn phone(number: i64) -> Option<Phone> {
    Phone::parse(&format!("199{number:08}")).ok()
}

/// Within the year that starts school in this grade: born from September to August.
fn birth_date(random: &mut Random, class: ClassName, today: Day) -> Day {
    let entry_age = match class.stage {
        Stage::Kindergarten => 3,
        Stage::Primary => 6,
        Stage::Junior => 12,
        Stage::Senior => 15,
        Stage::Higher => 18,
    };
    let (year, month, _) = today.ymd();
    let school_year = if month >= 8 { year } else { year - 1 };
    let born = school_year - entry_age - i32::from(class.grade) + 1;
    let first = Day::from_ymd(born - 1, 9, 1).unwrap_or(today);
    first.plus(i32::try_from(random.below(365)).unwrap_or_default())
}

/// A valid number whose region digits, 99, belong to no region.
fn national_id(person: PersonId, born: Day, sex: Sex) -> Option<NationalId> {
    let (year, month, day) = born.ymd();
    let order = person.0 % 400 * 2 + i64::from(sex == Sex::Male);
    let region = person.0 / 400 % 10_000;
    let digits = format!("99{region:04}{year:04}{month:02}{day:02}{order:03}");
    "0123456789X"
        .chars()
        .find_map(|check| NationalId::parse(&format!("{digits}{check}")).ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn everybody_is_invented_valid_and_one_of_a_kind() {
        let today = Day::from_ymd(2020, 9, 17).unwrap();
        let mut ids = HashSet::new();
        let mut numbers = HashSet::new();
        for school in super::super::plan::district(1_500).unwrap() {
            for class in &school.classes {
                for child in children(1, &school, class, today) {
                    let profile = child.profile;
                    let id = profile.national_id.clone().unwrap();
                    assert!(id.as_str().starts_with("99"));
                    assert_eq!(Some(id.birth_date()), profile.birth_date);
                    assert!(ids.insert(id));
                    assert!(numbers.insert(profile.student_no.clone().unwrap()));
                    assert!(profile.can_be_invited());
                    assert!(profile.name.chars().count() >= 2);
                    for guardian in &profile.guardians {
                        assert!(guardian.phone.as_ref().unwrap().as_str().starts_with("199"));
                    }
                }
            }
        }
        assert_eq!(ids.len(), 1_500);
    }

    #[test]
    fn a_child_of_the_third_grade_is_eight() {
        let class = ClassName {
            stage: Stage::Primary,
            grade: 3,
            number: 2,
        };
        let today = Day::from_ymd(2020, 9, 17).unwrap();
        for subject in 0..50 {
            let born = birth_date(&mut Random::new(1, "person", subject), class, today);
            assert!(born >= Day::from_ymd(2011, 9, 1).unwrap());
            assert!(born <= Day::from_ymd(2012, 8, 31).unwrap());
        }
    }
}
