//! Regions by GB/T 2260, read from a list of code, parent, level and name.

use crate::{Actor, Error, Result, Services};
use domain::access::{Action, Place};
use domain::ids::{RegionCode, RegionLevel};
use std::collections::{HashMap, HashSet};
use store::{RegionRow, Tx};

/// What an import of regions did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionImport {
    /// Regions added or changed.
    pub changed: usize,
    /// Regions that were there just so.
    pub unchanged: usize,
    /// Lines that were left out.
    pub faults: Vec<RegionFault>,
}

/// A line that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionFault {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Why, in a sentence for whoever runs the program.
    pub reason: String,
}

/// The column of English names, which a list may have.
const NAME_EN: &str = "name_en";
/// The longest English name in characters.
const NAME_EN_CHARS: usize = 120;
/// The columns that it must have, in any order.
const COLUMNS: [&str; 4] = ["code", "parent", "level", "name"];
/// The longest name in characters; the longest official one has 20.
const NAME_CHARS: usize = 60;

impl Services {
    /// Adds the regions of a CSV file in UTF-8 with the columns code, parent, level and name, and renames those
    /// that are there. What the column name_en says is what English pages show; where there is none, a romanised name
    /// is suggested, which never replaces one that is there. Faulty lines are left out and do not stop the others; importing again changes nothing.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever may not manage the country; [`Error::Internal`] where a column is missing.
    pub async fn import_regions(&self, actor: &Actor, file: &[u8]) -> Result<RegionImport> {
        let country =
            RegionCode::parse(RegionCode::COUNTRY).map_err(|e| Error::internal(e.to_string()))?;
        actor.require(Action::ManageRegion, &Place::region(country))?;
        let mut import = RegionImport::default();
        let rows = read(file, &mut import.faults)?;
        let mut tx = self.store.write().await?;
        let mut known: HashSet<RegionCode> = HashSet::new();
        for (line, mut row) in rows {
            let suggested = row.name_en.is_empty();
            if suggested {
                row.name_en = crate::english::region_name(&row.name);
            }
            if !is_in_known(&mut tx, &mut known, &row).await? {
                let parent = row.parent.map(|p| p.to_string()).unwrap_or_default();
                import.faults.push(RegionFault {
                    line,
                    reason: format!("the parent {parent} is not known"),
                });
            } else if tx.upsert_region(&row, suggested).await? {
                import.changed += 1;
            } else {
                import.unchanged += 1;
            }
        }
        tx.commit().await?;
        self.forget_schools();
        import.faults.sort_by_key(|f| f.line);
        Ok(import)
    }
}

/// Whether the parent of a row is known; if so, the row is from now on.
async fn is_in_known(
    tx: &mut Tx,
    known: &mut HashSet<RegionCode>,
    row: &RegionRow,
) -> Result<bool> {
    if let Some(parent) = &row.parent
        && !known.contains(parent)
    {
        if tx.region(parent).await?.is_none() {
            return Ok(false);
        }
        known.insert(parent.clone());
    }
    known.insert(row.code.clone());
    Ok(true)
}

/// The good rows with their lines, parents first.
fn read(file: &[u8], faults: &mut Vec<RegionFault>) -> Result<Vec<(u64, RegionRow)>> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(file);
    let malformed = |e: csv::Error| Error::internal(format!("not a CSV file in UTF-8: {e}"));
    let headers = reader.headers().map_err(malformed)?.clone();
    let mut places = [0; 4];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let found = headers.iter().position(|h| h == column);
        *place =
            found.ok_or_else(|| Error::internal(format!("the file has no column `{column}`")))?;
    }
    let english = headers.iter().position(|h| h == NAME_EN);
    let mut lines: HashMap<RegionCode, u64> = HashMap::new();
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) if error.is_io_error() => return Err(malformed(error)),
            Err(_) => {
                faults.push(RegionFault {
                    line,
                    reason: "the line is not UTF-8".into(),
                });
                continue;
            }
        }
        let line = record.position().map_or(line, csv::Position::line);
        let [code, parent, level, name] = places.map(|p| record.get(p).unwrap_or_default());
        let name_en = english.and_then(|at| record.get(at)).unwrap_or_default();
        match row_of(code, parent, level, [name, name_en]) {
            Ok(row) => match lines.insert(row.code.clone(), line) {
                None => rows.push((line, row)),
                Some(first) => faults.push(RegionFault {
                    line,
                    reason: format!("the code {code} is in line {first} already"),
                }),
            },
            Err(reason) => faults.push(RegionFault { line, reason }),
        }
    }
    rows.sort_by(|(_, a), (_, b)| (level_of(a), &a.code).cmp(&(level_of(b), &b.code)));
    Ok(rows)
}

fn level_of(row: &RegionRow) -> RegionLevel {
    row.code.level()
}

fn row_of(
    code: &str,
    parent: &str,
    level: &str,
    [name, name_en]: [&str; 2],
) -> std::result::Result<RegionRow, String> {
    let code = RegionCode::parse(code)
        .map_err(|_| format!("`{code}` is not CN or a code of 2, 4, 6 or 9 digits"))?;
    let wanted = word(code.level());
    if level != wanted {
        return Err(format!(
            "{code} is a {wanted} by its length, not a `{level}`"
        ));
    }
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(format!(
            "{code} has no name, or one longer than {NAME_CHARS} characters"
        ));
    }
    if name_en.chars().count() > NAME_EN_CHARS || name_en.chars().any(char::is_control) {
        return Err(format!(
            "the English name of {code} is longer than {NAME_EN_CHARS} characters"
        ));
    }
    let parent = match (parent, code.as_str()) {
        ("", RegionCode::COUNTRY) => None,
        (text, _) => {
            let parent = RegionCode::parse(text)
                .map_err(|_| format!("the parent `{text}` of {code} is not a code"))?;
            if !parent.contains(&code) || parent.level() >= code.level() {
                return Err(format!("{code} does not lie in {parent}"));
            }
            Some(parent)
        }
    };
    Ok(RegionRow {
        code,
        parent,
        level: level.into(),
        name: name.into(),
        name_en: name_en.into(),
    })
}

fn word(level: RegionLevel) -> &'static str {
    match level {
        RegionLevel::Country => "country",
        RegionLevel::Province => "province",
        RegionLevel::City => "city",
        RegionLevel::District => "district",
        RegionLevel::Town => "town",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::clock::{ManualClock, SystemEntropy};
    use crate::open::Location;
    use domain::Millis;
    use std::sync::Arc;

    async fn services() -> (tempfile::TempDir, Arc<Services>) {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().into(), false);
        let clock = Arc::new(ManualClock::new(Millis(1_583_000_000_000)));
        let services = Services::open(&location, clock, Arc::new(SystemEntropy))
            .await
            .unwrap();
        (folder, services)
    }

    #[tokio::test]
    async fn the_official_list_is_taken_whole_and_again_changes_nothing() {
        let (_folder, services) = services().await;
        let list = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../reference/regions-cn.csv"
        ))
        .unwrap();
        let first = services
            .import_regions(&Actor::command(), &list)
            .await
            .unwrap();
        assert_eq!(
            first,
            RegionImport {
                changed: 4_739,
                unchanged: 0,
                faults: Vec::new()
            }
        );
        let again = services
            .import_regions(&Actor::command(), &list)
            .await
            .unwrap();
        assert_eq!((again.changed, again.unchanged), (0, 4_739));
        let nanxun = services
            .store
            .read()
            .await
            .unwrap()
            .region(&RegionCode::parse("330503").unwrap())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (nanxun.name.as_str(), nanxun.name_en.as_str()),
            ("南浔区", "Nanxun District")
        );
    }

    #[tokio::test]
    async fn an_english_name_that_somebody_gave_outlasts_the_suggested_one() {
        let (_folder, services) = services().await;
        let actor = Actor::command();
        let plain = "code,parent,level,name\nCN,,country,中国\n42,CN,province,湖北省\n";
        let given =
            "code,parent,level,name,name_en\nCN,,country,中国,\n42,CN,province,湖北省,Hubei\n";
        let mut changed = Vec::new();
        for list in [plain, plain, given, given, plain] {
            let import = services
                .import_regions(&actor, list.as_bytes())
                .await
                .unwrap();
            changed.push(import.changed);
        }
        assert_eq!(changed, [2, 0, 1, 0, 0]);
        let code = RegionCode::parse("42").unwrap();
        let hubei = services
            .store
            .read()
            .await
            .unwrap()
            .region(&code)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(hubei.name_en, "Hubei");
        let renamed = "code,parent,level,name\n42,CN,province,荆楚省\n";
        services
            .import_regions(&actor, renamed.as_bytes())
            .await
            .unwrap();
        let after = services
            .store
            .read()
            .await
            .unwrap()
            .region(&code)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(after.name_en, "Jingchu Province");
    }

    #[tokio::test]
    async fn faulty_lines_are_named_and_left_out() {
        let (_folder, services) = services().await;
        let list = "\u{feff}name,code,parent,level\n浙江省,33,CN,province\n中国,CN,,country\n无,1,CN,province\n湖州市,3305,33,district\n\
                    湖州市,3305,34,city\n,3304,33,city\n杭州市,3301,33,city\n杭州,3301,33,city\n某区,440103,4401,district\n";
        let import = services
            .import_regions(&Actor::command(), list.as_bytes())
            .await
            .unwrap();
        assert_eq!(import.changed, 3);
        assert_eq!(
            import.faults.iter().map(|f| f.line).collect::<Vec<_>>(),
            [4, 5, 6, 7, 9, 10],
            "{:?}",
            import.faults
        );
        assert!(import.faults[5].reason.contains("4401"));
    }

    #[tokio::test]
    async fn only_the_country_may_import_and_only_a_list_of_regions() {
        let (_folder, services) = services().await;
        let district = domain::access::Grant {
            role: domain::access::Role::BureauAdmin,
            scope: domain::access::Scope::Region(RegionCode::parse("330503").unwrap()),
        };
        let actor = Actor::account(domain::ids::AccountId(1), vec![district]);
        assert!(matches!(
            services
                .import_regions(&actor, b"code,parent,level,name\n")
                .await,
            Err(Error::Forbidden)
        ));
        assert!(
            services
                .import_regions(&Actor::command(), b"a,b\n1,2\n")
                .await
                .is_err()
        );
    }
}
