//! What a school can rely on when it uploads its roster file.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::ids::PersonId;
use domain::roster::{Column, ExistingPerson, FaultReason, Mapping, MappingProblem, Needed, plan};
use domain::{Day, Lang};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use services::roster::{MAX_BYTES, Parsed, ReadError, parse, read};
use std::collections::BTreeSet;

const PRIMARY: &[u8] = include_bytes!("data/roster-primary.xlsx");
const MIDDLE: &[u8] = include_bytes!("data/roster-middle-gb18030.csv");

fn today() -> Day {
    "2020-09-17".parse().unwrap()
}

fn parsed(bytes: &[u8], name: &str) -> Parsed {
    let parsed = parse(bytes, name, None, today()).unwrap();
    assert_eq!(parsed.problems, []);
    parsed
}

fn classes(parsed: &Parsed) -> Vec<String> {
    let classes: BTreeSet<_> = parsed
        .checked
        .rows
        .iter()
        .map(|(_, row)| row.class)
        .collect();
    classes
        .into_iter()
        .map(|class| class.label(Lang::Zh))
        .collect()
}

#[test]
fn a_primary_schools_workbook_is_read_as_it_is() {
    let parsed = parsed(PRIMARY, "roster-primary.xlsx");
    assert_eq!((parsed.sheet.as_str(), parsed.header_row), ("学生名册", 2));
    assert_eq!(parsed.other_sheets, [] as [&str; 0]);
    assert_eq!(parsed.checked.faults, []);
    assert_eq!(parsed.checked.rows.len(), 1047);
    assert_eq!(parsed.mapping.0.iter().flatten().count(), 17);
    let (number, first) = &parsed.checked.rows[0];
    assert_eq!((*number, first.name.as_str()), (3, "郭慧宇"));
    assert_eq!(first.birth_date.unwrap().to_string(), "2013-04-23");
    assert_eq!(
        first.national_id.as_ref().unwrap().as_str(),
        "990119201304238444"
    );
    assert_eq!(
        first.guardians[1].phone.as_ref().unwrap().as_str(),
        "19900000002"
    );
    assert_eq!(parsed.checked.rows.last().unwrap().0, 1049);
    let classes = classes(&parsed);
    assert_eq!(
        (classes.len(), classes[0].as_str(), classes[23].as_str()),
        (24, "一(1)班", "六(4)班")
    );
}

#[test]
fn a_middle_schools_text_file_in_gb18030_is_read_as_it_is() {
    let parsed = parsed(MIDDLE, "C:\\名册\\roster-middle-gb18030.csv");
    assert_eq!(
        (parsed.sheet.as_str(), parsed.header_row),
        ("roster-middle-gb18030.csv", 1)
    );
    assert_eq!(parsed.checked.faults, []);
    assert_eq!(parsed.checked.rows.len(), 1107);
    let (number, first) = &parsed.checked.rows[0];
    assert_eq!(
        (
            *number,
            first.name.as_str(),
            first.class.label(Lang::Zh).as_str()
        ),
        (2, "林建明", "初一(1)班")
    );
    assert_eq!(
        parsed
            .checked
            .rows
            .iter()
            .filter(|(_, row)| row.boarding == Some(true))
            .count(),
        450
    );
    assert_eq!(classes(&parsed).len(), 24);
}

#[test]
fn importing_the_same_file_again_changes_nothing() {
    for bytes in [PRIMARY, MIDDLE] {
        let file = parsed(bytes, "roster").checked;
        let people = plan(&[], &file).new;
        let school: Vec<ExistingPerson> = (1..)
            .zip(people)
            .map(|(id, (_, row))| ExistingPerson {
                person: PersonId(id),
                row,
                active: true,
            })
            .collect();
        let again = plan(&school, &file);
        assert_eq!(again.unchanged.len(), file.rows.len());
        assert_eq!(
            (
                again.new.len(),
                again.changed.len(),
                again.absent.len(),
                again.faults.len()
            ),
            (0, 0, 0, 0)
        );
    }
}

#[test]
fn faults_put_into_the_sample_are_found_where_they_are() {
    let (text, _, _) = encoding_rs::GB18030.decode(MIDDLE);
    let spoilt: String = text
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            1 => line.replace("990106200611049196", "990106200611049197"),
            2 => line.replace("201900002", "201900003"),
            4 => line.replace("2006/12/17", "2006/12/18"),
            5 => line.replace("19900001923", "1990000192"),
            6 => line.replace("201900006", "２０１９００００６").replace("1班", "（１）班"),
            _ => line.to_owned(),
        } + "\n")
        .collect();
    let parsed = parsed(&encoding_rs::GB18030.encode(&spoilt).0, "roster.csv");
    let faults: Vec<_> = parsed
        .checked
        .faults
        .iter()
        .map(|fault| (fault.row, fault.column.as_str(), fault.reason))
        .collect();
    assert_eq!(
        faults,
        [
            (2, "身份证号", FaultReason::NationalIdCheckDigit),
            (3, "学号", FaultReason::DuplicateStudentNo),
            (4, "学号", FaultReason::DuplicateStudentNo),
            (5, "出生日期", FaultReason::BirthDateDiffersFromId),
            (6, "家长1手机", FaultReason::PhoneUnreadable),
        ]
    );
    assert_eq!(parsed.checked.rows.len(), 1107 - 5);
}

/// A workbook with a sheet of instructions before the roster, a class merged over its children, and
/// numbers where people forgot to say that they are text.
fn workbook() -> Vec<u8> {
    let date = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let merged = Format::new();
    let mut book = Workbook::new();
    let notes = book.add_worksheet();
    notes
        .write(0, 0, "填表说明")
        .unwrap()
        .write(1, 0, "姓名")
        .unwrap()
        .write(1, 1, "必填")
        .unwrap();
    let sheet = book.add_worksheet().set_name("名册").unwrap();
    sheet
        .merge_range(0, 0, 1, 5, "示例小学学生名册", &merged)
        .unwrap();
    for (column, header) in (0..).zip([
        "序号",
        "学籍号",
        "姓 名",
        "出生\n日期",
        "所在班级",
        "联系电话",
    ]) {
        sheet.write(4, column, header).unwrap();
    }
    for (row, name) in (5..).zip(["郭慧宇", "黄　怡", "刘若然"]) {
        sheet.write(row, 0, row - 4).unwrap();
        sheet.write(row, 1, 201_900_000 + row).unwrap();
        sheet.write(row, 2, name).unwrap();
        let born = ExcelDateTime::from_ymd(2013, 4, 23).unwrap();
        sheet
            .write_datetime_with_format(row, 3, born, &date)
            .unwrap();
        sheet
            .write(row, 5, 19_900_000_000_u64 + u64::from(row))
            .unwrap();
    }
    sheet.merge_range(5, 4, 7, 4, "三（2）班", &merged).unwrap();
    let chart = book.add_worksheet().set_name("旧名册").unwrap();
    chart.set_hidden(true);
    for (column, header) in (0..).zip([
        "学号",
        "姓名",
        "班级",
        "性别",
        "出生日期",
        "身份证号",
        "备注",
    ]) {
        chart.write(0, column, header).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_as_people_make_them_is_read() {
    let parsed = parsed(&workbook(), "名册.xlsx");
    assert_eq!((parsed.sheet.as_str(), parsed.header_row), ("名册", 5));
    assert_eq!(parsed.checked.faults, []);
    let rows: Vec<_> = parsed
        .checked
        .rows
        .iter()
        .map(|(number, row)| {
            (
                *number,
                row.student_no.as_deref().unwrap(),
                row.name.as_str(),
                row.class.label(Lang::En),
            )
        })
        .collect();
    assert_eq!(rows[1], (7, "201900006", "黄怡", "3-2".to_owned()));
    assert_eq!(rows.len(), 3);
    assert_eq!(
        parsed.checked.rows[2].1.birth_date.unwrap().to_string(),
        "2013-04-23"
    );
    assert_eq!(
        parsed.checked.rows[2].1.guardians[0]
            .phone
            .as_ref()
            .unwrap()
            .as_str(),
        "19900000007"
    );
}

#[test]
fn a_second_roster_in_the_workbook_is_mentioned() {
    let mut book = Workbook::new();
    for name in ["一(1)班", "一(2)班"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (column, header) in (0..).zip(["学号", "姓名", "班级"]) {
            sheet.write(0, column, header).unwrap();
        }
    }
    let parsed = parsed(&book.save_to_buffer().unwrap(), "名册.xlsx");
    assert_eq!(
        (parsed.sheet.as_str(), parsed.other_sheets),
        ("一(1)班", vec!["一(2)班".to_owned()])
    );
}

#[test]
fn headers_that_nobody_knows_can_be_mapped() {
    let file = "甲,乙,丙,丁\n201900001,郭慧宇,一(1)班,19900000001\n".as_bytes();
    let unknown = parse(file, "x.csv", None, today()).unwrap();
    assert_eq!(unknown.headers, ["甲", "乙", "丙", "丁"]);
    assert_eq!(unknown.samples[0][1], "郭慧宇");
    assert!(
        unknown
            .problems
            .contains(&MappingProblem::Missing(Needed::Name))
    );
    assert_eq!(unknown.checked.rows, []);
    let mapping = Mapping(vec![
        Some(Column::StudentNo),
        Some(Column::Name),
        Some(Column::Class),
    ]);
    let mapped = parse(file, "x.csv", Some(mapping), today()).unwrap();
    assert_eq!(mapped.problems, []);
    assert_eq!(mapped.mapping.0.len(), 4);
    assert_eq!(mapped.checked.rows[0].1.name, "郭慧宇");
    assert_eq!(mapped.checked.rows[0].1.guardians, []);
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason() {
    let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0];
    let locked: Vec<u8> = old
        .into_iter()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let half = PRIMARY.get(..PRIMARY.len() / 2).unwrap();
    for (bytes, error) in [
        (&old[..], ReadError::OldExcel),
        (&locked, ReadError::Locked),
        (half, ReadError::Damaged),
        (b"PK\x03\x04", ReadError::Damaged),
        (b"%PDF-1.7\n\0\0\x01\x02", ReadError::NotATable),
        (b"", ReadError::NoHeader),
        ("身份证号请按文本格式填写".as_bytes(), ReadError::NoHeader),
        (&vec![b'a'; MAX_BYTES + 1], ReadError::TooLarge),
        (
            "学号,姓名,班级\n".repeat(200_001).as_bytes(),
            ReadError::TooManyRows,
        ),
    ] {
        assert_eq!(parse(bytes, "x", None, today()).unwrap_err(), error);
        assert!(!error.message(Lang::Zh).is_empty() && !error.code().is_empty());
    }
}

#[test]
fn a_small_file_that_unpacks_to_a_huge_one_is_refused() {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file(
            "xl/worksheets/sheet1.xml",
            zip::write::SimpleFileOptions::default(),
        )
        .unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..200 {
        archive.write_all(&zeros).unwrap();
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    assert_eq!(read(&bomb, "x.xlsx"), Err(ReadError::TooLarge));
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(["学号", "姓名", "班级"]) {
        sheet.write(0, column, header).unwrap();
    }
    sheet
        .write(1_048_575, 16_383, "x")
        .unwrap()
        .write(1_048_575, 0, "1")
        .unwrap();
    let parsed = parsed(&book.save_to_buffer().unwrap(), "x.xlsx");
    assert_eq!(
        parsed
            .checked
            .faults
            .iter()
            .map(|fault| fault.row)
            .collect::<BTreeSet<_>>(),
        [1_048_576].into()
    );
}
