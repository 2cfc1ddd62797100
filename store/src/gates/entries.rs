//! What the devices at the gates hand in.
//!
//! PostgreSQL keeps the months of it apart. A statement names the day or a range of days where whoever asks knows them;
//! without, every month is looked into, of which there are more with each year.

use crate::people::here;
use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::ids::{AccountId, ClassId, DeviceId, GateId, PersonId, RegionCode, ReportId, SchoolId};
use domain::{Day, Millis};

/// Something that happened at a gate.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GateEntryRow {
    /// Its number here.
    pub entry_no: i64,
    /// The device that handed it in.
    pub device_id: DeviceId,
    /// Its number there, 16 bytes.
    pub entry_key: Vec<u8>,
    /// The how-manieth of the device.
    pub seq: i64,
    /// The school.
    pub school_id: SchoolId,
    /// The gate.
    pub gate_id: GateId,
    /// The day at the school.
    pub day: Day,
    /// When, as the device knew the time.
    pub at: Millis,
    /// When it was handed in.
    pub received_at: Millis,
    /// scan, slip, reading, visitor, refused or undo.
    pub kind: String,
    /// Who; `None` for temperatures, whose person is in `detail_enc`.
    pub person_id: Option<PersonId>,
    /// Their class then.
    pub class_id: Option<ClassId>,
    /// Blind index of the person of a temperature.
    pub person_ix: Option<Vec<u8>>,
    /// How somebody was told by.
    pub shown: Option<String>,
    /// in or out.
    pub direction: Option<String>,
    /// admit, refuse or `report_first`.
    pub verdict: Option<String>,
    /// The stable code of a refused pass.
    pub why: Option<String>,
    /// Words, each with a space before and behind.
    pub flags: String,
    /// What an undo takes back.
    pub of_key: Option<Vec<u8>>,
    /// The undo that took it back.
    pub undone_by: Option<i64>,
    /// The report that a slip became.
    pub report_id: Option<ReportId>,
    /// Where a slip stands: waiting, confirmed, rejected or moot; struck for a temperature.
    pub state: Option<String>,
    /// Who settled it.
    pub settled_by: Option<AccountId>,
    /// When.
    pub settled_at: Option<Millis>,
    /// In which words, encrypted under the person's key.
    pub note_enc: Option<Vec<u8>>,
    /// What else it says, encrypted.
    pub detail_enc: Option<Vec<u8>>,
}

/// How many entries of a day there are of a kind.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GateCountRow {
    /// The gate.
    pub gate_id: GateId,
    /// scan, slip, reading, visitor, refused or undo.
    pub kind: String,
    /// in or out.
    pub direction: Option<String>,
    /// admit, refuse or `report_first`.
    pub verdict: Option<String>,
    /// How many.
    pub entries: i64,
}

/// Which entries of a day are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GateEntryFilter {
    /// Of one gate.
    pub gate: Option<GateId>,
    /// In or out.
    pub direction: Option<String>,
    /// With this verdict.
    pub verdict: Option<String>,
    /// Only the flagged.
    pub is_flagged: bool,
    /// Only of these people.
    pub people: Option<Vec<PersonId>>,
}

macro_rules! entry {
    () => {
        "SELECT entry_no, device_id, entry_key, seq, school_id, gate_id, day, at, received_at, kind, person_id, class_id, person_ix, shown, direction, verdict, why, flags, of_key, undone_by, report_id, state, settled_by, settled_at, note_enc, detail_enc FROM gate_entry"
    };
}

impl Tx {
    /// Keeps an entry.
    pub async fn insert_gate_entry(&mut self, row: &GateEntryRow) -> Result<()> {
        self.touch_numbers();
        query(
            "INSERT INTO gate_entry (entry_no, device_id, entry_key, seq, school_id, gate_id, day, at, received_at, kind, person_id,
               class_id, person_ix, shown, direction, verdict, why, flags, of_key, undone_by, report_id, state, detail_enc)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
        )
        .bind(row.entry_no)
        .bind(row.device_id)
        .bind(&row.entry_key)
        .bind(row.seq)
        .bind(row.school_id)
        .bind(row.gate_id)
        .bind(row.day)
        .bind(row.at)
        .bind(row.received_at)
        .bind(&row.kind)
        .bind(row.person_id)
        .bind(row.class_id)
        .bind(&row.person_ix)
        .bind(&row.shown)
        .bind(&row.direction)
        .bind(&row.verdict)
        .bind(&row.why)
        .bind(&row.flags)
        .bind(&row.of_key)
        .bind(row.undone_by)
        .bind(row.report_id)
        .bind(&row.state)
        .bind(&row.detail_enc)
        .execute(self)
        .await?;
        Ok(())
    }

    /// An entry by its number here, of whichever day.
    pub async fn gate_entry(&mut self, entry: i64) -> Result<Option<GateEntryRow>> {
        Ok(query_as(concat!(entry!(), " WHERE entry_no = $1"))
            .bind(entry)
            .fetch_optional(self)
            .await?)
    }

    /// Entries of a device by their numbers there, of whichever days: ask for all of a lot at once.
    pub async fn gate_entries_by_key(
        &mut self,
        device: DeviceId,
        keys: &[[u8; 16]],
    ) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE device_id = $1 AND entry_key IN ($list)"
        ))
        .bind(device)
        .list(keys.iter().map(<[u8; 16]>::as_slice))
        .fetch_all(self)
        .await?)
    }

    /// The undos of entries of a device, where any were handed in, of whichever days: the number there of what each takes
    /// back, and its own here. Of several of one entry the earliest comes first.
    pub async fn gate_undos_of(
        &mut self,
        device: DeviceId,
        keys: &[[u8; 16]],
    ) -> Result<Vec<(Vec<u8>, i64)>> {
        Ok(query_as(
            "SELECT of_key, entry_no FROM gate_entry
             WHERE device_id = $1 AND of_key IN ($list) AND flags NOT LIKE '%after_cut_off%' ORDER BY entry_no",
        )
        .bind(device)
        .list(keys.iter().map(<[u8; 16]>::as_slice))
        .fetch_all(self)
        .await?)
    }

    /// Whether a device has handed in an entry of that place in its order, on whichever day.
    pub async fn has_gate_seq(&mut self, device: DeviceId, seq: i64) -> Result<bool> {
        Ok(query_scalar(
            "SELECT EXISTS (SELECT 1 FROM gate_entry WHERE device_id = $1 AND seq = $2)",
        )
        .bind(device)
        .bind(seq)
        .fetch_one(self)
        .await?)
    }

    /// Says that an entry of a day was taken back, unless it was before.
    pub async fn undo_gate_entry(&mut self, entry: i64, day: Day, by: i64) -> Result<()> {
        self.touch_numbers();
        query("UPDATE gate_entry SET undone_by = $3 WHERE entry_no = $1 AND day = $2 AND undone_by IS NULL")
            .bind(entry)
            .bind(day)
            .bind(by)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Settles a slip or strikes a temperature of a day; says whether it still stood in `from`.
    pub async fn settle_gate_entry(
        &mut self,
        (entry, day): (i64, Day),
        (from, to): (Option<&str>, &str),
        by: Option<AccountId>,
        at: Millis,
        note_enc: Option<&[u8]>,
    ) -> Result<bool> {
        self.touch_numbers();
        let done = query(
            "UPDATE gate_entry SET state = $4, settled_by = $5, settled_at = $6, note_enc = $7
             WHERE entry_no = $1 AND day = $2 AND coalesce(state, '') = $3",
        )
        .bind(entry)
        .bind(day)
        .bind(from.unwrap_or_default())
        .bind(to)
        .bind(by)
        .bind(at)
        .bind(note_enc)
        .execute(self)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The scans and slips of a person on a day, in the order of each device.
    pub async fn gate_entries_of(
        &mut self,
        person: PersonId,
        day: Day,
    ) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE person_id = $1 AND day = $2 ORDER BY device_id, seq, entry_no"
        ))
        .bind(person)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The scans and slips of the people of a class on a day, the earliest first.
    pub async fn gate_entries_of_class(
        &mut self,
        class: ClassId,
        day: Day,
    ) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE class_id = $1 AND day = $2 ORDER BY at, entry_no"
        ))
        .bind(class)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The slips of those now in a class since a day that wait for the teacher, the earliest first.
    pub async fn waiting_gate_slips(
        &mut self,
        class: ClassId,
        since: Day,
    ) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE person_id IN (SELECT p.person_id FROM person p WHERE p.class_id = $1 AND ",
            here!("p"),
            ") AND day >= $2 AND state = 'waiting' AND undone_by IS NULL
               AND EXISTS (SELECT 1 FROM report r
                   WHERE r.report_id = gate_entry.report_id AND r.day = gate_entry.day AND r.status = 'accepted')
              ORDER BY at, entry_no"
        ))
        .bind(class)
        .bind(since)
        .fetch_all(self)
        .await?)
    }

    /// The people of a school whose slip of a day waits for the teacher while its report is in force.
    pub async fn provisional_people(
        &mut self,
        school: SchoolId,
        day: Day,
    ) -> Result<Vec<PersonId>> {
        Ok(query_scalar(
            "SELECT e.person_id FROM gate_entry e JOIN report r ON r.report_id = e.report_id AND r.day = e.day
             WHERE e.school_id = $1 AND e.day = $2 AND e.state = 'waiting' AND e.undone_by IS NULL
               AND e.person_id IS NOT NULL AND r.status = 'accepted'",
        )
        .bind(school)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The temperatures of several people since a day, by their blind indexes, with what was taken back and struck.
    pub async fn gate_readings(
        &mut self,
        people: &[Vec<u8>],
        since: Day,
    ) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE person_ix IN ($list) AND day >= $1 ORDER BY at, entry_no"
        ))
        .bind(since)
        .list(people)
        .fetch_all(self)
        .await?)
    }

    /// The temperatures of a person's day, by their blind index, with what was taken back and struck.
    pub async fn gate_readings_on(&mut self, person: &[u8], day: Day) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE person_ix = $1 AND day = $2 ORDER BY at, entry_no"
        ))
        .bind(person)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The temperatures of a school's day, the earliest first.
    pub async fn gate_readings_of_day(
        &mut self,
        school: SchoolId,
        day: Day,
    ) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE school_id = $1 AND day = $2 AND kind = 'reading' ORDER BY at, entry_no"
        ))
        .bind(school)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// The temperatures of a region's schools since a day.
    pub async fn gate_readings_within(
        &mut self,
        region: &RegionCode,
        since: Day,
    ) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE kind = 'reading' AND day >= $2 AND school_id IN (SELECT c.school_id FROM school c
                WHERE $1 = 'CN' OR (c.region_code >= $1 AND c.region_code < $1 || ':')) ORDER BY entry_no"
        ))
        .bind(region)
        .bind(since)
        .fetch_all(self)
        .await?)
    }

    /// How many entries of a school's day there are of each kind, without those taken back.
    pub async fn gate_counts(&mut self, school: SchoolId, day: Day) -> Result<Vec<GateCountRow>> {
        Ok(query_as(
            "SELECT gate_id, kind, direction, verdict, count(*) AS entries FROM gate_entry
             WHERE school_id = $1 AND day = $2 AND undone_by IS NULL GROUP BY gate_id, kind, direction, verdict",
        )
        .bind(school)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// How many people a school let in on a day, each once.
    pub async fn people_let_in(&mut self, school: SchoolId, day: Day) -> Result<i64> {
        Ok(query_scalar(
            "SELECT count(DISTINCT person_id) FROM gate_entry
             WHERE school_id = $1 AND day = $2 AND undone_by IS NULL AND direction = 'in' AND verdict = 'admit' AND flags NOT LIKE '%after_cut_off%'",
        )
        .bind(school)
        .bind(day)
        .fetch_one(self)
        .await?)
    }

    /// The last entry of each person of a school's day that let them in or out.
    pub async fn gate_came(&mut self, school: SchoolId, day: Day) -> Result<Vec<GateEntryRow>> {
        Ok(query_as(concat!(
            entry!(),
            " WHERE school_id = $1 AND day = $2 AND undone_by IS NULL AND person_id IS NOT NULL
               AND (verdict = 'admit' OR direction = 'out') AND flags NOT LIKE '%after_cut_off%' ORDER BY at, entry_no"
        ))
        .bind(school)
        .bind(day)
        .fetch_all(self)
        .await?)
    }

    /// A part of a school's day, the latest first; temperatures and refused codes among them only without people.
    pub async fn gate_day(
        &mut self,
        (school, day): (SchoolId, Day),
        filter: &GateEntryFilter,
        (limit, skip): (i64, i64),
    ) -> Result<Vec<GateEntryRow>> {
        let people = filter.people_asked();
        Ok(query_as(concat!(
            entry!(),
            filter!(),
            " ORDER BY at DESC, entry_no DESC LIMIT $8 OFFSET $9"
        ))
        .bind(school)
        .bind(day)
        .bind(filter.gate)
        .bind(&filter.direction)
        .bind(&filter.verdict)
        .bind(filter.is_flagged)
        .bind(filter.people.is_none())
        .bind(limit)
        .bind(skip)
        .list(people)
        .fetch_all(self)
        .await?)
    }

    /// How many entries a filter finds.
    pub async fn gate_day_count(
        &mut self,
        (school, day): (SchoolId, Day),
        filter: &GateEntryFilter,
    ) -> Result<i64> {
        let people = filter.people_asked();
        let counts = query_scalar::<i64>(concat!("SELECT count(*) FROM gate_entry", filter!()))
            .bind(school)
            .bind(day)
            .bind(filter.gate)
            .bind(&filter.direction)
            .bind(&filter.verdict)
            .bind(filter.is_flagged)
            .bind(filter.people.is_none())
            .list(people)
            .fetch_all(self)
            .await?;
        Ok(counts.into_iter().sum())
    }

    /// Destroys temperatures, visitors and notes of before a day, in at most `page` entries; says whether there may be
    /// more.
    pub async fn strip_gate_entries_before(&mut self, day: Day, page: i64) -> Result<bool> {
        Ok(query(
            "UPDATE gate_entry SET detail_enc = NULL, note_enc = NULL, person_ix = NULL
             WHERE day < $1 AND (entry_no, day) IN (SELECT entry_no, day FROM gate_entry
                 WHERE day < $1 AND (detail_enc IS NOT NULL OR note_enc IS NOT NULL) ORDER BY day LIMIT $2)",
        )
        .bind(day)
        .execute_page(page, self)
        .await?)
    }

    /// Forgets every entry, for a demo that is told anew.
    pub async fn delete_gate_entries(&mut self) -> Result<()> {
        query("DELETE FROM gate_entry").execute(self).await?;
        query("UPDATE gate_device SET last_seq = 0")
            .execute(self)
            .await?;
        Ok(())
    }
}

/// Most people that a search names.
const PEOPLE_MAX: usize = 900;

/// The condition of a [`GateEntryFilter`].
macro_rules! filter {
    () => {
        " WHERE school_id = $1 AND day = $2 AND kind <> 'undo' AND ($3 IS NULL OR gate_id = $3)
            AND ($4 IS NULL OR direction = $4) AND ($5 IS NULL OR verdict = $5) AND (NOT $6 OR flags <> '')
            AND ($7 OR person_id IN ($list))"
    };
}
use filter;

impl GateEntryFilter {
    /// Whom the list of a query names: never empty, and asked for at once. No person has the number 0. A name that
    /// more people of a school bear than fit is no name to search by.
    fn people_asked(&self) -> Vec<PersonId> {
        let found = self.people.iter().flatten().copied().take(PEOPLE_MAX);
        found.chain([PersonId(0)]).collect()
    }
}
