//! How long answers are kept: the job at midnight destroys what is older. Days, colours and reasons stay.

use crate::clock::first_id_at;
use crate::family::KEPT_DAYS;
use crate::gather::distinct;
use crate::vault::{Cell, CellKey};
use crate::{Error, Result, Services};
use domain::decision::Decision;
use domain::{Day, Millis, Zone};
use store::{DecisionRow, Tx};

/// Rows stripped by one transaction, so that reports need not wait long.
const PAGE: i64 = 1_000;
/// Sessions that are looked through at a time, and how many are forgotten: their rows lie all over the table.
const SESSIONS: i64 = 10_000;
const SESSIONS_FORGOTTEN: usize = 250;
/// Where the last run left off: reports and decisions below this number are stripped.
const REPORTS_MARK: &str = "reports_stripped_below";
const DECISIONS_MARK: &str = "decisions_stripped_below";

/// What is destroyed once it is old: of before a moment, or a day.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Old {
    /// The words of objections.
    Words(Millis),
    /// Turns, whose decisions stay.
    Turns(Day),
    /// Temperatures, visitors and notes of the gates.
    Passages(Day),
    /// The numbers of every five minutes.
    Slots(Day),
}

impl Services {
    /// Destroys answers, notes and objections that were given more than [`KEPT_DAYS`] days ago, in reports and in
    /// the words of decisions alike.
    pub(crate) async fn strip_old_answers(&self, zone: Zone, today: Day) -> Result<()> {
        let before = zone.at(today.plus(-KEPT_DAYS), 0);
        while self.strip_report_page(before).await? {}
        while self.strip_decision_page(before).await? {}
        let day = today.plus(-KEPT_DAYS);
        self.destroy(Old::Words(before)).await?;
        self.destroy(Old::Turns(day)).await?;
        self.destroy(Old::Passages(day)).await
    }

    /// Destroys what is old, a page in each transaction.
    pub(crate) async fn destroy(&self, old: Old) -> Result<()> {
        loop {
            let mut tx = self.store.write().await?;
            let may_go_on = match old {
                Old::Words(before) => tx.strip_contests_before(before, PAGE).await?,
                Old::Turns(before) => tx.delete_turns_before(before, PAGE).await?,
                Old::Passages(before) => tx.strip_gate_entries_before(before, PAGE).await?,
                Old::Slots(before) => tx.delete_slots_before(before, PAGE).await?,
            };
            tx.commit().await?;
            if !may_go_on {
                return Ok(());
            }
        }
    }

    /// Forgets the sessions that have ended, which are looked for beside the writer.
    pub(crate) async fn forget_ended_sessions(&self, now: Millis) -> Result<()> {
        let mut after = Vec::new();
        loop {
            let mut tx = self.store.read().await?;
            let page = tx.sessions_after(&after, now, SESSIONS).await?;
            drop(tx);
            let ended = page.iter().filter(|(_, has_ended)| *has_ended == 1);
            let ended: Vec<&[u8]> = ended.map(|(hash, _)| hash.as_slice()).collect();
            for some in ended.chunks(SESSIONS_FORGOTTEN) {
                let mut tx = self.store.write().await?;
                tx.delete_ended_sessions(some, now).await?;
                tx.commit().await?;
            }
            let Some((last, _)) = page.into_iter().next_back() else {
                return Ok(());
            };
            after = last;
        }
    }

    /// Strips one page of reports; says whether there may be more.
    async fn strip_report_page(&self, before: Millis) -> Result<bool> {
        let mut tx = self.store.write().await?;
        let from = mark(&mut tx, REPORTS_MARK).await?;
        let Some(last) = tx
            .last_report_of_page(from, first_id_at(before), PAGE)
            .await?
        else {
            return Ok(false);
        };
        tx.strip_reports_between(from, last, before).await?;
        tx.set_meta(REPORTS_MARK, &(last + 1).to_be_bytes()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Strips one page of decisions; says whether there may be more.
    async fn strip_decision_page(&self, before: Millis) -> Result<bool> {
        let mut tx = self.store.write().await?;
        let from = mark(&mut tx, DECISIONS_MARK).await?;
        let rows = tx
            .decisions_between(from, first_id_at(before), PAGE)
            .await?;
        let Some(last) = rows.last().map(|row| row.decision_id.0) else {
            return Ok(false);
        };
        let people = distinct(rows.iter().map(|row| row.person_id.0));
        let keys = self.subject_keys(&mut tx, &people).await?;
        let stripped: Vec<DecisionRow> = rows
            .into_iter()
            .filter(|row| row.at < before)
            // Without its key the words are gone already.
            .filter_map(|row| Some(self.stripped(keys.get(&row.person_id.0)?, row)))
            .collect::<Result<_>>()?;
        tx.reseal_decisions(&stripped).await?;
        tx.set_meta(DECISIONS_MARK, &(last + 1).to_be_bytes())
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A decision without temperatures, symptoms and places in its words; dates, colour and reason stay.
    pub(crate) fn stripped(&self, key: &CellKey, row: DecisionRow) -> Result<DecisionRow> {
        let cell = Cell::new("decision", "detail_enc", row.decision_id.0);
        let failed =
            |cause: String| Error::internal(format!("decision {}: {cause}", row.decision_id));
        let plain = key
            .open(cell, &row.detail_enc)
            .map_err(|e| failed(e.to_string()))?;
        let mut decision: Decision =
            serde_json::from_slice(&plain).map_err(|e| failed(e.to_string()))?;
        for reason in &mut decision.reasons {
            reason.text = reason.label.clone();
        }
        let plain = serde_json::to_vec(&decision).map_err(|e| failed(e.to_string()))?;
        Ok(DecisionRow {
            detail_enc: key.seal(&*self.entropy, cell, &plain),
            ..row
        })
    }
}

async fn mark(tx: &mut Tx, name: &str) -> Result<i64> {
    let value = tx.meta(name).await?;
    Ok(value
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, i64::from_be_bytes))
}
