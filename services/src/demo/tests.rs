//! What somebody who shows the demo relies on.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::clock::{ManualClock, SystemEntropy};
use domain::{Millis, Zone};

struct Demo {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
}

impl Demo {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(ManualClock::new(at("2020-09-17", 7 * 60 + 14))),
        }
    }

    fn location(&self, demo: bool) -> Location {
        Location::in_folder(self.folder.path().into(), demo)
    }

    async fn start(
        &self,
        options: DemoOptions,
    ) -> std::result::Result<(Arc<Services>, Vec<DemoAccount>), OpenError> {
        let clock = Arc::clone(&self.clock);
        prepare(
            &self.location(true),
            &options,
            clock,
            Arc::new(SystemEntropy),
        )
        .await
    }
}

fn at(day: &str, minute: u32) -> Millis {
    Zone::SHANGHAI.at(day.parse().unwrap(), minute)
}

fn small() -> DemoOptions {
    DemoOptions {
        students: 300,
        ..DemoOptions::default()
    }
}

#[tokio::test]
async fn one_account_per_role_signs_in() {
    let demo = Demo::new();
    let (services, accounts) = demo.start(small()).await.unwrap();
    let mut roles: Vec<_> = accounts.iter().map(|a| a.role.as_str()).collect();
    roles.dedup();
    let all = domain::access::Role::ALL.map(domain::access::Role::word);
    assert_eq!(roles, all);
    for account in &accounts {
        let signed_in = services.sign_in(&account.login, &account.password).await;
        let actor = signed_in.unwrap().actor;
        let scopes: Vec<_> = actor
            .grants()
            .iter()
            .map(|g| {
                assert_eq!(g.role.word(), account.role);
                let (kind, code) = crate::actor::scope_words(&g.scope);
                format!("{kind}:{code}")
            })
            .collect();
        assert_eq!(scopes.join(","), account.scope);
    }
}
