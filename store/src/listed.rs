//! The schools of a region as tables and files list them, each with its numbers of a day.

use crate::query::{query_as, query_scalar};
use crate::rollups::bounds;
use crate::{Numbers, Result, Tx};
use domain::ids::{RegionCode, SchoolId};
use domain::{Day, Text};

/// One school of a list, with its numbers of a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedSchool {
    /// Its number.
    pub school_id: SchoolId,
    /// The town or district it lies in.
    pub region_code: RegionCode,
    /// The name of that.
    pub region_name: String,
    /// What English pages call that; empty where nobody has said.
    pub region_name_en: String,
    /// Its code, as the bureau writes it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What English pages call it; empty where nobody has said.
    pub name_en: String,
    /// kindergarten, primary, junior, nine_year, senior, vocational or university.
    pub kind: String,
    /// Its classes with somebody in them.
    pub classes: i64,
    /// The sum of them.
    #[sqlx(flatten)]
    pub numbers: Numbers,
}

impl ListedSchool {
    /// Its name in both languages; the Chinese one stands in where there is no English one.
    pub fn names(&self) -> Text {
        crate::regions::names(&self.name, &self.name_en)
    }

    /// The name of its region, in the same way.
    pub fn region_names(&self) -> Text {
        crate::regions::names(&self.region_name, &self.region_name_en)
    }
}

/// An order of schools; those that are equal in it come by their codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchoolOrder {
    /// Those with most yellow and red first, of these those with most red.
    Flagged,
    /// Those first of whose people the smallest part has been reported by the families themselves.
    Behind,
    /// By their codes alone.
    Code,
}

/// Zones that [`Tx::found_schools`] tells apart.
const ZONES: usize = 8;

impl Tx {
    /// The next `page` schools of a region in one zone, by region and code, after the one with this region and code, each
    /// with its numbers of a day; no reader has to keep the log of the engine for longer than a page.
    pub async fn listed_schools(
        &mut self,
        region: &RegionCode,
        zone: &str,
        day: Day,
        after: Option<&(RegionCode, String)>,
        page: i64,
    ) -> Result<Vec<ListedSchool>> {
        let (from, to) = bounds(region);
        let (after_region, after_code) = after.map_or((from, ""), |(region, code)| {
            (region.as_str(), code.as_str())
        });
        Ok(query_as(concat!(
            listed!(),
            " FROM school s JOIN region r ON r.code = s.region_code
                 LEFT JOIN school_sum m ON m.day = $1 AND m.zone = $2 AND m.region_code = s.region_code AND m.school_id = s.school_id
             WHERE s.zone = $2 AND (s.region_code, s.code) > ($3, $4) AND s.region_code >= $5 AND s.region_code < $6
             ORDER BY s.region_code, s.code LIMIT $7",
        ))
        .bind(day)
        .bind(zone)
        .bind(after_region)
        .bind(after_code)
        .bind(from)
        .bind(to)
        .bind(page)
        .fetch_all(self)
        .await?)
    }

    /// How many schools of a region a search means; see [`Self::found_schools`].
    pub async fn count_found_schools(&mut self, region: &RegionCode, search: &str) -> Result<i64> {
        let (from, to) = bounds(region);
        Ok(query_scalar(concat!(
            "SELECT count(*) FROM school s JOIN region r ON r.code = s.region_code WHERE ",
            is_found!()
        ))
        .bind(from)
        .bind(to)
        .bind(pattern(search))
        .fetch_one(self)
        .await?)
    }

    /// The schools of a region that a search means, by a part of their name, their code or the name of their region, in
    /// either language; at most `size` of them, after the `first` ones in an order. `days` are the zones of the region's
    /// schools, each with the day whose numbers are asked for. Only the first eight zones have numbers: of more, SQLite
    /// would be asked in two statements, each with an order of its own.
    pub async fn found_schools(
        &mut self,
        region: &RegionCode,
        days: &[(&str, Day)],
        search: &str,
        order: SchoolOrder,
        first: i64,
        size: i64,
    ) -> Result<Vec<ListedSchool>> {
        let (from, to) = bounds(region);
        let sql = match order {
            SchoolOrder::Flagged => found!("yellow + red DESC, red DESC, "),
            SchoolOrder::Behind => {
                found!("coalesce((guardian + paper) * 1000 / nullif(students, 0), 0), ")
            }
            SchoolOrder::Code => found!(""),
        };
        Ok(query_as(sql)
            .bind(from)
            .bind(to)
            .bind(pattern(search))
            .bind(size)
            .bind(first)
            .rows(days.iter().take(ZONES), |b, (zone, day)| {
                b.bind(*zone).bind(*day);
            })
            .fetch_all(self)
            .await?)
    }
}

/// What `LIKE` compares texts with. Neither engine knows other letters than those of ASCII in lower case.
fn pattern(search: &str) -> String {
    let mut pattern = "%".to_owned();
    for letter in search.to_ascii_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// The columns of a [`ListedSchool`].
macro_rules! listed {
    () => {
        "SELECT s.school_id, s.region_code, r.name AS region_name, r.name_en AS region_name_en, s.code, s.name, s.name_en, s.kind,
             coalesce(m.classes, 0) AS classes, coalesce(m.students, 0) AS students, coalesce(m.guardian, 0) AS guardian, coalesce(m.paper, 0) AS paper,
             coalesce(m.proxy, 0) AS proxy, coalesce(m.green, 0) AS green, coalesce(m.yellow, 0) AS yellow, coalesce(m.red, 0) AS red, coalesce(m.grey, 0) AS grey"
    };
}
use listed;

/// Whether a search means a school: $1 and $2 are the bounds of the region, $3 is the pattern.
macro_rules! is_found {
    () => {
        "s.region_code >= $1 AND s.region_code < $2
             AND lower(s.name || '\n' || s.name_en || '\n' || s.code || '\n' || r.name || '\n' || r.name_en) LIKE $3 ESCAPE '\\'"
    };
}
use is_found;

/// Schools that are found, in an order.
macro_rules! found {
    ($order:literal) => {
        concat!(
            "WITH today (zone, day) AS ($rows) SELECT * FROM (",
            listed!(),
            " FROM school s JOIN region r ON r.code = s.region_code LEFT JOIN today t ON t.zone = s.zone
                 LEFT JOIN school_sum m ON m.day = t.day AND m.zone = t.zone AND m.region_code = s.region_code AND m.school_id = s.school_id
             WHERE ",
            is_found!(),
            ") found ORDER BY ",
            $order,
            "code LIMIT $4 OFFSET $5"
        )
    };
}
use found;
