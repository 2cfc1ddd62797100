//! The district that other programs ask about.

use axum::Router;
use domain::access::{Grant, Role, Scope};
use domain::ids::{AccountId, RegionCode, SchoolId};
use domain::interface::Right;
use domain::{Millis, Zone};
use server::edge::{Edge, Limits, RateLimits, TrustedProxies};
use server::patience::Patience;
use services::clock::{ManualClock, SystemEntropy};
use services::interface::{KeyPlace, NewKey};
use services::open::Location;
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::sync::Arc;
use store::RegionRow;
use tokio_util::sync::CancellationToken;

/// A district with two schools, and the router that the program serves.
pub struct Town {
    pub services: Arc<Services>,
    pub clock: Arc<ManualClock>,
    pub router: Router,
    pub schools: Vec<SchoolId>,
    _folder: tempfile::TempDir,
}

pub fn at(day: &str, minute: u32) -> Millis {
    Zone::SHANGHAI.at(day.parse().unwrap(), minute)
}

pub fn admin(id: i64, role: Role, scope: Scope) -> Actor {
    Actor::account(AccountId(id), vec![Grant { role, scope }])
}

pub fn region() -> RegionCode {
    "330503".parse().unwrap()
}

pub fn region_row(code: &str, parent: Option<&str>, level: &str) -> RegionRow {
    RegionRow {
        code: code.parse().unwrap(),
        parent: parent.map(|code| code.parse().unwrap()),
        level: level.into(),
        name: code.into(),
        name_en: String::new(),
    }
}

impl Town {
    /// With schools of these codes in these time zones, each with the roster.
    pub async fn found(schools: [(&str, &str); 2], roster: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let clock = Arc::new(ManualClock::new(at("2020-09-14", 7 * 60)));
        let services = Services::open(&location, clock.clone(), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let mut tx = services.store.write().await.unwrap();
        for (code, parent, level) in [("CN", None, "country"), ("330503", Some("CN"), "district")] {
            let row = region_row(code, parent, level);
            tx.upsert_region(&row, true).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut founded = Vec::new();
        for (code, zone) in schools {
            let new = NewSchool {
                code: code.into(),
                name: format!("学校{code}"),
                name_en: String::new(),
                kind: SchoolKind::Primary,
                region: region(),
                zone: zone.parse().unwrap(),
            };
            let command = Actor::command();
            founded.push(services.create_school(&command, &new).await.unwrap());
            services
                .import_roster_file(&command, code, "roster.csv", roster.into(), false)
                .await
                .unwrap();
        }
        let edge = Edge {
            proxies: TrustedProxies::default(),
            tls: false,
            rates: Arc::new(RateLimits::new(&Limits::default())),
            places: Arc::new(tokio::sync::Semaphore::new(100)),
            patience: Patience::default(),
            elsewhere: tokio::runtime::Handle::current(),
            entropy: Arc::new(SystemEntropy),
        };
        let router =
            server::router::router(&services, folder.path(), &edge, CancellationToken::new());
        Self {
            services,
            clock,
            router,
            schools: founded,
            _folder: folder,
        }
    }

    /// A new key of a place, by who may make it there: its number and secret.
    pub async fn key(&self, place: KeyPlace, rights: &[Right], per_minute: i64) -> (i64, String) {
        let (role, scope) = match &place {
            KeyPlace::School(id) => (Role::SchoolAdmin, Scope::School(*id)),
            KeyPlace::Region(code) => (Role::BureauAdmin, Scope::Region(code.clone())),
        };
        let new = NewKey {
            name: "一卡通".into(),
            rights: rights.to_vec(),
            days: 30,
            per_minute,
        };
        let made = self
            .services
            .make_api_key(&admin(7, role, scope), &place, &new)
            .await
            .unwrap();
        (made.id, made.secret)
    }
}
