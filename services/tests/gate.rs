//! What a school, its teachers and its guards can rely on at the gate, over a real database file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use base64::Engine as _;
use domain::access::{Role, Scope};
use domain::gate::{
    Act, ClockTrust, Direction, Entry, EntryId, Receipt, ReceiptState, Roll, Shown, Stamp, Verdict,
    signed,
};
use domain::ids::{AccountId, ClassId, PersonId, SchoolId};
use domain::report::{Answers, Channel, Learned};
use domain::state::Finding;
use domain::{Code, Day, Millis, Zone};
use services::clock::{Clock, ManualClock};
use services::gates::{
    Attendance, Device, GateDay, GateDayFilter, Presence, ReadingState, Seen, Told,
};
use services::intake::Submission;
use services::{Actor, Error, Refusal, Services};
use std::sync::Arc;
use support::Engine;
use support::town::{account, add_regions, district, import_class, open, school};

on_both_engines![
    a_scan_is_attendance_and_the_last_direction_counts,
    two_guards_may_scan_the_same_child_and_the_second_is_told,
    stamp_and_roll_are_signed_and_the_roll_is_sent_only_when_it_differs,
    a_slip_is_todays_report_until_the_teacher_rejects_it,
    a_slip_does_not_take_the_place_of_a_report_that_is_there,
    only_a_second_high_temperature_is_a_fact_and_differs_from_an_all_well_report,
    a_temperature_names_nobody_in_the_database,
    undoing_a_scan_takes_slip_temperature_fact_and_discrepancy_with_it,
    the_order_of_arrival_and_repetition_change_nothing,
    what_comes_again_in_the_next_month_is_kept_once,
    a_cut_off_device_takes_nothing_and_what_it_hands_in_is_marked,
    what_does_not_fit_is_kept_with_a_mark_or_refused,
    a_code_enrols_one_device_within_a_quarter_of_an_hour,
    a_refused_child_has_only_the_check_kept,
    the_gates_day_is_searched_filtered_and_exported,
];

const SCHOOL: &str = "3305030001";
const ROSTER: &str = "学号,姓名,性别,出生日期,身份证号,年级,班级,家长1姓名,家长1关系,家长1手机\n\
    201900001,胡亦辰,男,,110101201211270018,一年级,1班,胡敏,母亲,19900000001\n\
    201900002,丁可欣,女,2013-02-06,,一年级,1班,丁国,父亲,19900000002\n\
    201900003,宋知远,男,2012-09-14,,一年级,1班,宋雨,母亲,19900000003\n\
    201900004,李小满,女,2012-09-15,,一年级,1班,李雨,母亲,19900000004\n";

struct Town {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    school: SchoolId,
    class: ClassId,
    people: Vec<PersonId>,
    holders: Vec<u64>,
    east: Device,
    west: Device,
    officer: Actor,
    teacher: Actor,
    admin: Actor,
    _folder: tempfile::TempDir,
}

fn at(minute: u32) -> Millis {
    Zone::SHANGHAI.at("2020-09-14".parse().unwrap(), minute)
}

/// A device's journal, in which every entry has its number.
#[derive(Default)]
struct Pad {
    device: u8,
    seq: u64,
}

impl Pad {
    fn of(device: u8) -> Self {
        Self { device, seq: 0 }
    }

    fn write(&mut self, minute: u32, act: Act) -> Entry {
        self.seq += 1;
        Entry {
            id: EntryId(format!("{:02x}{:030x}", self.device, self.seq)),
            seq: self.seq,
            at: at(minute),
            clock: ClockTrust::Counted,
            act,
        }
    }

    fn scan(&mut self, minute: u32, holder: u64, verdict: Verdict) -> Entry {
        self.pass(minute, holder, Direction::In, verdict)
    }

    fn pass(&mut self, minute: u32, holder: u64, direction: Direction, verdict: Verdict) -> Entry {
        let shown = Shown::Card;
        self.write(
            minute,
            Act::Scan {
                holder,
                shown,
                direction,
                verdict,
            },
        )
    }

    fn slip(&mut self, minute: u32, holder: u64) -> Entry {
        let tenths = 365;
        self.write(minute, Act::Slip { holder, tenths })
    }

    fn reading(&mut self, minute: u32, holder: u64, tenths: u16, first: Option<&Entry>) -> Entry {
        let first = first.map(|entry| entry.id.clone());
        let by = "周保安".to_owned();
        self.write(
            minute,
            Act::Reading {
                holder,
                tenths,
                first,
                by,
            },
        )
    }

    fn undo(&mut self, minute: u32, of: &Entry) -> Entry {
        let of = of.id.clone();
        self.write(minute, Act::Undo { of })
    }
}

impl Town {
    async fn new(engine: Engine) -> Self {
        let (folder, clock, services) = open(engine, at(6 * 60)).await;
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
        let (class, people) = import_class(&services, SCHOOL, ROSTER).await;
        let admin = account(13, Role::SchoolAdmin, Scope::School(school));
        let mut devices = Vec::new();
        for name in ["东门", "西门"] {
            let gate = services.add_gate(&admin, school, name).await.unwrap();
            let code = services.make_gate_code(&admin, school, gate, "平板").await;
            let code = code.unwrap().code;
            let enrolled = services.enrol_device(&code.grouped()).await.unwrap();
            devices.push(enrolled.device);
        }
        let [east, west] = <[Device; 2]>::try_from(devices).unwrap();
        services
            .take_along(&east, "", &Told::default())
            .await
            .unwrap();
        let mut holders = Vec::new();
        let mut tx = services.store.read().await.unwrap();
        for person in &people {
            let row = tx.pass_holders(&[*person]).await.unwrap().remove(0);
            holders.push(u64::from_be_bytes(row.holder.to_be_bytes()));
        }
        drop(tx);
        Self {
            services,
            clock,
            school,
            class,
            people,
            holders,
            east,
            west,
            officer: account(11, Role::HealthOfficer, Scope::Region(district())),
            teacher: account(12, Role::Teacher, Scope::Class(class)),
            admin,
            _folder: folder,
        }
    }

    fn today(&self) -> Day {
        Zone::SHANGHAI.day_of(self.clock.now())
    }

    async fn report_well(&self, child: usize) {
        let mut id = [7; 16];
        id[0] = u8::try_from(child).unwrap();
        let submission = Submission {
            person: self.people[child],
            day: self.today(),
            id,
            based_on: 0,
            answers: Answers::all_well(),
            channel: Channel::Proxy(Learned::Call),
        };
        let sent = self.services.report(&self.teacher, submission).await;
        sent.unwrap();
    }

    async fn hand_in(&self, device: &Device, entries: &[Entry]) -> Vec<Receipt> {
        self.services.hand_in(device, entries).await.unwrap()
    }

    async fn attendance(&self) -> Attendance {
        let view = self.services.class_view(&self.teacher, self.class).await;
        view.unwrap().attendance.unwrap()
    }

    /// The colour, which lists, page and a rebuild from all tables must agree on.
    async fn code(&self, child: usize) -> Code {
        let person = self.people[child];
        let view = self.services.bureau_person(&self.officer, person).await;
        let code = view.unwrap().decision.code;
        let mut tx = self.services.store.read().await.unwrap();
        let row = tx.state(person).await.unwrap().unwrap().state;
        assert_eq!(
            row.code_on(self.today()),
            code,
            "what lists show is what is decided"
        );
        code
    }

    async fn day(&self) -> GateDay {
        let all = GateDayFilter::default();
        let day = self.services.gate_day(&self.admin, self.school, &all).await;
        day.unwrap()
    }

    /// Everything that is known, for comparing two towns to which the same happened.
    async fn picture(&self) -> String {
        let seen = self.attendance().await;
        let mut out = String::new();
        for child in 0..self.people.len() {
            out += &format!("{:?} ", self.code(child).await);
        }
        let names = |seen: &[Seen]| {
            let named = seen
                .iter()
                .map(|seen| format!("{}{:?}", seen.name, seen.presence));
            named.collect::<Vec<_>>().join(",")
        };
        out += &format!("here {} ", names(&seen.here));
        out += &format!("not {} ", names(&seen.not_here));
        out += &format!("unreported {} ", names(&seen.unreported));
        out += &format!("slips {} ", seen.slips.len());
        for high in &seen.high {
            out += &format!("{} {} {:?} ", high.who.name, high.tenths, high.state);
        }
        let (officer, region) = (&self.officer, district());
        let open = self
            .services
            .region_discrepancies(officer, &region, 0)
            .await;
        out + &format!("differs {}", open.unwrap().total)
    }
}

fn states(receipts: &[Receipt]) -> Vec<ReceiptState> {
    receipts.iter().map(|receipt| receipt.state).collect()
}

const KEPT: ReceiptState = ReceiptState::Kept;

async fn a_scan_is_attendance_and_the_last_direction_counts(engine: Engine) {
    let town = Town::new(engine).await;
    for child in 0..3 {
        town.report_well(child).await;
    }
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    let entries = [
        pad.scan(430, town.holders[0], Verdict::Admit),
        pad.scan(431, town.holders[1], Verdict::Admit),
        pad.scan(432, town.holders[3], Verdict::ReportFirst),
        pad.pass(440, town.holders[1], Direction::Out, Verdict::Admit),
    ];
    let receipts = town.hand_in(&town.east, &entries).await;
    assert_eq!(states(&receipts), [KEPT; 4]);
    let seen = town.attendance().await;
    let names = |seen: &[Seen]| {
        seen.iter()
            .map(|seen| seen.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&seen.here), ["胡亦辰"]);
    assert_eq!(
        seen.here[0].presence,
        Some(Presence::Here(430, "东门".into()))
    );
    assert_eq!(names(&seen.not_here), ["宋知远"]);
    assert_eq!(names(&seen.unreported), ["李小满"]);
}

async fn two_guards_may_scan_the_same_child_and_the_second_is_told(engine: Engine) {
    let town = Town::new(engine).await;
    town.report_well(0).await;
    town.clock.set(at(8 * 60));
    let (mut one, mut two) = (Pad::of(1), Pad::of(2));
    let first = [one.scan(432, town.holders[0], Verdict::Admit)];
    let second = [two.scan(435, town.holders[0], Verdict::Admit)];
    town.hand_in(&town.east, &first).await;
    let told = Told::default();
    let take = town.services.take_along(&town.west, "", &told).await;
    let roll = read_roll(&town, &take.unwrap().roll.unwrap()).await;
    let person = roll
        .people
        .iter()
        .find(|p| p.holder == town.holders[0])
        .unwrap();
    assert_eq!(person.came, Some((at(432), "东门".to_owned())));
    assert_eq!(person.name, "胡*辰");
    town.hand_in(&town.west, &second).await;
    let seen = town.attendance().await;
    assert_eq!(seen.here.len(), 1);
    assert_eq!(
        seen.here[0].presence,
        Some(Presence::Here(432, "东门".into()))
    );
    let day = town.day().await;
    assert_eq!(
        (day.numbers.people, day.numbers.verdicts[0]),
        (1, 2),
        "both are kept"
    );
}

async fn read_roll(town: &Town, text: &str) -> Roll {
    let keys = town.services.published_keys().await.unwrap();
    let told = Told::default();
    let take = town.services.take_along(&town.east, "", &told).await;
    let stamp = take.unwrap().stamp;
    let body = stamp.split('.').nth(1).unwrap();
    let body = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(body)
        .unwrap();
    let plain: Stamp = serde_json::from_slice(&body).unwrap();
    let ring = keys.ring();
    let stamp: Stamp = signed::open(signed::STAMP, &stamp, &ring, plain.issuer).unwrap();
    let roll: Roll = signed::open(signed::ROLL, text, &ring, stamp.issuer).unwrap();
    assert_eq!(roll.digest(), stamp.roll);
    roll
}

async fn stamp_and_roll_are_signed_and_the_roll_is_sent_only_when_it_differs(engine: Engine) {
    let town = Town::new(engine).await;
    let take = |digest: String| {
        let services = Arc::clone(&town.services);
        let device = town.east.clone();
        async move {
            services
                .take_along(&device, &digest, &Told::default())
                .await
                .unwrap()
        }
    };
    let roll = read_roll(&town, &take(String::new()).await.roll.unwrap()).await;
    assert_eq!(roll.people.len(), 4);
    assert!(roll.people.is_sorted_by_key(|person| person.holder));
    assert!(roll.people.iter().all(|person| person.code == Code::Grey));
    let digest = roll.digest();
    assert_eq!(take(digest.clone()).await.roll, None);
    town.report_well(0).await;
    let changed = read_roll(&town, &take(digest).await.roll.unwrap()).await;
    let green = changed
        .people
        .iter()
        .filter(|person| person.code == Code::Green);
    assert_eq!(green.count(), 1);
}

async fn a_slip_is_todays_report_until_the_teacher_rejects_it(engine: Engine) {
    let town = Town::new(engine).await;
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    let entries = [
        pad.scan(440, town.holders[0], Verdict::ReportFirst),
        pad.slip(441, town.holders[0]),
        pad.scan(442, town.holders[1], Verdict::ReportFirst),
        pad.slip(443, town.holders[1]),
    ];
    town.hand_in(&town.east, &entries).await;
    assert_eq!([town.code(0).await, town.code(1).await], [Code::Green; 2]);
    let seen = town.attendance().await;
    assert_eq!((seen.here.len(), seen.slips.len()), (2, 2));
    assert_eq!(
        (seen.slips[0].tenths, seen.slips[0].is_overdue),
        (Some(365), false)
    );
    town.clock.set(at(10 * 60));
    assert!(town.attendance().await.slips[0].is_overdue);
    let (first, second) = (seen.slips[0].entry, seen.slips[1].entry);
    let settle = |entry, confirm, note| {
        let (services, teacher, class) = (&town.services, town.teacher.clone(), town.class);
        async move {
            services
                .settle_slip(&teacher, class, entry, confirm, note)
                .await
        }
    };
    settle(first, true, "").await.unwrap();
    let blank = settle(second, false, "").await;
    assert!(matches!(blank, Err(Error::Refused(Refusal::NoteNeeded))));
    settle(second, false, "签名不是家长的").await.unwrap();
    let again = settle(second, true, "").await;
    assert!(matches!(
        again,
        Err(Error::Refused(Refusal::AlreadySettled))
    ));
    assert_eq!(
        [town.code(0).await, town.code(1).await],
        [Code::Green, Code::Grey]
    );
    assert!(town.attendance().await.slips.is_empty());
    let unreported = town.attendance().await.unreported;
    assert_eq!(unreported.len(), 1, "came, and has no report any more");
    // Handed in once more it stays rejected.
    town.hand_in(&town.east, &entries).await;
    assert_eq!(town.code(1).await, Code::Grey);
}

async fn a_slip_does_not_take_the_place_of_a_report_that_is_there(engine: Engine) {
    let town = Town::new(engine).await;
    town.report_well(0).await;
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    let receipts = town
        .hand_in(&town.east, &[pad.slip(440, town.holders[0])])
        .await;
    assert_eq!(states(&receipts), [KEPT]);
    assert!(town.attendance().await.slips.is_empty());
    let mut tx = town.services.store.read().await.unwrap();
    let reports = tx
        .reports_of(town.people[0], town.today(), town.today())
        .await
        .unwrap();
    assert_eq!(reports.len(), 1);
}

async fn only_a_second_high_temperature_is_a_fact_and_differs_from_an_all_well_report(
    engine: Engine,
) {
    let town = Town::new(engine).await;
    town.report_well(0).await;
    town.report_well(1).await;
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    let first = pad.reading(440, town.holders[0], 376, None);
    town.hand_in(&town.east, std::slice::from_ref(&first)).await;
    assert_eq!(town.code(0).await, Code::Green, "the first one only waits");
    assert_eq!(town.attendance().await.high[0].state, ReadingState::Waits);
    let soon = pad.reading(445, town.holders[0], 378, Some(&first));
    town.hand_in(&town.east, &[soon]).await;
    assert_eq!(
        town.code(0).await,
        Code::Green,
        "ten minutes have not passed"
    );
    let second = pad.reading(450, town.holders[0], 381, Some(&first));
    town.hand_in(&town.east, &[second]).await;
    assert_eq!(town.code(0).await, Code::Red);
    let seen = town.attendance().await;
    assert_eq!((seen.fevers(), seen.high[0].tenths), (1, 381));
    let counts = town
        .services
        .class_counts(&town.teacher, town.class)
        .await
        .unwrap();
    assert_eq!((counts.fevers, counts.numbers.red), (1, 1));
    // Another child's second measurement is fine.
    let high = pad.reading(440, town.holders[1], 374, None);
    let well = pad.reading(452, town.holders[1], 367, Some(&high));
    town.hand_in(&town.east, &[high, well]).await;
    assert_eq!(town.code(1).await, Code::Green);
    assert_eq!(town.attendance().await.high[1].state, ReadingState::Normal);
    let open = town
        .services
        .region_discrepancies(&town.officer, &district(), 0)
        .await
        .unwrap();
    assert_eq!(open.total, 1);
    assert!(
        open.open[0].text.zh.contains("38.1"),
        "{}",
        open.open[0].text.zh
    );
    // An officer finds that the thermometer was wrong: as if it had not been measured.
    let record = open.open[0].record;
    let wrong = Finding::ReportRight;
    let settled = town
        .services
        .settle_discrepancy(&town.officer, record, wrong, "测温枪坏了");
    settled.await.unwrap();
    assert_eq!(town.code(0).await, Code::Green);
    assert_eq!(town.attendance().await.fevers(), 0);
}

async fn a_temperature_names_nobody_in_the_database(engine: Engine) {
    let town = Town::new(engine).await;
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    town.hand_in(&town.east, &[pad.reading(440, town.holders[0], 376, None)])
        .await;
    let mut tx = town.services.store.read().await.unwrap();
    let rows = tx
        .gate_readings_of_day(town.school, town.today())
        .await
        .unwrap();
    assert_eq!((rows[0].person_id, rows[0].class_id), (None, None));
    let sealed = rows[0].detail_enc.as_ref().unwrap();
    assert!(!sealed.windows(9).any(|part| part == "周保安".as_bytes()));
}

async fn undoing_a_scan_takes_slip_temperature_fact_and_discrepancy_with_it(engine: Engine) {
    let town = Town::new(engine).await;
    town.report_well(1).await;
    let before = town.picture().await;
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    let slip_scan = pad.scan(440, town.holders[0], Verdict::ReportFirst);
    let slip = pad.slip(441, town.holders[0]);
    let scan = pad.scan(442, town.holders[1], Verdict::Admit);
    let first = pad.reading(443, town.holders[1], 380, None);
    let second = pad.reading(455, town.holders[1], 382, Some(&first));
    town.hand_in(
        &town.east,
        &[slip_scan.clone(), slip, scan.clone(), first, second],
    )
    .await;
    assert_eq!(
        [town.code(0).await, town.code(1).await],
        [Code::Green, Code::Red]
    );
    let undo = [pad.undo(460, &slip_scan), pad.undo(461, &scan)];
    let receipts = town.hand_in(&town.east, &undo).await;
    assert_eq!(states(&receipts), [KEPT; 2]);
    assert_eq!(town.picture().await, before);
    let day = town.day().await;
    assert_eq!(day.total, 5, "what was undone stays readable");
    assert!(day.entries.iter().all(|entry| entry.is_undone));
}

async fn the_order_of_arrival_and_repetition_change_nothing(engine: Engine) {
    let story = |town: &Town| {
        let (mut one, mut two) = (Pad::of(1), Pad::of(2));
        let h = &town.holders;
        let first = one.reading(440, h[0], 379, None);
        let wrong = one.scan(441, h[1], Verdict::Admit);
        let east = vec![
            one.scan(442, h[2], Verdict::ReportFirst),
            one.slip(443, h[2]),
            one.reading(451, h[0], 380, Some(&first)),
            one.undo(452, &wrong),
            first,
            wrong,
        ];
        let west = vec![
            two.scan(440, h[2], Verdict::ReportFirst),
            two.scan(444, h[1], Verdict::Admit),
            two.pass(446, h[1], Direction::Out, Verdict::Admit),
            two.scan(447, h[3], Verdict::ReportFirst),
        ];
        (east, west)
    };
    let mut pictures = Vec::new();
    for way in 0..5 {
        let town = Town::new(engine).await;
        town.report_well(0).await;
        town.report_well(1).await;
        town.clock.set(at(8 * 60));
        let (mut east, mut west) = story(&town);
        match way {
            0 => {}
            1 => {
                east.reverse();
                west.reverse();
            }
            _ => {
                east.rotate_left(way);
                west.rotate_left(way - 1);
            }
        }
        // Piece by piece, the devices in turn, everything twice.
        for round in 0..2 {
            let size = 1 + round + way % 2;
            let mut pieces: Vec<_> = east.chunks(size).map(|piece| (&town.east, piece)).collect();
            for (place, piece) in west.chunks(2).enumerate() {
                pieces.insert((place * 2).min(pieces.len()), (&town.west, piece));
            }
            for (device, piece) in pieces {
                let receipts = town.hand_in(device, piece).await;
                assert!(
                    states(&receipts)
                        .iter()
                        .all(|s| *s != ReceiptState::Refused)
                );
            }
        }
        pictures.push(town.picture().await);
    }
    let first = &pictures[0];
    assert!(
        pictures.iter().all(|picture| picture == first),
        "{pictures:#?}"
    );
    assert!(
        first.contains("380 Confirmed") && first.ends_with("differs 1"),
        "{first}"
    );
}

async fn what_comes_again_in_the_next_month_is_kept_once(engine: Engine) {
    let town = Town::new(engine).await;
    let days: [Day; 2] = ["2020-09-30", "2020-10-01"].map(|day| day.parse().unwrap());
    let [before, after] = [(days[0], 24 * 60 - 3), (days[1], 7)];
    let moment = |(day, minute)| Zone::SHANGHAI.at(day, minute);
    // The device's clock is fast: by it the new month has begun when the first lot comes.
    let mut pad = Pad::of(1);
    let mut write = |act: &dyn Fn(&mut Pad) -> Entry| {
        let mut entry = act(&mut pad);
        entry.at = moment((days[1], 1));
        entry
    };
    let (child, other) = (town.holders[0], town.holders[1]);
    let scan = write(&|pad| pad.scan(0, child, Verdict::ReportFirst));
    let slip = write(&|pad| pad.slip(0, child));
    let late = write(&|pad| pad.scan(0, other, Verdict::ReportFirst));
    let undo_late = write(&|pad| pad.undo(0, &late));
    let undo_scan = write(&|pad| pad.undo(0, &scan));

    town.clock.set(moment(before));
    let lot = [scan.clone(), slip.clone(), undo_late];
    let first = town.hand_in(&town.east, &lot).await;
    assert_eq!(states(&first), [ReceiptState::Flagged; 3], "ahead");
    town.clock.set(moment(after));
    for _ in 0..2 {
        assert_eq!(town.hand_in(&town.east, &lot).await, first);
    }
    let undone = async |child: usize, day: Day| {
        let mut tx = town.services.store.read().await.unwrap();
        let rows = tx.gate_entries_of(town.people[child], day).await.unwrap();
        let undone = rows.iter().map(|row| row.undone_by.is_some());
        undone.collect::<Vec<_>>()
    };
    assert_eq!(undone(0, days[0]).await, [false, false]);
    assert!(undone(0, days[1]).await.is_empty(), "kept once");
    let mut tx = town.services.store.read().await.unwrap();
    let [from, to] = days;
    let reports = tx.reports_of(town.people[0], from, to).await.unwrap();
    let of: Vec<_> = reports.iter().map(|row| row.day).collect();
    assert_eq!(of, [from], "one report");
    drop(tx);

    // An undo finds what it takes back in the month before, and is found there itself.
    town.hand_in(&town.east, &[undo_scan, late]).await;
    assert_eq!(undone(0, days[0]).await, [true, true]);
    assert_eq!(undone(1, days[1]).await, [true]);
}

async fn a_cut_off_device_takes_nothing_and_what_it_hands_in_is_marked(engine: Engine) {
    let town = Town::new(engine).await;
    town.report_well(0).await;
    town.clock.set(at(450));
    let id = town.east.id();
    town.services
        .cut_off_device(&town.admin, town.school, id)
        .await
        .unwrap();
    let twice = town
        .services
        .cut_off_device(&town.admin, town.school, id)
        .await;
    assert!(matches!(
        twice,
        Err(Error::Refused(Refusal::AlreadySettled))
    ));
    let mut tx = town.services.store.read().await.unwrap();
    let row = tx.gate_device(id).await.unwrap().unwrap();
    assert_eq!(row.cut_off_at, Some(at(450)));
    drop(tx);
    let east = town.fresh(&town.east).await;
    let take = town.services.take_along(&east, "", &Told::default()).await;
    assert!(matches!(take, Err(Error::Refused(Refusal::DeviceCutOff))));
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    let entries = [
        pad.scan(440, town.holders[0], Verdict::Admit),
        pad.scan(455, town.holders[1], Verdict::Admit),
        pad.slip(456, town.holders[2]),
    ];
    let receipts = town.hand_in(&east, &entries).await;
    assert_eq!(states(&receipts), [ReceiptState::Flagged; 3]);
    let seen = town.attendance().await;
    assert_eq!(seen.here.len(), 1, "only what it did while it was in use");
    assert_eq!(town.code(2).await, Code::Grey);
    let flagged = GateDayFilter {
        is_flagged: true,
        ..Default::default()
    };
    let day = town
        .services
        .gate_day(&town.admin, town.school, &flagged)
        .await
        .unwrap();
    let words: Vec<_> = day
        .entries
        .iter()
        .map(|entry| entry.flags[0].clone())
        .collect();
    assert_eq!(words, ["after_cut_off", "after_cut_off", "before_cut_off"]);
}

impl Town {
    /// The device as the database has it now.
    async fn fresh(&self, device: &Device) -> Device {
        self.services
            .device_by_id(device.id())
            .await
            .unwrap()
            .unwrap()
    }
}

async fn what_does_not_fit_is_kept_with_a_mark_or_refused(engine: Engine) {
    let town = Town::new(engine).await;
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    let mut uncertain = pad.scan(440, town.holders[0], Verdict::Admit);
    uncertain.clock = ClockTrust::Restarted;
    let ahead = pad.scan(8 * 60 + 10, town.holders[0], Verdict::Admit);
    pad.seq += 3;
    let gap = pad.scan(442, town.holders[1], Verdict::Admit);
    let stranger = pad.scan(443, 42, Verdict::Refuse);
    let strangers_slip = pad.slip(444, 42);
    let mut nameless = pad.scan(445, town.holders[1], Verdict::Admit);
    nameless.id = EntryId("not a number".into());
    let impossible = pad.reading(446, town.holders[1], 999, None);
    let receipts = town
        .hand_in(
            &town.east,
            &[
                uncertain,
                ahead,
                gap,
                stranger,
                strangers_slip,
                nameless,
                impossible,
            ],
        )
        .await;
    let [flagged, refused] = [ReceiptState::Flagged, ReceiptState::Refused];
    assert_eq!(
        states(&receipts),
        [
            flagged, flagged, flagged, flagged, refused, refused, refused
        ]
    );
    let mut words: Vec<_> = town
        .day()
        .await
        .entries
        .into_iter()
        .flat_map(|e| e.flags)
        .collect();
    words.sort();
    assert_eq!(words, ["ahead", "gap", "uncertain_clock", "unknown_holder"]);
    let many = vec![pad.scan(447, town.holders[0], Verdict::Admit); 201];
    assert!(town.services.hand_in(&town.east, &many).await.is_err());
}

async fn a_code_enrols_one_device_within_a_quarter_of_an_hour(engine: Engine) {
    let town = Town::new(engine).await;
    let services = &town.services;
    let gates = services.gates(&town.admin, town.school, 0).await.unwrap();
    let gate = gates.gates[0].gate;
    let code = services
        .make_gate_code(&town.admin, town.school, gate, "备用")
        .await
        .unwrap();
    let unusable = |result: services::Result<_>| {
        matches!(result, Err(Error::Refused(Refusal::GateCodeUnusable)))
    };
    assert!(unusable(
        services.enrol_device("AAAA-BBBB-CCCC").await.map(|_| ())
    ));
    let enrolled = services
        .enrol_device(&code.code.as_str().to_lowercase())
        .await
        .unwrap();
    assert!(unusable(
        services.enrol_device(code.code.as_str()).await.map(|_| ())
    ));
    let known = services.device(&enrolled.token).await.unwrap().unwrap();
    assert_eq!(known.id(), enrolled.device.id());
    // A device's token is no session.
    let session = services::accounts::SessionToken::from_cookie(enrolled.token.cookie());
    assert!(services.authenticate(&session).await.unwrap().is_none());
    let late = services
        .make_gate_code(&town.admin, town.school, gate, "备用")
        .await
        .unwrap();
    town.clock.advance(15 * 60_000);
    assert!(unusable(
        services.enrol_device(late.code.as_str()).await.map(|_| ())
    ));
    let teacher = services
        .make_gate_code(&town.teacher, town.school, gate, "备用")
        .await;
    assert!(matches!(teacher, Err(Error::Forbidden)));
}

async fn a_refused_child_has_only_the_check_kept(engine: Engine) {
    let town = Town::new(engine).await;
    let mut tx = town.services.store.write().await.unwrap();
    tx.insert_consent(&store::ConsentRow {
        account_id: AccountId(77),
        person_id: town.people[0],
        version: "1".into(),
        answer: "refused".into(),
        at: at(100),
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    town.hand_in(&town.east, &[pad.slip(440, town.holders[0])])
        .await;
    assert_eq!(town.code(0).await, Code::Green);
    let slips = town.attendance().await.slips;
    assert_eq!(slips[0].tenths, None);
}

async fn the_gates_day_is_searched_filtered_and_exported(engine: Engine) {
    let town = Town::new(engine).await;
    town.report_well(0).await;
    town.clock.set(at(8 * 60));
    let mut pad = Pad::of(1);
    let entries = [
        pad.scan(440, town.holders[0], Verdict::Admit),
        pad.scan(441, town.holders[1], Verdict::ReportFirst),
        pad.write(
            442,
            Act::Refused {
                why: "expired".into(),
            },
        ),
    ];
    town.hand_in(&town.east, &entries).await;
    let list = |filter: GateDayFilter| {
        let (services, admin, school) = (&town.services, town.admin.clone(), town.school);
        async move { services.gate_day(&admin, school, &filter).await.unwrap() }
    };
    assert_eq!(list(GateDayFilter::default()).await.total, 3);
    let named = list(GateDayFilter {
        search: "丁".into(),
        ..Default::default()
    });
    assert_eq!(named.await.entries[0].who.as_ref().unwrap().0, "丁可欣");
    let admitted = list(GateDayFilter {
        verdict: "admit".into(),
        ..Default::default()
    });
    assert_eq!(admitted.await.total, 1);
    let (admin, all) = (&town.admin, GateDayFilter::default());
    let zh = domain::Lang::Zh;
    let file = town
        .services
        .export_gate_day(admin, town.school, &all, zh)
        .await;
    assert!(file.unwrap().bytes.starts_with(b"PK"));
    let guard = account(14, Role::Guard, Scope::School(town.school));
    let refused = town
        .services
        .gate_day(&guard, town.school, &GateDayFilter::default())
        .await;
    assert!(matches!(refused, Err(Error::Forbidden)));
}
