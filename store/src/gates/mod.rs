//! Gates, their devices, and what these take along.

mod entries;

pub use entries::{GateCountRow, GateEntryFilter, GateEntryRow};

use crate::people::here;
use crate::query::{query, query_as, query_scalar};
use crate::{Result, Tx};
use domain::ids::{AccountId, ClassId, DeviceId, GateId, PersonId, SchoolId};
use domain::{Day, Millis};

/// A gate of a school.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GateRow {
    /// Its number.
    pub gate_id: GateId,
    /// Its school.
    pub school_id: SchoolId,
    /// Its name.
    pub name: String,
    /// Its place on lists.
    pub place: i64,
    /// When it was closed for good.
    pub closed_at: Option<Millis>,
}

/// A device at a gate.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GateDeviceRow {
    /// Its number.
    pub device_id: DeviceId,
    /// Where it stands.
    pub gate_id: GateId,
    /// Its school.
    pub school_id: SchoolId,
    /// What the school calls it.
    pub name: String,
    /// SHA-256 of its token.
    pub token_hash: Vec<u8>,
    /// When it was enrolled.
    pub enrolled_at: Millis,
    /// Who made its code.
    pub enrolled_by: Option<AccountId>,
    /// When it was cut off.
    pub cut_off_at: Option<Millis>,
    /// Who cut it off.
    pub cut_off_by: Option<AccountId>,
    /// The last contact.
    pub seen_at: Millis,
    /// The highest number of an entry it has handed in.
    pub last_seq: i64,
    /// How many entries it said it still has; `None` where it never said.
    pub waiting: Option<i64>,
    /// What it said of its own program.
    pub app: String,
}

/// A code with which one device is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GateCodeRow {
    /// SHA-256 of the code.
    pub code_hash: Vec<u8>,
    /// The gate at which the device will stand.
    pub gate_id: GateId,
    /// Its school.
    pub school_id: SchoolId,
    /// What the device will be called.
    pub name: String,
    /// Who made it.
    pub issued_by: Option<AccountId>,
    /// When.
    pub issued_at: Millis,
    /// Until when it can be used.
    pub expires_at: Millis,
    /// When it was.
    pub used_at: Option<Millis>,
}

/// Somebody of a school as a device needs to know them.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RollRow {
    /// Who.
    pub person_id: PersonId,
    /// Their class.
    pub class_id: ClassId,
    /// Their seat.
    pub seat: i64,
    /// Changes whenever what the roster says of them is written anew.
    pub mark: Vec<u8>,
    /// The day for which `code` and `ends_day` were computed.
    pub day: Day,
    /// `domain::Code` by number.
    pub code: i64,
    /// The last day of the shown colour.
    pub ends_day: Option<Day>,
    /// The latest day with an accepted report.
    pub reported_day: Option<Day>,
    /// Their number in passes.
    pub holder: Option<i64>,
    /// The number of their newest card.
    pub serial: Option<i64>,
}

impl RollRow {
    /// The code on `today`; as [`crate::StateRow::code_on`].
    pub fn code_on(&self, today: Day) -> domain::Code {
        if self.day == today {
            domain::Code::from_number(self.code)
        } else {
            domain::Code::Grey
        }
    }
}

macro_rules! device {
    () => {
        "SELECT device_id, gate_id, school_id, name, token_hash, enrolled_at, enrolled_by, cut_off_at, cut_off_by, seen_at, last_seq, waiting, app FROM gate_device"
    };
}

impl Tx {
    /// Adds a gate.
    pub async fn insert_gate(&mut self, row: &GateRow) -> Result<()> {
        query(
            "INSERT INTO gate (gate_id, school_id, name, place, closed_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(row.gate_id)
        .bind(row.school_id)
        .bind(&row.name)
        .bind(row.place)
        .bind(row.closed_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Changes a gate's name, place and closing.
    pub async fn update_gate(&mut self, row: &GateRow) -> Result<()> {
        self.touch_numbers();
        query("UPDATE gate SET name = $2, place = $3, closed_at = $4 WHERE gate_id = $1")
            .bind(row.gate_id)
            .bind(&row.name)
            .bind(row.place)
            .bind(row.closed_at)
            .execute(self)
            .await?;
        Ok(())
    }

    /// A school's gates in their order, closed ones too.
    pub async fn gates_of(&mut self, school: SchoolId) -> Result<Vec<GateRow>> {
        Ok(query_as(
            "SELECT gate_id, school_id, name, place, closed_at FROM gate WHERE school_id = $1 ORDER BY place, gate_id",
        )
        .bind(school)
        .fetch_all(self)
        .await?)
    }

    /// A gate by its number.
    pub async fn gate(&mut self, gate: GateId) -> Result<Option<GateRow>> {
        Ok(query_as(
            "SELECT gate_id, school_id, name, place, closed_at FROM gate WHERE gate_id = $1",
        )
        .bind(gate)
        .fetch_optional(self)
        .await?)
    }

    /// Keeps a code, and forgets those that ended before `before`.
    pub async fn insert_gate_code(&mut self, row: &GateCodeRow, before: Millis) -> Result<()> {
        query("DELETE FROM gate_code WHERE expires_at < $1")
            .bind(before)
            .execute(self)
            .await?;
        query(
            "INSERT INTO gate_code (code_hash, gate_id, school_id, name, issued_by, issued_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&row.code_hash)
        .bind(row.gate_id)
        .bind(row.school_id)
        .bind(&row.name)
        .bind(row.issued_by)
        .bind(row.issued_at)
        .bind(row.expires_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// Uses a code that is open at `at`; `None` where there is none such.
    pub async fn use_gate_code(
        &mut self,
        code_hash: &[u8],
        at: Millis,
    ) -> Result<Option<GateCodeRow>> {
        Ok(query_as(
            "UPDATE gate_code SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2
             RETURNING code_hash, gate_id, school_id, name, issued_by, issued_at, expires_at, used_at",
        )
        .bind(code_hash)
        .bind(at)
        .fetch_optional(self)
        .await?)
    }

    /// Keeps a new device.
    pub async fn insert_gate_device(&mut self, row: &GateDeviceRow) -> Result<()> {
        query(
            "INSERT INTO gate_device (device_id, gate_id, school_id, name, token_hash, enrolled_at, enrolled_by, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(row.device_id)
        .bind(row.gate_id)
        .bind(row.school_id)
        .bind(&row.name)
        .bind(&row.token_hash)
        .bind(row.enrolled_at)
        .bind(row.enrolled_by)
        .bind(row.seen_at)
        .execute(self)
        .await?;
        Ok(())
    }

    /// A device by the hash of its token.
    pub async fn gate_device_by_token(&mut self, hash: &[u8]) -> Result<Option<GateDeviceRow>> {
        Ok(query_as(concat!(device!(), " WHERE token_hash = $1"))
            .bind(hash)
            .fetch_optional(self)
            .await?)
    }

    /// A device by its number.
    pub async fn gate_device(&mut self, device: DeviceId) -> Result<Option<GateDeviceRow>> {
        Ok(query_as(concat!(device!(), " WHERE device_id = $1"))
            .bind(device)
            .fetch_optional(self)
            .await?)
    }

    /// A school's devices, those in use first, then the latest first.
    pub async fn gate_devices(
        &mut self,
        school: SchoolId,
        limit: i64,
        skip: i64,
    ) -> Result<Vec<GateDeviceRow>> {
        Ok(query_as(concat!(
            device!(),
            " WHERE school_id = $1
              ORDER BY CASE WHEN cut_off_at IS NULL THEN 0 ELSE 1 END, device_id DESC LIMIT $2 OFFSET $3"
        ))
        .bind(school)
        .bind(limit)
        .bind(skip)
        .fetch_all(self)
        .await?)
    }

    /// How many devices a school has, cut-off ones too.
    pub async fn gate_device_count(&mut self, school: SchoolId) -> Result<i64> {
        Ok(
            query_scalar("SELECT count(*) FROM gate_device WHERE school_id = $1")
                .bind(school)
                .fetch_one(self)
                .await?,
        )
    }

    /// Cuts a device off; says whether it was in use.
    pub async fn cut_off_gate_device(
        &mut self,
        device: DeviceId,
        at: Millis,
        by: Option<AccountId>,
    ) -> Result<bool> {
        let done = query(
            "UPDATE gate_device SET cut_off_at = $2, cut_off_by = $3 WHERE device_id = $1 AND cut_off_at IS NULL",
        )
        .bind(device)
        .bind(at)
        .bind(by)
        .execute(self)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes a contact with a device and what it said of itself.
    pub async fn touch_gate_device(
        &mut self,
        device: DeviceId,
        at: Millis,
        waiting: Option<i64>,
        app: &str,
    ) -> Result<()> {
        query("UPDATE gate_device SET seen_at = $2, waiting = $3, app = $4 WHERE device_id = $1")
            .bind(device)
            .bind(at)
            .bind(waiting)
            .bind(app)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Notes the highest number that a device has handed in.
    pub async fn advance_gate_device(
        &mut self,
        device: DeviceId,
        at: Millis,
        seq: i64,
    ) -> Result<()> {
        query("UPDATE gate_device SET seen_at = $2, last_seq = $3 WHERE device_id = $1")
            .bind(device)
            .bind(at)
            .bind(seq)
            .execute(self)
            .await?;
        Ok(())
    }

    /// How many numbers up to its highest each device of a school has handed in.
    pub async fn gate_handed_in(&mut self, school: SchoolId) -> Result<Vec<(DeviceId, i64)>> {
        Ok(query_as(
            "SELECT device_id, count(DISTINCT seq) FROM gate_entry
             WHERE device_id IN (SELECT device_id FROM gate_device WHERE school_id = $1) GROUP BY device_id",
        )
        .bind(school)
        .fetch_all(self)
        .await?)
    }

    /// The people of a school with their colours and numbers, by person.
    pub async fn roll_of(&mut self, school: SchoolId) -> Result<Vec<RollRow>> {
        // The nonce within the ciphertext: another one with every change.
        Ok(query_as(concat!(
            "SELECT p.person_id, p.class_id, p.seat, substr(p.profile_enc, 6, 24) AS mark, s.day, s.code, s.ends_day, s.reported_day,
                    h.holder, h.serial
             FROM person p JOIN person_state s ON s.person_id = p.person_id
             LEFT JOIN pass_holder h ON h.person_id = p.person_id
             WHERE p.school_id = $1 AND ",
            here!("p"),
            " ORDER BY p.person_id"
        ))
        .bind(school)
        .fetch_all(self)
        .await?)
    }

    /// The minute of the day by which a school's slips are confirmed, where it has set one.
    pub async fn slip_minute(&mut self, school: SchoolId) -> Result<Option<i64>> {
        Ok(
            query_scalar("SELECT slip_minute FROM gate_setting WHERE school_id = $1")
                .bind(school)
                .fetch_optional(self)
                .await?,
        )
    }

    /// Sets that minute.
    pub async fn set_slip_minute(&mut self, school: SchoolId, minute: i64) -> Result<()> {
        self.touch_numbers();
        query(
            "INSERT INTO gate_setting (school_id, slip_minute) VALUES ($1, $2)
             ON CONFLICT (school_id) DO UPDATE SET slip_minute = excluded.slip_minute",
        )
        .bind(school)
        .bind(minute)
        .execute(self)
        .await?;
        Ok(())
    }
}
