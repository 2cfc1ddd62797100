//! Importing a list of risk areas: what it would change, shown first; then the change, and one re-decision for all.

use super::{AreaFault, NewArea, level_of, look_back_of};
use crate::records::{ListError, ListOf, ListUpload, Listed, read_first};
use crate::{Actor, Error, Refusal, Result, Services};
use domain::ids::RegionCode;
use domain::list::{AreaRow, ListFault, read_areas};
use domain::{Day, Lang, Text};
use std::collections::BTreeSet;
use store::{RiskAreaRow, Tx};

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaFate {
    /// It declares an area.
    New,
    /// It changes one: its level, last day or look-back.
    Changed,
    /// It is there just so.
    Known,
}

/// One good row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaPreviewRow {
    /// What it says.
    pub area: AreaRow,
    /// The place's full name.
    pub name: Text,
    /// What becomes of it.
    pub fate: AreaFate,
}

/// What importing a list would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaPreview {
    /// The upload's number.
    pub staged: i64,
    /// The file's name.
    pub file_name: String,
    /// The authority behind it.
    pub authority: String,
    /// The good rows.
    pub rows: Vec<AreaPreviewRow>,
    /// The faults of the others.
    pub faults: Vec<ListFault>,
    /// Changes whenever the rows' fates do.
    pub mark: String,
}

impl AreaPreview {
    /// How many rows have a fate.
    pub fn count(&self, fate: AreaFate) -> usize {
        self.rows.iter().filter(|row| row.fate == fate).count()
    }
}

/// What became of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AreasApplied {
    /// So many areas were declared or changed.
    Done(usize),
    /// Something has changed since the preview: look at this new one first. Nothing was done.
    Outdated(Box<AreaPreview>),
}

impl Services {
    /// Reads an uploaded list, keeps it for two hours and says what importing it would do.
    ///
    /// # Errors
    /// [`ListError::File`] and [`ListError::Columns`] where it is no such list; nothing is kept then.
    pub async fn preview_areas(
        &self,
        actor: &Actor,
        region: &RegionCode,
        upload: ListUpload,
    ) -> Listed<AreaPreview> {
        self.require_list(actor, region, ListOf::Areas).await?;
        let (rows, faults) = self.compare_areas(region, &upload).await?;
        let staged = self.stage_list(actor, region, &upload).await?;
        Ok(preview(staged, upload, rows, faults))
    }

    /// What importing a kept upload would do now.
    ///
    /// # Errors
    /// [`Refusal::UploadGone`]
    pub async fn staged_areas(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
    ) -> Listed<AreaPreview> {
        self.require_list(actor, region, ListOf::Areas).await?;
        let mut tx = self.store.read().await?;
        let upload = self
            .staged_list_of(&mut tx, actor, region, ListOf::Areas, staged)
            .await?;
        drop(tx);
        let (rows, faults) = self.compare_areas(region, &upload).await?;
        Ok(preview(staged, upload, rows, faults))
    }

    /// Imports a kept upload as its preview with this mark showed it.
    pub async fn apply_areas(
        &self,
        actor: &Actor,
        region: &RegionCode,
        staged: i64,
        mark: &str,
    ) -> Listed<AreasApplied> {
        let seen = self.staged_areas(actor, region, staged).await?;
        if seen.mark != mark {
            return Ok(AreasApplied::Outdated(Box::new(seen)));
        }
        let mut tx = self.store.write().await?;
        let place = self.may_declare(&mut tx, actor, region).await?;
        let mut done = 0;
        for row in seen.rows.iter().filter(|row| row.fate != AreaFate::Known) {
            let new = NewArea {
                region: row.area.region.clone(),
                level: row.area.level,
                from: row.area.from,
                to: row.area.to,
                look_back: row.area.look_back,
                authority: seen.authority.clone(),
            };
            let known = self
                .own_area(&mut tx, region, &row.area, &seen.authority)
                .await?;
            let id = known
                .as_ref()
                .map_or_else(|| self.next_id(), |old| old.area_id);
            let way = known.as_ref().map_or("list", |old| old.way.as_str());
            let stored = self.area_row(id, region, &new, actor, way);
            let (action, more) = match known {
                Some(_) => ("area.change", 0),
                None => ("area.declare", 1),
            };
            self.put_area(&mut tx, actor, &place, &stored, action, more)
                .await?;
            done += 1;
        }
        tx.delete_staged_list(staged).await?;
        if done > 0 {
            self.plan_areas(&mut tx, region, &seen.authority).await?;
        }
        self.commit_areas(tx).await?;
        Ok(AreasApplied::Done(done))
    }

    /// The area of the same place, first day and authority that this bureau has declared.
    async fn own_area(
        &self,
        tx: &mut Tx,
        owner: &RegionCode,
        row: &AreaRow,
        authority: &str,
    ) -> Result<Option<RiskAreaRow>> {
        let rows = tx.risk_areas().await?;
        Ok(rows.into_iter().find(|known| {
            known.owner_code == *owner
                && known.region_code == row.region
                && known.from_day == row.from
                && known.authority == authority.trim()
        }))
    }

    async fn compare_areas(
        &self,
        region: &RegionCode,
        upload: &ListUpload,
    ) -> Listed<(Vec<AreaPreviewRow>, Vec<ListFault>)> {
        let mut tx = self.store.read().await?;
        let today: Day = self.today_in(&mut tx, region).await?;
        let finder = self.region_finder(&mut tx).await?;
        let (bytes, name) = (upload.bytes.clone(), upload.file_name.clone());
        let read = tokio::task::spawn_blocking(move || {
            read_first(&bytes, &name, |lines| {
                read_areas(lines, today, &|text| finder.find(text))
            })
        })
        .await
        .map_err(|e| Error::internal(format!("reading a list: {e}")))??;
        let mut faults = read.faults;
        let mut rows = Vec::with_capacity(read.rows.len());
        let mut said = BTreeSet::new();
        for area in read.rows {
            let new = NewArea {
                region: area.region.clone(),
                level: area.level,
                from: area.from,
                to: area.to,
                look_back: area.look_back,
                authority: upload.authority.clone(),
            };
            let wrong = new.faults(today);
            if wrong.contains(&AreaFault::Authority) {
                return Err(ListError::Other(Refusal::FieldInvalid.into()));
            }
            let is_repeated = !said.insert((area.region.clone(), area.from));
            if is_repeated || !wrong.is_empty() {
                faults.push(fault(&area, is_repeated));
                continue;
            }
            let known = self
                .own_area(&mut tx, region, &area, &upload.authority)
                .await?;
            let fate = match known {
                None => AreaFate::New,
                Some(old)
                    if level_of(&old) == area.level
                        && old.to_day == area.to
                        && look_back_of(&old) == area.look_back =>
                {
                    AreaFate::Known
                }
                Some(_) => AreaFate::Changed,
            };
            let names = self.region_names_in(&mut tx, [area.region.clone()]).await?;
            rows.push(AreaPreviewRow {
                name: names.into_values().next().unwrap_or_default(),
                area,
                fate,
            });
        }
        faults.sort_by_key(|f| f.row);
        Ok((rows, faults))
    }
}

fn fault(area: &AreaRow, is_repeated: bool) -> ListFault {
    use domain::list::{ListColumn, ListReason};
    let (column, reason) = if is_repeated {
        (ListColumn::Region, ListReason::SaidTwice)
    } else {
        (ListColumn::From, ListReason::DateFarOff)
    };
    ListFault {
        row: area.row,
        column: column.title(Lang::Zh).to_owned(),
        reason,
    }
}

fn preview(
    staged: i64,
    upload: ListUpload,
    rows: Vec<AreaPreviewRow>,
    faults: Vec<ListFault>,
) -> AreaPreview {
    let fates: Vec<String> = rows
        .iter()
        .map(|row| format!("{}{}", row.area.row, row.fate as u8))
        .collect();
    AreaPreview {
        staged,
        mark: format!("{}.{}", fates.join("-"), faults.len()),
        file_name: upload.file_name,
        authority: upload.authority,
        rows,
        faults,
    }
}
