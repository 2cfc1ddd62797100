//! Where the device keeps what.

use crate::islands::device::js::Answer;
use crate::islands::device::store::Store;
use domain::gate::Entry;
use wasm_bindgen::JsValue;

/// Single things: the key, the stamp, the roll, the time last seen, the number of the last entry.
pub(super) const KEPT: &str = "kept";
/// Today's entries, by number.
pub(super) const ENTRIES: &str = "entries";
/// The numbers of the entries that the server has not got yet.
pub(super) const QUEUE: &str = "queue";

/// The store of a device.
pub(super) async fn open(device: i64) -> Answer<Store> {
    Store::open(&format!("fuxue-gate-{device}"), &[KEPT, ENTRIES, QUEUE]).await
}

/// The entries that can be opened, in order, and the numbers of those that wait.
pub(super) async fn entries(store: &Store) -> Answer<(Vec<Entry>, Vec<u64>)> {
    let entries = store.opened(ENTRIES, |key| place(whole(key))).await?;
    let waiting = store.keys(QUEUE).await?;
    Ok((
        entries.into_iter().map(|(_, entry)| entry).collect(),
        waiting.iter().map(whole).collect(),
    ))
}

/// Where an entry is sealed for.
pub(super) fn place(seq: u64) -> String {
    format!("entry {seq}")
}

/// A number as a key of the store.
#[expect(clippy::cast_precision_loss, reason = "no device makes 2^53 entries")]
pub(super) fn number(seq: u64) -> JsValue {
    JsValue::from_f64(seq as f64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "written by `number`"
)]
fn whole(value: &JsValue) -> u64 {
    value.as_f64().unwrap_or_default() as u64
}
