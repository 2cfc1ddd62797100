use super::csv;
use domain::ids::PersonId;
use domain::roster::{Checked, Column, ExistingPerson, FaultReason, Plan, plan};
use proptest::prelude::*;
use std::collections::BTreeSet;

const HEADERS: &str = "学号,姓名,身份证号,班级,家长1姓名,家长1手机,家长2姓名,家长2手机";
const GUO: &str = "1,郭慧宇,990119201304238444,一(1)班,王桐婉,19900000001,胡宸佑,19900000002";
const HUANG: &str = "2,黄怡,990119201211278316,一(1)班,杨懿,19900000003,,";
const LIU: &str = "3,刘若然,990113201302063021,一(2)班,钱然,19900000005,,";

/// The school after an import: what a service does with a plan, without removing anybody.
fn imported(school: &[ExistingPerson], file: &Checked) -> Vec<ExistingPerson> {
    let plan = plan(school, file);
    let mut school = school.to_vec();
    for update in plan.changed.iter().chain(&plan.returned) {
        let held = school
            .iter_mut()
            .find(|held| held.person == update.person)
            .unwrap();
        held.row = update.data.clone();
        held.active = true;
    }
    for (_, row) in plan.new {
        let person = PersonId(i64::try_from(school.len()).unwrap() + 1);
        school.push(ExistingPerson {
            person,
            row,
            active: true,
        });
    }
    school
}

fn school(rows: &[&str]) -> Vec<ExistingPerson> {
    imported(&[], &csv(HEADERS, rows))
}

fn reasons(plan: &Plan) -> Vec<(u32, FaultReason)> {
    plan.faults
        .iter()
        .map(|fault| (fault.row, fault.reason))
        .collect()
}

#[test]
fn everybody_is_new_to_an_empty_school_and_unchanged_the_second_time() {
    let file = csv(HEADERS, &[GUO, HUANG, LIU]);
    assert_eq!(plan(&[], &file).new.len(), 3);
    let again = plan(&imported(&[], &file), &file);
    assert_eq!(again.unchanged.len(), 3);
    assert_eq!(
        again,
        Plan {
            unchanged: again.unchanged.clone(),
            ..Plan::default()
        }
    );
}

#[test]
fn a_change_names_what_was_and_what_comes() {
    let plan = plan(
        &school(&[GUO]),
        &csv(HEADERS, &[&GUO.replace("一(1)班", "二(1)班")]),
    );
    let [update] = plan.changed.as_slice() else {
        panic!("{plan:?}")
    };
    let [change] = update.changes.as_slice() else {
        panic!("{update:?}")
    };
    assert_eq!(
        (change.column, change.old.as_str(), change.new.as_str()),
        (Column::Class, "一(1)班", "二(1)班")
    );
    assert_eq!(update.row, 3);
}

#[test]
fn a_new_student_number_is_matched_by_the_identity_number() {
    let plan = plan(
        &school(&[GUO]),
        &csv(HEADERS, &[&GUO.replacen('1', "2020001", 1)]),
    );
    assert_eq!(plan.changed[0].changes[0].column, Column::StudentNo);
    assert_eq!(plan.absent, []);
}

#[test]
fn who_is_missing_from_a_class_of_the_file_is_absent_and_other_classes_are_left_alone() {
    let plan = plan(&school(&[GUO, HUANG, LIU]), &csv(HEADERS, &[GUO]));
    assert_eq!(plan.absent, [PersonId(2)]);
}

#[test]
fn a_faulty_row_makes_nobody_absent() {
    let school = school(&[GUO, HUANG, LIU]);
    for faulty in [
        HUANG.replace("19900000003", "1"),
        HUANG.replace("8316", "8317"),
        HUANG.replacen('2', "", 1).replace("8316", "8317"),
        format!("{HUANG}\n"),
    ] {
        let faulty = faulty.trim();
        let rows: &[&str] = if faulty == HUANG {
            &[GUO, faulty, faulty]
        } else {
            &[GUO, faulty]
        };
        let plan = plan(&school, &csv(HEADERS, rows));
        assert!(!plan.faults.is_empty(), "{faulty}");
        assert_eq!(plan.absent, [], "{faulty}");
        assert_eq!(plan.unchanged.len(), 1, "{faulty}");
    }
}

#[test]
fn who_left_and_is_back_is_told_apart() {
    let mut school = school(&[GUO]);
    school[0].active = false;
    let plan = plan(&school, &csv(HEADERS, &[GUO]));
    assert_eq!(plan.returned.len(), 1);
    assert_eq!(plan.returned[0].changes, []);
    assert_eq!((plan.new.len(), plan.unchanged.len()), (0, 0));
}

#[test]
fn a_row_that_fits_two_people_is_a_fault() {
    let mixed = GUO.replacen('1', "2", 1);
    let plan = plan(&school(&[GUO, HUANG]), &csv(HEADERS, &[&mixed]));
    assert_eq!(reasons(&plan), [(3, FaultReason::MatchesTwoPeople)]);
    assert_eq!(plan.absent, []);
}

#[test]
fn a_student_number_given_to_another_child_is_a_fault() {
    let taken = LIU.replacen('3', "1", 1);
    let plan = plan(&school(&[GUO]), &csv(HEADERS, &[&taken]));
    assert_eq!(reasons(&plan), [(3, FaultReason::StudentNoTaken)]);
}

#[test]
fn two_rows_for_one_person_of_the_school_are_faults() {
    let by_number = "1,郭慧宇,,一(1)班,,,,";
    let by_id = ",郭慧宇,990119201304238444,一(1)班,,,,";
    let plan = plan(&school(&[GUO]), &csv(HEADERS, &[by_number, by_id]));
    assert_eq!(
        reasons(&plan),
        [
            (3, FaultReason::SamePersonTwice),
            (4, FaultReason::SamePersonTwice)
        ]
    );
}

#[test]
fn columns_that_a_file_does_not_have_stay_as_they_are() {
    let before = school(&[GUO]);
    let short = csv("学号,姓名,班级", &["1,郭慧宇,一(1)班"]);
    assert_eq!(plan(&before, &short).unchanged.len(), 1);
    let phone = csv("学号,姓名,班级,家长手机", &["1,郭慧宇,一(1)班,19900000009"]);
    let after = imported(&before, &phone);
    assert_eq!(after[0].row.guardians[0].name, "王桐婉");
    assert_eq!(
        after[0].row.guardians[0].phone.as_ref().unwrap().as_str(),
        "19900000009"
    );
    assert_eq!(after[0].row.guardians[1], before[0].row.guardians[1]);
}

#[test]
fn an_identity_number_is_not_cleared_by_silence_but_a_guardian_is() {
    let before = school(&[GUO]);
    let after = imported(
        &before,
        &csv(HEADERS, &["1,郭慧宇,,一(1)班,王桐婉,19900000001,,"]),
    );
    assert_eq!(after[0].row.national_id, before[0].row.national_id);
    assert_eq!(after[0].row.guardians.len(), 1);
}

/// A file of a few children with some of the columns, to meet all kinds of half-known guardians.
fn some_file() -> impl Strategy<Value = Checked> {
    const OPTIONAL: [&str; 7] = [
        "家长1姓名",
        "家长1关系",
        "家长1手机",
        "家长2姓名",
        "家长2关系",
        "家长2手机",
        "备注",
    ];
    let cell = prop::sample::select(vec!["", "a", "b"]);
    let child = (
        1u8..6,
        "[甲乙]",
        1u8..3,
        prop::collection::vec(cell, OPTIONAL.len()),
    );
    (
        prop::collection::vec(any::<bool>(), OPTIONAL.len()),
        prop::collection::vec(child, 0..6),
    )
        .prop_map(|(kept, children)| {
            let mut headers = vec!["学号", "姓名", "班级"];
            headers.extend(
                OPTIONAL
                    .iter()
                    .zip(&kept)
                    .filter(|(_, kept)| **kept)
                    .map(|(header, _)| *header),
            );
            let rows: Vec<String> = children
                .iter()
                .map(|(number, name, class, cells)| {
                    let mut row = vec![number.to_string(), name.clone(), format!("一({class})班")];
                    row.extend(
                        OPTIONAL
                            .iter()
                            .zip(cells)
                            .zip(&kept)
                            .filter(|(_, kept)| **kept)
                            .map(|((header, cell), _)| {
                                let phone = header.ends_with("手机") && !cell.is_empty();
                                if phone {
                                    format!("1990000000{}", u8::from(*cell == "a"))
                                } else {
                                    (*cell).to_owned()
                                }
                            }),
                    );
                    row.join(",")
                })
                .collect();
            csv(
                &headers.join(","),
                &rows.iter().map(String::as_str).collect::<Vec<_>>(),
            )
        })
}

proptest! {
    #[test]
    fn importing_a_file_again_changes_nothing(before in some_file(), file in some_file()) {
        let school = imported(&imported(&[], &before), &file);
        let again = plan(&school, &file);
        prop_assert_eq!(&again.changed, &vec![]);
        prop_assert_eq!(&again.new, &vec![]);
        prop_assert_eq!(&again.returned, &vec![]);
        let faulty: BTreeSet<u32> = again.faults.iter().map(|fault| fault.row).collect();
        prop_assert_eq!(again.unchanged.len() + faulty.len(), file.rows.len() + file.set_aside.len());
    }

    #[test]
    fn each_good_row_has_exactly_one_outcome(before in some_file(), file in some_file()) {
        let plan = plan(&imported(&[], &before), &file);
        let mut rows: Vec<u32> = plan.new.iter().map(|(row, _)| *row)
            .chain(plan.unchanged.iter().map(|(row, _)| *row))
            .chain(plan.changed.iter().chain(&plan.returned).map(|update| update.row))
            .chain(plan.faults.iter().filter(|fault| fault.reason == FaultReason::StudentNoTaken).map(|fault| fault.row))
            .collect();
        rows.sort_unstable();
        prop_assert_eq!(rows, file.rows.iter().map(|(row, _)| *row).collect::<Vec<_>>());
    }
}
