//! Numbers of today; nobody is named in them.

use super::bearer::Bearer;
use super::declared::{Also, Problems};
use super::problem::{Problem, asked};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use domain::Lang;
use domain::ids::RegionCode;
use serde::{Deserialize, Serialize};
use services::{Error, Services};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// A name in both languages.
#[derive(Debug, Serialize, ToSchema)]
struct Name {
    /// Chinese.
    zh: String,
    /// English.
    en: String,
}

impl From<domain::Text> for Name {
    fn from(text: domain::Text) -> Self {
        Self {
            zh: text.zh,
            en: text.en,
        }
    }
}

/// How many people.
#[derive(Debug, Serialize, ToSchema)]
struct Counts {
    /// On the roster.
    students: i64,
    /// Reported by guardians or themselves.
    guardian: i64,
    /// Reported on paper.
    paper: i64,
    /// Reported by a teacher for them.
    proxy: i64,
    /// May attend.
    green: i64,
    /// Observing.
    yellow: i64,
    /// Isolating.
    red: i64,
    /// Neither reported nor under a colour.
    grey: i64,
}

impl From<store::Numbers> for Counts {
    fn from(n: store::Numbers) -> Self {
        Self {
            students: n.students,
            guardian: n.guardian,
            paper: n.paper,
            proxy: n.proxy,
            green: n.green,
            yellow: n.yellow,
            red: n.red,
            grey: n.grey,
        }
    }
}

/// A school's classes today.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolNumbers {
    /// The school's name.
    name: Name,
    /// Today there.
    #[schema(format = Date)]
    day: String,
    /// The classes with somebody in them.
    classes: Vec<ClassNumbers>,
}

/// One class.
#[derive(Debug, Serialize, ToSchema)]
struct ClassNumbers {
    /// Its name.
    name: Name,
    /// Its numbers.
    #[serde(flatten)]
    counts: Counts,
}

/// A region's schools today.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionNumbers {
    /// The region's name.
    name: Name,
    /// All schools of the region, each on its own today.
    total: Counts,
    /// Today at these schools.
    #[schema(format = Date)]
    day: String,
    /// At most 1,000 schools of one time zone, by smallest region and code.
    schools: Vec<SchoolLine>,
    /// The code of the last one, to ask for those after it; absent in the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Which schools of a region.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RegionAsk {
    /// Only schools after the one with this code.
    after: Option<String>,
}

/// One school.
#[derive(Debug, Serialize, ToSchema)]
struct SchoolLine {
    /// Its code.
    code: String,
    /// Its name.
    name: Name,
    /// Its classes with somebody in them.
    classes: i64,
    /// Its numbers.
    #[serde(flatten)]
    counts: Counts,
}

/// Numbers of a school's classes
///
/// Today's, of each class.
#[utoipa::path(
    get, path = "/api/v1/schools/{school}/numbers", tag = "numbers",
    params(("school" = String, Path, description = "The school's code.")),
    responses((status = 200, body = SchoolNumbers, description = "The numbers."), Problems)
)]
pub async fn school(
    State(services): State<Arc<Services>>,
    bearer: Bearer,
    Path(school): Path<String>,
) -> Result<Json<SchoolNumbers>, Problem> {
    let found = services
        .school_numbers(&bearer.key.actor, &school)
        .await
        .map_err(|error| bearer.problem(&error))?;
    let classes = found.classes.into_iter().map(|class| ClassNumbers {
        name: Name {
            zh: class.name.label(Lang::Zh),
            en: class.name.label(Lang::En),
        },
        counts: class.numbers.into(),
    });
    Ok(Json(SchoolNumbers {
        name: found.name.into(),
        day: found.day.to_string(),
        classes: classes.collect(),
    }))
}

/// Numbers of a region's schools
///
/// Today's, of each school.
#[utoipa::path(
    get, path = "/api/v1/regions/{region}/numbers", tag = "numbers",
    params(("region" = String, Path, description = "The region's code by GB/T 2260, or CN."), RegionAsk),
    responses((status = 200, body = RegionNumbers, description = "The numbers."), Problems, Also<422>)
)]
pub async fn region(
    State(services): State<Arc<Services>>,
    bearer: Bearer,
    Path(region): Path<String>,
    ask: Result<Query<RegionAsk>, QueryRejection>,
) -> Result<Json<RegionNumbers>, Problem> {
    let RegionAsk { after } = asked(bearer.lang, ask)?;
    let region: RegionCode = region
        .parse()
        .map_err(|_| bearer.problem(&Error::Forbidden))?;
    let found = services
        .region_page(&bearer.key.actor, &region, after.as_deref())
        .await
        .map_err(|error| bearer.problem_with(&error, "after"))?;
    let schools = found.schools.into_iter().map(|school| SchoolLine {
        code: school.code,
        name: school.name.into(),
        classes: school.classes,
        counts: school.numbers.into(),
    });
    Ok(Json(RegionNumbers {
        name: found.name.into(),
        total: found.total.into(),
        day: found.day.to_string(),
        schools: schools.collect(),
        next: found.next,
    }))
}
