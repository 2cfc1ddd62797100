//! A device: enrolled once with a code, known by a random token, cut off by the school. Its token is no session, and a
//! session is no device.

use super::take::Kept;
use crate::actor::Actor;
use crate::audit::Entry;
use crate::clock::bytes;
use crate::codes::{Code, code_hash};
use crate::{Error, Refusal, Result, Services};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{DeviceId, SchoolId};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::GateDeviceRow;

/// The name of a device's cookie.
pub const DEVICE_COOKIE: &str = "fuxue_gate";
/// How long the cookie is kept, in seconds: 400 days.
pub const DEVICE_LIFE: i64 = 400 * 86_400;

/// A device's secret: 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken(String);

impl std::fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceToken(…)")
    }
}

impl DeviceToken {
    /// The token as the cookie carries it.
    pub fn from_cookie(value: &str) -> Self {
        Self(value.to_owned())
    }

    /// The cookie's value.
    pub fn cookie(&self) -> &str {
        &self.0
    }

    /// What the database keeps. Begins otherwise than a session's, so that neither can ever stand for the other.
    fn hash(&self) -> Vec<u8> {
        let hash = Sha256::new().chain_update("fuxue gate device\n");
        hash.chain_update(&self.0).finalize().to_vec()
    }
}

/// A device that asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub(super) row: GateDeviceRow,
}

impl Device {
    /// Its number.
    pub fn id(&self) -> DeviceId {
        self.row.device_id
    }

    /// Its school.
    pub fn school(&self) -> SchoolId {
        self.row.school_id
    }

    /// Whether it was cut off: it may still hand in, and takes nothing.
    pub fn is_cut_off(&self) -> bool {
        self.row.cut_off_at.is_some()
    }

    /// The number of its next entry, where it writes down nothing itself.
    pub fn next_seq(&self) -> u64 {
        u64::try_from(self.row.last_seq).unwrap_or_default() + 1
    }

    /// It works at the gates of its school, like a guard.
    pub(super) fn actor(&self) -> Actor {
        Actor::device(self.row.device_id, self.row.school_id)
    }
}

/// A device that was just enrolled.
#[derive(Debug)]
pub struct Enrolled {
    /// For the cookie.
    pub token: DeviceToken,
    /// Which one.
    pub device: Device,
}

/// The subject of an entry of the log about a device.
pub(super) fn device_subject(id: DeviceId) -> String {
    format!("device:{id}")
}

impl Services {
    /// Enrols a device with a code, which is used up.
    ///
    /// # Errors
    /// [`Refusal::GateCodeUnusable`] for a code that is mistyped, used, older than a quarter of an hour, or of a gate
    /// that was closed since.
    pub async fn enrol_device(&self, code: &str) -> Result<Enrolled> {
        let code = Code::parse(code).ok_or(Refusal::GateCodeUnusable)?;
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let used = tx.use_gate_code(&code_hash(&code), now).await?;
        let used = used.ok_or(Refusal::GateCodeUnusable)?;
        let gate = tx.gate(used.gate_id).await?.ok_or(Error::Forbidden)?;
        if gate.closed_at.is_some() {
            return Err(Refusal::GateCodeUnusable.into());
        }
        let token = DeviceToken(URL_SAFE_NO_PAD.encode(bytes::<32>(&*self.entropy)));
        let row = GateDeviceRow {
            device_id: DeviceId(self.next_id()),
            gate_id: used.gate_id,
            school_id: used.school_id,
            name: used.name,
            token_hash: token.hash(),
            enrolled_at: now,
            enrolled_by: used.issued_by,
            cut_off_at: None,
            cut_off_by: None,
            seen_at: now,
            last_seq: 0,
            waiting: None,
            app: String::new(),
        };
        tx.insert_gate_device(&row).await?;
        let device = Device { row };
        let place = self.place_of_school(&mut tx, device.school()).await?;
        let detail = format!("{} · {}", gate.name, device.row.name);
        let entry = Entry {
            actor: &device.actor(),
            place: &place,
            action: "device.enrol",
            subject: device_subject(device.id()),
            detail: Some((&detail, None)),
        };
        self.audit(&mut tx, entry).await?;
        tx.commit().await?;
        Ok(Enrolled { token, device })
    }

    /// The device of a token, cut off or not; `None` for a token that is no device's.
    pub async fn device(&self, token: &DeviceToken) -> Result<Option<Device>> {
        let mut tx = self.store.read().await?;
        let row = tx.gate_device_by_token(&token.hash()).await?;
        Ok(row.map(|row| Device { row }))
    }

    /// A device by its number, cut off or not.
    pub async fn device_by_id(&self, id: DeviceId) -> Result<Option<Device>> {
        let mut tx = self.store.read().await?;
        Ok(tx.gate_device(id).await?.map(|row| Device { row }))
    }

    /// What is kept of a school between requests.
    pub(super) fn kept_roll(&self, school: SchoolId) -> Arc<Kept> {
        let kept = self.gates.0.lock().ok();
        kept.and_then(|kept| kept.get(&school).cloned())
            .unwrap_or_default()
    }

    pub(super) fn keep_roll(&self, school: SchoolId, roll: Arc<Kept>) {
        if let Ok(mut kept) = self.gates.0.lock() {
            kept.insert(school, roll);
        }
    }
}
