use super::*;
use crate::Lang;
use crate::facts::RiskLevel;
use crate::state::RecordKind;

const TODAY: &str = "2020-09-17";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn find(text: &str) -> Option<RegionCode> {
    let code = if text == "大兴区" { "110115" } else { text };
    RegionCode::parse(code).ok()
}

fn lines(rows: &[&str]) -> Vec<Line> {
    let cell = |text: &str| match text {
        "" => Cell::Empty,
        text => Cell::Text(text.to_owned()),
    };
    (1..)
        .zip(rows)
        .map(|(number, row)| Line {
            number,
            cells: row.split(',').map(cell).collect(),
        })
        .collect()
}

#[test]
fn every_kind_of_record_is_read() {
    let list = lines(&[
        "疫情防控名单,,,,,,,",
        "证件号码,联系电话,姓名,类别,日期,旅居地,到达日期,离开日期,检测结果,剂次",
        "990119201304238444,,王一,密接,2020/9/15,,,,,",
        ",19900000001,,旅居史,,大兴区,2020-09-12,2020-09-15,,",
        ",19900000001,,次密切接触者,20200916,,,,,",
        ",19900000001,,核酸,2020年9月16日,,,,阴性,",
        ",19900000001,,确诊病例,2020-09-16,,,,,",
        ",19900000001,,疫苗接种,2020-08-16,,,,,第2剂",
    ]);
    let read = read_records(&list, None, day(TODAY), &find).unwrap();
    assert_eq!(read.faults, []);
    assert_eq!(read.rows.len(), 6);
    assert_eq!(read.rows[0].row, 3);
    assert_eq!(read.rows[0].who.name, "王一");
    assert_eq!(
        read.rows[0].kind,
        RecordKind::CloseContact {
            last: day("2020-09-15")
        }
    );
    assert_eq!(
        read.rows[1].kind,
        RecordKind::Stay {
            region: RegionCode::parse("110115").unwrap(),
            arrived: day("2020-09-12"),
            left: Some(day("2020-09-15")),
            transit: false,
        }
    );
    assert_eq!(
        read.rows[3].kind,
        RecordKind::Test {
            positive: false,
            sampled: day("2020-09-16")
        }
    );
    assert_eq!(
        read.rows[5].kind,
        RecordKind::Vaccination {
            day: day("2020-08-16"),
            dose: 2
        }
    );
}

#[test]
fn a_kind_is_read_by_its_word_and_by_each_of_its_names() {
    let rest = "19900000001,大兴区,2020-09-15,2020-09-15,阴性,1";
    for kind in ListKind::ALL {
        let names = kind.names().iter().copied();
        for text in names.chain([kind.word(), &kind.word().to_uppercase()]) {
            let row = format!("{text},{rest}");
            let list = lines(&["类型,手机,地区,日期,到达,结果,剂次", &row]);
            let read = read_records(&list, None, day(TODAY), &find).unwrap();
            assert_eq!(read.faults, [], "{text}");
            assert_eq!(ListKind::of(&read.rows[0].kind), kind, "{text}");
        }
    }
}

#[test]
fn a_column_is_recognised_by_its_titles() {
    for (all, other) in [
        (RecordRow::COLUMNS.as_slice(), ListColumn::Level),
        (&AreaRow::COLUMNS, ListColumn::Kind),
    ] {
        for lang in [Lang::Zh, Lang::En] {
            for column in all {
                assert_eq!(meaning_of(column.title(lang), all), Some(*column));
            }
            assert_eq!(meaning_of(other.title(lang), all), None);
        }
    }
}

#[test]
fn columns_that_are_not_used_are_named() {
    let list = lines(&[
        "手机,kind,地区,到达,pass_through,,手机号码",
        "19900000001,stay,大兴区,2020-09-12,yes,x,19900000002",
    ]);
    let read = read_records(&list, None, day(TODAY), &find).unwrap();
    assert_eq!(read.ignored, ["pass_through", "手机号码"]);
}

#[test]
fn a_faulty_row_is_named_and_stops_no_other() {
    let list = lines(&[
        "身份证号,手机,类型,日期,地区,到达,离开,结果",
        "990119201304238445,,密接,2020-09-15,,,,",
        ",,密接,2020-09-15,,,,",
        ",199,密接,2020-09-15,,,,",
        ",19900000001,怀疑,2020-09-15,,,,",
        ",19900000001,密接,,,,,",
        ",19900000001,密接,2020-09-18,,,,",
        ",19900000001,旅居史,,某地,2020-09-12,2020-09-11,",
        ",19900000001,核酸,2020-09-15,,,,不详",
        ",19900000001,密接,2020-09-15,,,,",
    ]);
    let read = read_records(&list, None, day(TODAY), &find).unwrap();
    let found: Vec<_> = read
        .faults
        .iter()
        .map(|f| (f.row, f.column.as_str(), f.reason))
        .collect();
    assert_eq!(
        found,
        [
            (2, "身份证号", ListReason::NationalIdCheck),
            (3, "身份证号", ListReason::NobodyNamed),
            (4, "手机", ListReason::PhoneUnreadable),
            (5, "类型", ListReason::KindUnknown),
            (6, "日期", ListReason::DateMissing),
            (7, "日期", ListReason::DateInFuture),
            (8, "地区", ListReason::RegionUnknown),
            (8, "离开", ListReason::LeftBeforeArrived),
            (9, "结果", ListReason::OutcomeUnknown),
        ]
    );
    assert_eq!(read.rows.len(), 1);
}

#[test]
fn a_list_of_one_kind_needs_no_column_for_it() {
    let list = lines(&["手机号,末次接触时间", "19900000001,2020-09-15"]);
    let missing = read_records(&list, None, day(TODAY), &find).unwrap_err();
    assert_eq!(missing.0, [ListColumn::Kind]);
    let read = read_records(&list, Some(ListKind::SecondContact), day(TODAY), &find).unwrap();
    assert_eq!(
        read.rows[0].kind,
        RecordKind::ContactOfContact {
            last: day("2020-09-15")
        }
    );
}

#[test]
fn areas_are_read() {
    let list = lines(&[
        "风险地区,等级,生效日期,解除日期,回溯天数",
        "大兴区,高风险,2020-09-10,,",
        "110101,中,2020-09-01,2020-09-14,7天",
        "110102,低,2020-09-01,,",
        "110102,中,2020-09-05,2020-09-01,90",
    ]);
    let read = read_areas(&list, day(TODAY), &find).unwrap();
    assert_eq!(read.rows.len(), 2);
    assert_eq!(
        (read.rows[0].level, read.rows[0].look_back),
        (RiskLevel::High, 14)
    );
    assert_eq!(
        (read.rows[1].to, read.rows[1].look_back),
        (Some(day("2020-09-14")), 7)
    );
    let found: Vec<_> = read.faults.iter().map(|f| (f.row, f.reason)).collect();
    assert_eq!(
        found,
        [
            (4, ListReason::LevelUnknown),
            (5, ListReason::LiftedBeforeFrom),
            (5, ListReason::LookBackUnknown),
        ]
    );
}
