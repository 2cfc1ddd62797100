//! What a teacher can rely on who enters a class's paper forms from a spreadsheet.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use domain::access::{Role, Scope};
use domain::ids::{ClassId, PersonId, SchoolId};
use domain::report::{Answers, Channel, Symptoms, Temperature};
use domain::roster::Line;
use domain::{Day, Lang};
use encoding_rs::GB18030;
use rust_xlsxwriter::Workbook;
use services::classroom::{
    PaperFault, RowReason, TABLE_ROWS, TableColumn, TableError, TableOutcome,
};
use services::clock::ManualClock;
use services::family::{Claim, ConsentAnswer, Credentials, Relation};
use services::intake::{Fate, Submission};
use services::roster::{ReadError, read};
use services::{Actor, Error, Refusal, Services};
use std::sync::Arc;
use store::{Numbers, ReportRow};
use support::Engine;
use support::town::{
    account, add_regions, at, day, district, import_class, open, school, second_class,
};

on_both_engines![
    a_table_is_downloaded_filled_in_and_sent_back,
    a_file_is_read_whatever_program_wrote_it,
    what_cannot_be_taken_is_named_and_keeps_nobody_else_out,
    the_same_table_again_takes_nothing_twice,
    whoever_has_reported_is_named_and_stays_as_reported,
    of_a_family_that_refused_only_the_check_is_entered,
    after_symptoms_the_temperature_is_needed,
    a_table_counts_for_its_own_day_as_long_as_late_reports_do,
    a_file_that_is_no_table_enters_nothing,
    a_second_sheet_of_something_else_is_passed_over,
    what_was_not_read_is_named,
    what_waits_or_was_struck_is_no_report_taken_before,
    a_number_that_is_not_on_record_does_not_keep_a_name_out,
    destroyed_answers_leave_nothing_to_try_them_by,
    nobody_else_sees_or_enters_a_table,
];

const SCHOOL: &str = "3305030001";
const TODAY: &str = "2020-09-16";
const ROSTER: &str = "学号,姓名,性别,出生日期,年级,班级,家长1姓名,家长1关系,家长1手机,座号\n\
    201900001,胡亦辰,男,2012-11-27,一年级,1班,胡敏,母亲,19900000001,1\n\
    201900002,丁可欣,女,2013-02-06,一年级,1班,丁国,父亲,19900000002,2\n\
    201900003,宋知远,男,2012-09-14,一年级,1班,宋雨,母亲,19900000003,3\n\
    201900004,张伟,男,2012-09-15,一年级,1班,张大,父亲,19900000004,4\n\
    201900005,张伟,男,2012-09-16,一年级,1班,张二,父亲,19900000005,5\n\
    201900006,Anna Smith,女,2012-09-17,一年级,1班,Ann Smith,母亲,19900000006,6\n";

struct Town {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    school: SchoolId,
    class: ClassId,
    people: Vec<PersonId>,
    _folder: tempfile::TempDir,
}

impl Town {
    async fn new(engine: Engine) -> Self {
        Self::with_roster(engine, ROSTER).await
    }

    async fn with_roster(engine: Engine, roster: &str) -> Self {
        let (folder, clock, services) = open(engine, at("2020-09-14", 7 * 60)).await;
        let mut tx = services.store.write().await.unwrap();
        let regions = [
            ("CN", None, "country", "中国"),
            ("330503", Some("CN"), "district", "南浔区"),
        ];
        add_regions(&mut tx, &regions).await;
        let school = tx
            .insert_school(&school(SCHOOL, "南浔镇示例小学", district()))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let (class, people) = import_class(&services, SCHOOL, roster).await;
        second_class(&services, SCHOOL, class).await;
        let town = Self {
            services,
            clock,
            school,
            class,
            people,
            _folder: folder,
        };
        town.clock.set(at(TODAY, 7 * 60));
        town
    }

    fn teacher(&self) -> Actor {
        account(1, Role::Teacher, Scope::Class(self.class))
    }

    async fn try_enter(&self, of: &str, file: Vec<u8>) -> Result<TableOutcome, TableError> {
        let teacher = self.teacher();
        self.services
            .enter_paper_table(&teacher, self.class, day(of), "table.csv", file)
            .await
    }

    async fn enter(&self, file: impl Into<Vec<u8>>) -> TableOutcome {
        self.try_enter(TODAY, file.into()).await.unwrap()
    }

    async fn reports(&self, child: usize) -> Vec<ReportRow> {
        let mut tx = self.services.store.read().await.unwrap();
        tx.reports_of(self.people[child], Day(0), day(TODAY))
            .await
            .unwrap()
    }

    /// The answers that hold today.
    async fn answers(&self, child: usize) -> Answers {
        let view = self.services.class_view(&self.teacher(), self.class).await;
        let pupil = &view.unwrap().pupils[child];
        assert_eq!(pupil.person, self.people[child]);
        let told = pupil.told.as_ref().expect("a report of today");
        let form = self.services.paper_form(&self.teacher(), self.class).await;
        let known = form.unwrap().symptoms;
        let numbers = told.symptoms.iter().map(|title| {
            let symptom = known.iter().find(|symptom| symptom.title == *title);
            symptom.unwrap().number
        });
        Answers {
            temperature: told.temperature,
            symptoms: numbers.fold(Symptoms::default(), Symptoms::with),
            paper_refused: told.paper_refused,
            ..Answers::all_well()
        }
    }

    async fn numbers(&self) -> Numbers {
        let mut tx = self.services.store.read().await.unwrap();
        let row = tx.counter_of_class(self.class, day(TODAY)).await.unwrap();
        row.unwrap().numbers
    }

    /// A guardian of a child, and what they answer about reporting online.
    async fn guardian(&self, child: usize, answer: ConsentAnswer) -> Actor {
        let (teacher, person) = (self.teacher(), self.people[child]);
        let people = [person];
        let slips = self.services.print_slips(&teacher, self.class, &people);
        let slip = slips.await.unwrap().remove(0);
        let line = ROSTER.lines().nth(child + 1).unwrap();
        let claim = Claim {
            code: slip.code.as_str().into(),
            birth_date: line.split(',').nth(3).unwrap().parse().unwrap(),
            last_four: format!("000{}", child + 1),
            relation: Relation::Mother,
            name: "家长".into(),
        };
        let credentials = Credentials {
            login: format!("1990000000{}", child + 1),
            password: "correct horse".into(),
        };
        let claimed = self.services.claim_slip(None, &claim, Some(&credentials));
        let guardian = claimed.await.unwrap().unwrap().actor;
        let id = guardian.id().unwrap();
        let confirmed = self.services.confirm_guardian(&teacher, id, person);
        confirmed.await.unwrap();
        let decided = self.services.decide_consent(&guardian, person, answer);
        decided.await.unwrap();
        guardian
    }
}

/// The faults by row.
fn faults(outcome: &TableOutcome) -> Vec<(u32, RowReason)> {
    let faults = outcome.faults.iter();
    faults.map(|f| (f.row, f.reason.clone())).collect()
}

fn counts(outcome: &TableOutcome) -> (usize, usize, usize, usize) {
    let faults = outcome.faults.len();
    (outcome.taken, outcome.known, outcome.skipped, faults)
}

fn measured(tenths: u16, symptoms: &[u8]) -> Answers {
    Answers {
        temperature: Temperature::Tenths(tenths),
        symptoms: symptoms
            .iter()
            .copied()
            .fold(Symptoms::default(), Symptoms::with),
        ..Answers::all_well()
    }
}

async fn a_table_is_downloaded_filled_in_and_sent_back(engine: Engine) {
    let town = Town::new(engine).await;
    let teacher = town.teacher();
    town.enter("学号,纸面,体温,不舒服\n201900003,有\n").await;
    for lang in Lang::ALL {
        let table = town.services.paper_table(&teacher, town.class, lang);
        let table = table.await.unwrap();
        assert_eq!(table.name, format!("paper-{}-{TODAY}.xlsx", town.class));
        let sheets = read(&table.bytes, &table.name).unwrap();
        let lines: Vec<_> = sheets[0].lines.iter().map(Line::texts).collect();
        assert_eq!(lines.len(), 2 + 5, "a title, the headings, and five people");
        let of = |column: TableColumn| {
            let title = column.title(lang);
            lines[1].iter().position(|text| text == title).unwrap()
        };
        let (no, name) = (of(TableColumn::StudentNo), of(TableColumn::Name));
        assert_eq!(
            (lines[2][no].as_str(), lines[2][name].as_str()),
            ("201900001", "胡亦辰")
        );
        assert!(
            lines
                .iter()
                .all(|line| line.get(no).is_none_or(|no| no != "201900003"))
        );
        // Sent back as it came, it says nothing.
        let outcome = town.enter(table.bytes).await;
        assert_eq!(counts(&outcome), (0, 0, 5, 0));
    }

    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "一(1)班").unwrap();
    for (column, title) in (0..).zip(["Signed paper", "体温", "Symptoms", "学号", "姓名", "说明"])
    {
        sheet.write_string(2, column, title).unwrap();
    }
    sheet.write_string(3, 0, "yes").unwrap();
    sheet.write_number(3, 1, 36.5).unwrap();
    sheet.write_number(3, 3, 201_900_001).unwrap();
    sheet.write_boolean(4, 0, true).unwrap();
    sheet.write_number(4, 1, 37).unwrap();
    sheet.write_string(4, 2, "咳嗽、发热").unwrap();
    sheet.write_string(4, 4, " 丁 可欣 ").unwrap();
    let outcome = town.enter(book.save_to_buffer().unwrap()).await;
    assert_eq!(counts(&outcome), (2, 0, 0, 0), "{outcome:?}");
    assert_eq!(town.answers(0).await, measured(365, &[]));
    assert_eq!(town.answers(1).await, measured(370, &[0, 1]));
    let [report] = &town.reports(0).await[..] else {
        panic!("one report");
    };
    assert_eq!(report.channel, Channel::Import.number());
    assert_eq!(report.account_id, teacher.id());
    let numbers = town.numbers().await;
    assert_eq!((numbers.paper, numbers.guardian, numbers.proxy), (3, 0, 0));
    let admin = account(2, Role::SchoolAdmin, Scope::School(town.school));
    let log = town
        .services
        .school_log(&admin, town.school, Lang::Zh, None, (0, 20))
        .await
        .unwrap();
    let times = |action| log.entries.iter().filter(|e| e.action == action).count();
    assert_eq!((times("class.export"), times("report.paper")), (2, 3));
}

async fn a_file_is_read_whatever_program_wrote_it(engine: Engine) {
    let town = Town::new(engine).await;
    let gb = GB18030
        .encode("一年级1班 纸面\n姓名;有签字纸面;体温;症状\n胡亦辰;√;36.6;无\n")
        .0
        .into_owned();
    assert_eq!(counts(&town.enter(gb).await), (1, 0, 0, 0));
    assert_eq!(town.answers(0).await, measured(366, &[]));
    let english = "\u{FEFF}Seat,Name,Signed paper,Temperature,Symptoms\r\n\
        6,ANNA  SMITH,Y,\"36,7\",\"sore throat, Cough\"\r\n";
    assert_eq!(counts(&town.enter(english).await), (1, 0, 0, 0));
    assert_eq!(town.answers(5).await, measured(367, &[1, 2]));
    let tabs = "学号\t纸面\t体温\t不舒服\n'201900002\t有\n201900003.0\t有\n";
    assert_eq!(counts(&town.enter(tabs).await), (2, 0, 0, 0));
    assert_eq!(town.answers(1).await, Answers::all_well());
}

async fn what_cannot_be_taken_is_named_and_keeps_nobody_else_out(engine: Engine) {
    use RowReason::*;
    let town = Town::new(engine).await;
    let table = "学号,姓名,纸面,体温,不舒服,纸面查验\n\
        201900001,胡亦辰,有,,,\n\
        201900001,,有,36.5,,\n\
        ,王小明,有,,,\n\
        201900009,,有,,,\n\
        201999999,丁可欣,有,,,\n\
        201900002,宋知远,有,,,\n\
        ,张伟,有,,,\n\
        ,,有,36.5,,\n\
        201900004,,无,36.5,,\n\
        201900005,,有,365,,\n\
        201900006,,有,,头痛,\n\
        201900003,,也许,,,\n\
        ,没有这个人,否,,无,\n";
    let outcome = town.enter(table).await;
    assert_eq!(
        faults(&outcome),
        [
            (3, Twice(2)),
            (4, NotInClass),
            (5, NotInClass),
            (6, NameDiffers),
            (7, NameDiffers),
            (8, NameOfSeveral),
            (9, NobodyNamed),
            (10, Paper(PaperFault::NotSigned)),
            (11, Paper(PaperFault::Temperature)),
            (12, SymptomUnknown("头痛".into())),
            (13, SignedUnknown),
        ]
    );
    assert_eq!((outcome.taken, outcome.skipped), (1, 1));
    let other = &outcome.faults[1];
    assert_eq!((other.person, other.name.as_str()), (None, "王小明"));
    assert_eq!(
        outcome.faults[2].name, "201900009",
        "only what the file says"
    );
    assert_eq!(outcome.faults[7].person, Some(town.people[3]));

    let table = "学号,纸面,体温,查验,不舒服\n\
        201900001,有,50,\n\
        201900002,有,50,\n\
        201900003,有,,可以到校\n\
        201900004,,,好\n";
    assert_eq!(
        faults(&town.enter(table).await),
        [
            (2, HasReported),
            (3, Paper(PaperFault::Temperature)),
            (4, Paper(PaperFault::CheckNotAsked)),
            (5, CheckUnknown),
        ]
    );
    assert_eq!(town.numbers().await.paper, 1);
}

async fn the_same_table_again_takes_nothing_twice(engine: Engine) {
    let town = Town::new(engine).await;
    let table = "学号,纸面,体温,不舒服\n201900001,有,36.5,\n201900002,有,,咳嗽\n201900003,有,,头痛\n201900004,,,\n";
    assert_eq!(counts(&town.enter(table).await), (2, 0, 1, 1));
    let mended = table.replace("头痛", "");
    assert_eq!(counts(&town.enter(mended.clone()).await), (1, 2, 1, 0));
    // Columns and rows in another order, and another program's way of writing: the same answers.
    let again = "不舒服,体温,纸面,姓名\n无,３６.５℃,是,胡亦辰\ncough,,√,丁可欣\n,,1,宋知远\n";
    assert_eq!(counts(&town.enter(again).await), (0, 3, 0, 0));
    for child in 0..3 {
        assert_eq!(town.reports(child).await.len(), 1);
    }
    // Two at the same moment, too.
    let table = "学号,纸面,体温,不舒服\n201900004,有\n201900005,有\n";
    let (one, other) = tokio::join!(town.enter(table), town.enter(table));
    for outcome in [one, other] {
        assert_eq!(outcome.taken + outcome.known, 2, "{outcome:?}");
    }
    assert_eq!(town.reports(3).await.len(), 1);
    assert_eq!(town.numbers().await.paper, 5);
}

async fn whoever_has_reported_is_named_and_stays_as_reported(engine: Engine) {
    let town = Town::new(engine).await;
    let mother = town.guardian(0, ConsentAnswer::Given).await;
    let online = Submission {
        person: town.people[0],
        day: day(TODAY),
        id: [7; 16],
        based_on: 0,
        answers: measured(368, &[]),
        channel: Channel::Web,
    };
    town.services.report(&mother, online.clone()).await.unwrap();
    let table = "学号,纸面,体温,不舒服\n201900001,有,36.5\n201900002,有,36.5\n";
    let outcome = town.enter(table).await;
    assert_eq!(faults(&outcome), [(2, RowReason::HasReported)]);
    assert_eq!(outcome.faults[0].person, Some(town.people[0]));
    assert_eq!(outcome.taken, 1);
    assert_eq!(town.answers(0).await, measured(368, &[]));
    // Another temperature for somebody whose paper was entered is no second report.
    let other = town.enter(table.replace("36.5", "36.6")).await;
    let both = [(2, RowReason::HasReported), (3, RowReason::HasReported)];
    assert_eq!(faults(&other), both);
    assert_eq!(town.answers(1).await, measured(365, &[]));
    // What a family has corrected since stays so, and the row is still the report it was.
    let father = town.guardian(1, ConsentAnswer::Given).await;
    let corrected = Submission {
        person: town.people[1],
        id: [8; 16],
        based_on: 1,
        answers: measured(385, &[]),
        ..online
    };
    town.services.report(&father, corrected).await.unwrap();
    assert_eq!(counts(&town.enter(table).await), (0, 1, 0, 1));
    assert_eq!(town.answers(1).await, measured(385, &[]));
}

async fn of_a_family_that_refused_only_the_check_is_entered(engine: Engine) {
    let town = Town::new(engine).await;
    for child in 0..4 {
        town.guardian(child, ConsentAnswer::Refused).await;
    }
    let table = "学号,纸面,体温,不舒服,纸面查验\n\
        201900001,,,,可以到校\n\
        201900002,有,,,May not attend\n\
        201900003,有,36.5,,可以到校\n\
        201900004,有,,,\n\
        201900005,有,36.5,,\n";
    let outcome = town.enter(table).await;
    assert_eq!(
        faults(&outcome),
        [
            (4, RowReason::Paper(PaperFault::CheckOnly)),
            (5, RowReason::Paper(PaperFault::CheckMissing)),
        ]
    );
    assert_eq!(outcome.taken, 3);
    assert_eq!(town.answers(0).await, Answers::all_well());
    assert_eq!(town.answers(1).await, Answers::paper_refused());
    let teacher = town.teacher();
    let form = town.services.paper_table(&teacher, town.class, Lang::Zh);
    let bytes = form.await.unwrap().bytes;
    let lines = &read(&bytes, "t.xlsx").unwrap()[0].lines;
    assert!(
        lines[2].texts().concat().contains("只填“纸面查验”"),
        "{lines:?}"
    );
}

async fn after_symptoms_the_temperature_is_needed(engine: Engine) {
    let town = Town::new(engine).await;
    let yesterday = "学号,纸面,不舒服,体温\n201900001,有,咳嗽\n";
    let entered = town
        .try_enter("2020-09-15", yesterday.into())
        .await
        .unwrap();
    assert_eq!(counts(&entered), (1, 0, 0, 0));
    let needed = town.enter("学号,纸面,体温,不舒服\n201900001,有\n").await;
    let reason = RowReason::Paper(PaperFault::TemperatureNeeded);
    assert_eq!(faults(&needed), [(2, reason)]);
    let told = town
        .enter("学号,纸面,体温,不舒服\n201900001,有,36.4\n")
        .await;
    assert_eq!(counts(&told), (1, 0, 0, 0));
    // Whoever has reported is asked for nothing more.
    let again = town.enter("学号,纸面,体温,不舒服\n201900001,有\n").await;
    assert_eq!(faults(&again), [(2, RowReason::HasReported)]);
}

async fn a_table_counts_for_its_own_day_as_long_as_late_reports_do(engine: Engine) {
    let town = Town::new(engine).await;
    let table = "学号,纸面,体温,不舒服\n201900001,有\n";
    let late = town.try_enter("2020-09-15", table.into()).await.unwrap();
    assert_eq!(counts(&late), (1, 0, 0, 0));
    assert_eq!(town.reports(0).await[0].day, day("2020-09-15"));
    assert_eq!(counts(&town.enter(table).await), (1, 0, 0, 0));
    // Outside of what late reports reach, nothing is read at all.
    for (of, refusal) in [
        ("2020-09-14", Refusal::DayTooLate),
        ("2020-09-17", Refusal::NotThisDay),
    ] {
        let refused = town.try_enter(of, "no table".into()).await;
        let Err(TableError::Other(Error::Refused(reason))) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(reason, refusal, "{of}");
    }
    // The download says of which day it is.
    let teacher = town.teacher();
    let file = town.services.paper_table(&teacher, town.class, Lang::Zh);
    let file = file.await.unwrap().bytes;
    town.clock.set(at("2020-09-17", 7 * 60));
    let error = town.try_enter("2020-09-17", file.clone()).await;
    let Err(TableError::OtherDay { written, chosen }) = error else {
        panic!("{error:?}");
    };
    assert_eq!((written, chosen), (day(TODAY), day("2020-09-17")));
    assert!(town.try_enter(TODAY, file).await.is_ok());
}

async fn a_file_that_is_no_table_enters_nothing(engine: Engine) {
    let town = Town::new(engine).await;
    let error = async |file: Vec<u8>| town.try_enter(TODAY, file).await.unwrap_err();
    let picture = error(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0".to_vec()).await;
    assert!(matches!(picture, TableError::File(ReadError::NotATable)));
    let TableError::Columns(columns) = error("姓名,体温\n胡亦辰,36.5\n".into()).await else {
        panic!("a column is missing");
    };
    assert_eq!(columns, [TableColumn::Signed, TableColumn::Symptoms]);
    let rows = "胡亦辰,有\n".repeat(TABLE_ROWS + 1);
    let many = error(format!("姓名,纸面,体温,不舒服\n{rows}").into()).await;
    assert!(matches!(many, TableError::TooManyRows));
    let twice =
        error("姓名,纸面,早上体温,有无症状,体温（下午）\n胡亦辰,有,36.5,,38.5\n".into()).await;
    let TableError::Repeated(TableColumn::Temperature, second) = twice else {
        panic!("{twice}");
    };
    assert_eq!(second, "体温(下午)");
    let heads = ["姓名", "纸面", "体温", "不舒服"];
    let both = error(sheets(&[&heads, &heads])).await;
    assert!(matches!(both, TableError::SecondSheet));
    let half = error(sheets(&[&heads, &heads[..3]])).await;
    assert!(matches!(half, TableError::Columns(lacks) if lacks == [TableColumn::Symptoms]));
    assert!(town.reports(0).await.is_empty());
}

/// A workbook with these headings on its sheets, and a child below each.
fn sheets(heads: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    for heads in heads {
        let sheet = book.add_worksheet();
        for (place, head) in (0..).zip(*heads) {
            sheet.write_string(0, place, *head).unwrap();
        }
        sheet.write_string(1, 0, "胡亦辰").unwrap();
        sheet.write_string(1, 1, "有").unwrap();
    }
    book.save_to_buffer().unwrap()
}

async fn a_second_sheet_of_something_else_is_passed_over(engine: Engine) {
    let town = Town::new(engine).await;
    let table = ["姓名", "纸面", "体温", "不舒服"];
    let outcome = town
        .enter(sheets(&[&["怎样填"], &table, &["姓名", "电话"]]))
        .await;
    assert_eq!(counts(&outcome), (1, 0, 0, 0));
}

async fn what_was_not_read_is_named(engine: Engine) {
    let town = Town::new(engine).await;
    let table = "座号,姓名,纸面,体温,不舒服,说明,家长来电,空\n\
        1,胡亦辰,有,36.5,,,发烧,\n\
        2,丁可欣,有,,,发烧38.5,,\n\
        3,宋知远,有,36.60000000000001,,,,\n";
    let outcome = town.enter(table).await;
    assert_eq!(outcome.unread, ["家长来电"]);
    assert_eq!(faults(&outcome), [(3, RowReason::NoteUnread)]);
    assert_eq!(town.answers(2).await, measured(366, &[]));
    let long = "阿".repeat(50);
    let outcome = town
        .enter(format!("姓名,纸面,体温,不舒服\n{long},有\n"))
        .await;
    assert_eq!(outcome.faults[0].name, format!("{}…", "阿".repeat(40)));
}

async fn what_waits_or_was_struck_is_no_report_taken_before(engine: Engine) {
    let town = Town::new(engine).await;
    let (mother, teacher) = (town.guardian(0, ConsentAnswer::Given).await, town.teacher());
    let table = "学号,纸面,体温,不舒服\n201900001,有,36.5,\n201900002,有,36.5,\n";
    assert_eq!(town.enter(table).await.taken, 2);
    // The family did not know of the paper.
    let online = Submission {
        person: town.people[0],
        day: day(TODAY),
        id: [7; 16],
        based_on: 0,
        answers: measured(385, &[0]),
        channel: Channel::Web,
    };
    town.services.report(&mother, online).await.unwrap();
    for _ in 0..2 {
        let outcome = town.enter(table).await;
        assert_eq!(faults(&outcome), [(2, RowReason::Waits(Fate::Stale))]);
        assert_eq!(outcome.known, 1);
    }
    let father = town.guardian(1, ConsentAnswer::Given).await;
    let report = town.reports(1).await[0].report_id;
    let contested = town
        .services
        .contest_report(&father, town.people[1], report, "没有交过纸面");
    contested.await.unwrap();
    let struck =
        town.services
            .answer_contest(&teacher, town.class, report, true, "问过家里，是听错了");
    struck.await.unwrap();
    let outcome = town.enter(table).await;
    assert_eq!(faults(&outcome)[1], (3, RowReason::Struck));
    assert_eq!(outcome.faults[1].person, Some(town.people[1]));
    assert_eq!(outcome.known, 0);
}

async fn a_number_that_is_not_on_record_does_not_keep_a_name_out(engine: Engine) {
    let roster: Vec<String> = ROSTER
        .lines()
        .map(|line| match line.strip_prefix("201900002") {
            Some(rest) => format!("{rest},990119201302068445\n"),
            None if line.starts_with("学号") => format!("{line},身份证号\n"),
            None => format!("{line},\n"),
        })
        .collect();
    let town = Town::with_roster(engine, &roster.concat()).await;
    let table =
        "学号,姓名,纸面,体温,不舒服\n201900002,丁可欣,有,36.5,\n201900009,宋知远,有,36.5,\n";
    let outcome = town.enter(table).await;
    assert_eq!(faults(&outcome), [(3, RowReason::NameDiffers)]);
    assert_eq!(outcome.taken, 1);
}

async fn destroyed_answers_leave_nothing_to_try_them_by(engine: Engine) {
    let town = Town::new(engine).await;
    let mother = town.guardian(0, ConsentAnswer::Given).await;
    let table = "学号,纸面,体温,不舒服\n201900001,有,36.5,咳嗽\n";
    assert_eq!(town.enter(table).await.taken, 1);
    assert_eq!(town.reports(0).await[0].submission.len(), 16);
    let withdrawn = town
        .services
        .decide_consent(&mother, town.people[0], ConsentAnswer::Withdrawn);
    withdrawn.await.unwrap();
    let [report] = &town.reports(0).await[..] else {
        panic!("the report stays");
    };
    assert_eq!(
        (report.answers_enc.as_deref(), report.submission.as_slice()),
        (None, &[][..])
    );
}

async fn nobody_else_sees_or_enters_a_table(engine: Engine) {
    let town = Town::new(engine).await;
    let other = ClassId(town.class.0 + 1);
    for actor in [
        account(3, Role::Teacher, Scope::Class(other)),
        account(4, Role::Guard, Scope::School(town.school)),
        account(5, Role::BureauAdmin, Scope::Region(district())),
        account(6, Role::Guardian, Scope::Person(town.people[0])),
    ] {
        let table = town.services.paper_table(&actor, town.class, Lang::Zh);
        assert!(matches!(table.await, Err(Error::Forbidden)), "{actor:?}");
        let file = "学号,纸面,体温,不舒服\n201900001,有\n".into();
        let entered =
            town.services
                .enter_paper_table(&actor, town.class, day(TODAY), "t.csv", file);
        let refused = matches!(entered.await, Err(TableError::Other(Error::Forbidden)));
        assert!(refused, "{actor:?}");
    }
    assert!(town.reports(0).await.is_empty());
}
