//! An installation with one school, and another issuer that is only a few keys.

use domain::access::{Grant, Role, Scope};
use domain::gate::VisitorPolicy;
use domain::ids::{AccountId, RegionCode, SchoolId};
use domain::pass::{
    IssuerId, JwkSet, KeyExchange, KeyScope, Kind, LIVE_FOR, Pass, PassSigner, Says, TrustedKey,
};
use domain::recognition::{NotRecognised, RecognitionRule};
use domain::{Code, Day, Millis, Zone};
use services::clock::{Clock as _, ManualClock, SystemEntropy};
use services::open::Location;
use services::recognition::{FileKind, NewTrust};
use services::{Actor, Error, Refusal, Services};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{RegionRow, SchoolRow};

pub const DAY: i64 = 86_400_000;
pub const ROSTER: &str = "学号,姓名,性别,出生日期,年级,班级,家长1姓名,家长1关系,家长1手机\n\
    201900001,胡亦辰,男,2012-11-27,一年级,1班,胡敏,母亲,19900000001\n";

pub fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

pub fn admin_of(code: &str) -> Actor {
    let scope = Scope::Region(region(code));
    let role = Role::BureauAdmin;
    Actor::account(AccountId(21), vec![Grant { role, scope }])
}

/// An installation with one school in 330503001, a town of 南浔区.
pub struct House {
    pub services: Arc<Services>,
    pub clock: Arc<ManualClock>,
    pub school: SchoolId,
    _folder: tempfile::TempDir,
}

impl House {
    pub async fn new() -> Self {
        Self::at("330503001").await
    }

    pub async fn at(town: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::in_folder(folder.path().join("data"), false);
        let morning = Zone::SHANGHAI.at("2020-09-17".parse().unwrap(), 434);
        let clock = Arc::new(ManualClock::new(morning));
        let services = Services::open(&location, clock.clone(), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let mut tx = services.store.write().await.unwrap();
        for (code, parent, level, name) in [
            ("CN", None, "country", "中国"),
            ("33", Some("CN"), "province", "浙江省"),
            ("3305", Some("33"), "city", "湖州市"),
            ("330502", Some("3305"), "district", "吴兴区"),
            ("330503", Some("3305"), "district", "南浔区"),
            ("330502001", Some("330502"), "town", "月河街道"),
            ("330503001", Some("330503"), "town", "南浔镇"),
        ] {
            let row = RegionRow {
                code: region(code),
                parent: parent.map(region),
                level: level.into(),
                name: name.into(),
                name_en: String::new(),
            };
            tx.upsert_region(&row, true).await.unwrap();
        }
        let school = tx
            .insert_school(&SchoolRow {
                school_id: SchoolId(0),
                code: "3305000001".into(),
                name: "示例小学".into(),
                name_en: String::new(),
                kind: "primary".into(),
                region_code: region(town),
                zone: "Asia/Shanghai".into(),
                due_minute: 480,
                late_days: 1,
                self_report_age: None,
                contact: String::new(),
                created_at: 0,
            })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Self {
            services,
            clock,
            school,
            _folder: folder,
        }
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    pub fn today(&self) -> Day {
        Zone::SHANGHAI.day_of(self.now())
    }

    pub fn terms(&self) -> NewTrust {
        NewTrust {
            name: "吴兴区".into(),
            region: region("330502"),
            from: self.today(),
            until: self.today().plus(200),
            kinds: [Kind::Live, Kind::DayLetter].into(),
            schools: None,
        }
    }

    pub async fn upload(&self, at: &str, file: &str) -> Result<i64, Error> {
        self.services
            .upload_key_file(&admin_of("CN"), &region(at), "keys.jws", file.into())
            .await
    }

    pub async fn trust_on(&self, at: &str, file: &str, terms: &NewTrust) -> IssuerId {
        let staged = self.upload(at, file).await.unwrap();
        let (actor, at) = (admin_of("CN"), region(at));
        let preview = self
            .services
            .preview_key_file(&actor, &at, staged)
            .await
            .unwrap();
        assert_eq!(preview.kind, FileKind::New);
        let compared = compared(&preview.groups);
        self.services
            .trust_issuer(
                &actor,
                &at,
                staged,
                terms,
                (&compared, "吴兴区教育局 陈老师"),
            )
            .await
            .unwrap()
    }

    pub async fn trust(&self, file: &str) -> IssuerId {
        self.trust_on("330503", file, &self.terms()).await
    }

    pub async fn renew(&self, file: &str) -> Result<IssuerId, Error> {
        let staged = self.upload("330503", file).await?;
        self.services
            .renew_issuer(&admin_of("330503"), &region("330503"), staged)
            .await
    }

    pub async fn version(&self, issuer: IssuerId) -> i64 {
        self.services
            .trusted_issuer(&admin_of("330503"), &region("330503"), issuer)
            .await
            .unwrap()
            .version
    }

    /// The stable code of what speaks against a pass at the school; `None` where it counts.
    pub async fn look(&self, text: &str) -> Option<&'static str> {
        self.verdict(text).await.err().map(|refused| refused.code())
    }

    pub async fn verdict(
        &self,
        text: &str,
    ) -> Result<domain::recognition::Recognised, NotRecognised> {
        self.services
            .verify_foreign(text, self.school, self.now())
            .await
            .unwrap()
    }

    pub async fn taken(
        &self,
    ) -> (
        VisitorPolicy,
        Vec<domain::gate::TrustedIssuer>,
        Vec<RecognitionRule>,
    ) {
        let mut tx = self.services.store.read().await.unwrap();
        self.services
            .gate_trust(&mut tx, self.school)
            .await
            .unwrap()
    }
}

pub fn compared(groups: &[String]) -> BTreeSet<String> {
    (1..)
        .zip(groups)
        .map(|(n, group)| format!("{n}-{group}"))
        .collect()
}

/// Another issuer that is only a few keys.
pub struct Neighbour {
    pub number: u32,
    pub vouching: PassSigner,
    pub screens: PassSigner,
    pub cards: PassSigner,
    pub made: Millis,
    pub keys: Vec<TrustedKey>,
}

impl Neighbour {
    pub fn new(seed: u8, now: Millis) -> Self {
        let signer = |n: u8| PassSigner::from_secret(&[seed + n; 32]);
        let (vouching, screens, cards) = (signer(0), signer(1), signer(2));
        let number = 330_502_000 + u32::from(seed);
        let key = |signer: &PassSigner, kinds: &[Kind]| TrustedKey {
            public: signer.public(),
            issuer: issuer(number),
            scope: KeyScope::of(kinds.iter().copied()),
            from: Millis(now.0 - DAY),
            until: Millis(now.0 + 120 * DAY),
            revoked: None,
        };
        Self {
            keys: vec![
                TrustedKey {
                    until: Millis(now.0 + 3_650 * DAY),
                    ..key(&vouching, &[])
                },
                key(&cards, &[Kind::Card]),
                key(&screens, &[Kind::Live, Kind::DayLetter]),
            ],
            number,
            vouching,
            screens,
            cards,
            made: now,
        }
    }

    pub fn content(&self) -> KeyExchange {
        KeyExchange {
            issuer: issuer(self.number),
            name: "吴兴区".into(),
            iat: self.made.0 / 1_000,
            jwks: JwkSet::new(&self.keys),
        }
    }

    pub fn file(&self) -> String {
        self.content().sign(&self.vouching).unwrap()
    }

    pub fn pass(&self, now: Millis, says: Says) -> Pass {
        Pass {
            issuer: issuer(self.number),
            school: 12,
            class: 3,
            holder: 77,
            name: "林*满".into(),
            says,
            issued: Millis(now.0 - now.0 % 1_000),
            expires: Millis(now.0 - now.0 % 1_000 + LIVE_FOR.0),
        }
    }

    pub fn live(&self, now: Millis, code: Code) -> String {
        let day = Zone::SHANGHAI.day_of(now);
        let pass = self.pass(now, Says::Live { code, day });
        self.screens.sign(&pass).unwrap()
    }

    pub fn card(&self, now: Millis) -> String {
        let pass = self.pass(now, Says::Card { serial: 1 });
        self.cards.sign(&pass).unwrap()
    }
}

pub fn issuer(number: u32) -> IssuerId {
    IssuerId::try_from(number).unwrap()
}

pub fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("a refusal, not {other:?}"),
    }
}
