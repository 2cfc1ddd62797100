use super::{csv, file, row};
use domain::Lang;
use domain::roster::{Cell, Checked, FaultReason, Sex};

const HEADERS: &str = "学号,姓名,性别,出生日期,身份证号,年级,班级,是否住校,班主任,班主任手机,家长1姓名,家长1关系,家长1手机,家长2手机,备注";
const GOOD: &str = "201900001,郭慧宇,女,2013-04-23,990119201304238444,一年级,1班,否,潘曦,19900000000,王桐婉,父亲,19900000001,,";

/// The good row with some cells replaced, as the only row of a file.
fn with(cells: &[(usize, &str)]) -> Checked {
    let mut good = row(GOOD);
    for (at, text) in cells {
        good[*at] = Cell::Text((*text).to_owned());
    }
    file(HEADERS, &[good])
}

fn reasons(checked: &Checked) -> Vec<(&str, FaultReason)> {
    checked
        .faults
        .iter()
        .map(|fault| (fault.column.as_str(), fault.reason))
        .collect()
}

#[test]
fn a_good_row_is_read_whole() {
    let checked = csv(HEADERS, &[GOOD]);
    assert_eq!(checked.faults, []);
    let [(3, row)] = checked.rows.as_slice() else {
        panic!("{:?}", checked.rows)
    };
    assert_eq!(row.student_no.as_deref(), Some("201900001"));
    assert_eq!(row.sex, Some(Sex::Female));
    assert_eq!(row.birth_date.unwrap().to_string(), "2013-04-23");
    assert_eq!(row.class.label(Lang::Zh), "一(1)班");
    assert_eq!(row.boarding, Some(false));
    assert_eq!(row.guardians.len(), 1);
    assert_eq!(
        row.guardians[0].phone.as_ref().unwrap().as_str(),
        "19900000001"
    );
    assert!(row.can_be_invited());
}

#[test]
fn good_rows_are_never_rejected_for_how_they_are_typed() {
    for cells in [
        &[(0, "２０１９００００１")][..],
        &[(0, "G990119201304238444")],
        &[(0, "201900001.0")],
        &[(0, "")],
        &[(4, "")],
        &[(3, "")],
        &[(3, "2013年4月23日")],
        &[(3, "41387")],
        &[(4, "９９０１１９２０１３０４２３８４４４")],
        &[(4, "'990119201304238444")],
        &[(1, "郭　宇")],
        &[(1, "Anna Guo")],
        &[(2, "")],
        &[(2, "女生")],
        &[(6, "（1）班")],
        &[(6, "一班")],
        &[(5, ""), (6, "一(1)班")],
        &[(7, "走读")],
        &[(12, "+86 199-0000-0001")],
        &[(12, "")],
        &[(12, "无")],
        &[(9, "")],
    ] {
        let checked = with(cells);
        assert_eq!(reasons(&checked), [], "{cells:?}");
        assert_eq!(checked.rows.len(), 1);
    }
}

#[test]
fn every_fault_is_named_with_its_column() {
    use FaultReason as R;
    for (cells, column, reason) in [
        (&[(1, "")][..], "姓名", R::NameMissing),
        (&[(0, ""), (4, "")], "学号", R::NothingToMatchBy),
        (&[(0, "学号")], "学号", R::StudentNoUnreadable),
        (&[(0, "2.019E+15")], "学号", R::Rounded),
        (&[(4, "9.90119E+17")], "身份证号", R::Rounded),
        (&[(4, "99011920130423844")], "身份证号", R::NationalIdForm),
        (
            &[(4, "990119201304238445")],
            "身份证号",
            R::NationalIdCheckDigit,
        ),
        (&[(3, "2013-02-30")], "出生日期", R::BirthDateUnreadable),
        (&[(3, "2013-04-24")], "出生日期", R::BirthDateDiffersFromId),
        (
            &[(3, "2019-04-23"), (4, "")],
            "出生日期",
            R::BirthDateImplausible,
        ),
        (
            &[(3, "1975-04-23"), (4, "")],
            "出生日期",
            R::BirthDateImplausible,
        ),
        (&[(2, "未知")], "性别", R::SexUnreadable),
        (&[(5, "")], "年级", R::GradeMissing),
        (&[(5, "甲级")], "年级", R::GradeUnreadable),
        (&[(6, "")], "班级", R::ClassMissing),
        (&[(6, "火箭班")], "班级", R::ClassUnreadable),
        (&[(6, "二(1)班")], "班级", R::GradeAndClassDiffer),
        (&[(7, "有时")], "是否住校", R::BoardingUnreadable),
        (&[(9, "1990000000")], "班主任手机", R::PhoneUnreadable),
        (&[(12, "0572-3012345")], "家长1手机", R::PhoneUnreadable),
        (
            &[(13, "19900000001/19900000002")],
            "家长2手机",
            R::PhoneUnreadable,
        ),
        (&[(1, "郭\u{FFFD}宇")], "姓名", R::TextDamaged),
    ] {
        let checked = with(cells);
        assert_eq!(reasons(&checked), [(column, reason)], "{cells:?}");
        assert_eq!(checked.rows, []);
    }
    let too_long = with(&[(1, &"长".repeat(61))]);
    assert_eq!(reasons(&too_long), [("姓名", R::TooLong)]);
}

#[test]
fn all_faults_of_a_row_are_listed_in_the_order_of_its_columns() {
    let checked = with(&[(12, "1"), (1, ""), (3, "x")]);
    let columns: Vec<&str> = reasons(&checked)
        .into_iter()
        .map(|(column, _)| column)
        .collect();
    assert_eq!(columns, ["姓名", "出生日期", "家长1手机"]);
}

#[test]
fn a_faulty_row_does_not_stop_the_good_ones() {
    let checked = csv(
        "学号,姓名,班级,家长手机",
        &[
            "1,郭慧宇,一(1)班,19900000001",
            "2,,一(1)班,19900000002",
            "3,黄怡,一(1)班,19900000003",
        ],
    );
    assert_eq!(
        checked.rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(),
        [3, 5]
    );
    assert_eq!(checked.faults.len(), 1);
    assert_eq!(checked.faults[0].row, 4);
}

#[test]
fn every_row_of_a_duplicate_is_a_fault() {
    let checked = csv(
        "学号,姓名,身份证号,班级",
        &[
            "1,郭慧宇,990119201304238444,一(1)班",
            "１,黄怡,,一(1)班",
            "3,刘若然,９９０１１９２０１３０４２３８４４４,一(1)班",
            "1,,,一(1)班",
            "4,费浩婉,,一(1)班",
        ],
    );
    let faults: Vec<_> = checked
        .faults
        .iter()
        .map(|fault| (fault.row, fault.reason, fault.others.as_slice()))
        .collect();
    assert_eq!(
        faults,
        [
            (3, FaultReason::DuplicateStudentNo, &[4, 6][..]),
            (3, FaultReason::DuplicateNationalId, &[5]),
            (4, FaultReason::DuplicateStudentNo, &[3, 6]),
            (5, FaultReason::DuplicateNationalId, &[3]),
            (6, FaultReason::DuplicateStudentNo, &[3, 4]),
            (6, FaultReason::NameMissing, &[]),
        ]
    );
    assert_eq!(checked.rows.len(), 1);
}

#[test]
fn numbers_and_dates_of_a_spreadsheet_are_read_and_rounded_ones_noticed() {
    let born = "2013-04-23".parse().unwrap();
    let cells = |id: Cell, birth: Cell| {
        vec![
            Cell::Number(201_900_001.0),
            Cell::Text("郭慧宇".to_owned()),
            birth,
            id,
            Cell::Text("一(1)班".to_owned()),
        ]
    };
    let rounded = Cell::Number(990_119_201_304_238_444.0);
    let checked = file(
        "学号,姓名,出生日期,身份证号,班级",
        &[
            cells(Cell::Empty, Cell::Date(born)),
            cells(rounded, Cell::Number(41_387.0)),
        ],
    );
    assert_eq!(
        checked.set_aside[0].student_no.as_deref(),
        Some("201900001")
    );
    assert!(reasons(&checked).contains(&("身份证号", FaultReason::Rounded)));
    for birth in [
        Cell::Date(born),
        Cell::Number(41_387.0),
        Cell::Number(20_130_423.0),
    ] {
        let checked = file(
            "学号,姓名,出生日期,身份证号,班级",
            &[cells(Cell::Empty, birth)],
        );
        assert_eq!(checked.rows[0].1.birth_date, Some(born));
    }
    let broken = file(
        "学号,姓名,出生日期,身份证号,班级",
        &[cells(Cell::Empty, Cell::Error("#N/A".to_owned()))],
    );
    assert_eq!(reasons(&broken), [("出生日期", FaultReason::FormulaError)]);
}

#[test]
fn lines_that_are_not_children_are_passed_over() {
    let checked = csv(
        "学号,姓名,班级",
        &[
            "1,郭慧宇,一(1)班",
            ",,",
            "学号,姓名,班级",
            "合计,2人,",
            "填表人：李老师,,",
            "2,黄怡,一(1)班",
        ],
    );
    assert_eq!(checked.faults, []);
    assert_eq!(
        checked.rows.iter().map(|(row, _)| *row).collect::<Vec<_>>(),
        [3, 8]
    );
}

#[test]
fn a_column_for_the_father_says_the_relation_by_itself() {
    let checked = csv(
        "学号,姓名,班级,父亲姓名,父亲手机,母亲姓名,母亲手机",
        &["1,郭慧宇,一(1)班,,,王桐婉,19900000001"],
    );
    assert_eq!(checked.rows[0].1.guardians.len(), 1);
    assert_eq!(checked.rows[0].1.guardians[0].relation, "母亲");
}
