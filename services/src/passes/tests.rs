#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use super::*;
use crate::clock::{Clock as _, ManualClock, SystemEntropy};
use crate::open::Location;
use crate::{Actor, Services};
use domain::Zone;
use domain::pass::{KeyExchange, verify};

const DAY: i64 = 86_400_000;

struct House {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    location: Location,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::in_folder(folder.path().join("data"), false);
    let clock = Arc::new(ManualClock::new(
        Zone::SHANGHAI.at("2020-09-17".parse().unwrap(), 434),
    ));
    let services = Services::open(&location, clock.clone(), Arc::new(SystemEntropy))
        .await
        .unwrap();
    House {
        services,
        clock,
        location,
        _folder: folder,
    }
}

fn states(keys: &[PassKey], purpose: Purpose) -> Vec<KeyState> {
    let of = keys.iter().filter(|k| k.purpose == purpose);
    of.map(|k| k.state).collect()
}

#[tokio::test]
async fn each_purpose_has_a_key_from_the_first_start_and_keeps_it() {
    let house = house().await;
    let keys = house.services.list_pass_keys().await.unwrap();
    for purpose in Purpose::ALL {
        assert_eq!(states(&keys, purpose), [KeyState::Signing]);
    }
    house.services.store.close().await;
    let again = Services::open(
        &house.location,
        house.clock.clone(),
        Arc::new(SystemEntropy),
    )
    .await
    .unwrap();
    assert_eq!(again.list_pass_keys().await.unwrap(), keys);
}

#[tokio::test]
async fn a_successor_is_known_for_two_days_before_it_signs() {
    let house = house().await;
    let services = &house.services;
    let old = services.list_pass_keys().await.unwrap();
    house.clock.advance(88 * DAY);
    services.renew_pass_keys().await.unwrap();
    services.renew_pass_keys().await.unwrap();
    let keys = services.list_pass_keys().await.unwrap();
    assert_eq!(
        states(&keys, Purpose::Screens),
        [KeyState::Coming, KeyState::Signing]
    );
    assert_eq!(states(&keys, Purpose::Cards), [KeyState::Signing]);
    assert_eq!(services.published_keys().await.unwrap().keys.len(), 4);
    house.clock.advance(2 * DAY);
    let keys = services.list_pass_keys().await.unwrap();
    assert_eq!(
        states(&keys, Purpose::Screens),
        [KeyState::Signing, KeyState::Retired]
    );
    house.clock.advance(40 * DAY);
    let keys = services.list_pass_keys().await.unwrap();
    assert_eq!(
        states(&keys, Purpose::Screens),
        [KeyState::Signing, KeyState::Ended]
    );
    let ended = old.iter().find(|k| k.purpose == Purpose::Screens).unwrap();
    let published = services.published_keys().await.unwrap();
    assert!(published.keys.iter().all(|k| k.kid != ended.id.to_string()));
}

#[tokio::test]
async fn a_revoked_key_is_published_as_such_and_replaced_at_once() {
    let house = house().await;
    let services = &house.services;
    let keys = services.list_pass_keys().await.unwrap();
    let screens = keys.iter().find(|k| k.purpose == Purpose::Screens).unwrap();
    let nobody = Actor::account(domain::ids::AccountId(1), Vec::new());
    assert!(services.revoke_pass_key(&nobody, screens.id).await.is_err());
    services
        .revoke_pass_key(&Actor::command(), screens.id)
        .await
        .unwrap();
    assert!(
        services
            .revoke_pass_key(&Actor::command(), screens.id)
            .await
            .is_err(),
        "it is revoked already"
    );
    let keys = services.list_pass_keys().await.unwrap();
    let mut found = states(&keys, Purpose::Screens);
    found.sort_by_key(|state| *state == KeyState::Revoked);
    assert_eq!(found, [KeyState::Signing, KeyState::Revoked]);
    let published = services.published_keys().await.unwrap();
    let revoked: Vec<_> = (published.keys.iter())
        .filter(|k| k.revoked.is_some())
        .map(|k| k.kid.clone())
        .collect();
    assert_eq!(revoked, [screens.id.to_string()]);
}

#[tokio::test]
async fn rotation_overlaps_unless_it_is_to_happen_at_once() {
    let house = house().await;
    let services = &house.services;
    let rotate = |at_once| {
        let services = Arc::clone(services);
        async move {
            let id = services
                .rotate_pass_key(&Actor::command(), Purpose::Cards, at_once)
                .await
                .unwrap();
            let keys = services.list_pass_keys().await.unwrap();
            keys.into_iter().find(|k| k.id == id).unwrap().state
        }
    };
    assert_eq!(rotate(false).await, KeyState::Coming);
    house.clock.advance(1_000);
    assert_eq!(rotate(true).await, KeyState::Signing);
}

#[tokio::test]
async fn secrets_are_not_in_the_database_in_the_clear() {
    let house = house().await;
    let mut tx = house.services.store.read().await.unwrap();
    for row in tx.pass_keys().await.unwrap() {
        let sealed = row.secret_enc.unwrap();
        assert!(sealed.len() > 32 + 24, "nonce, text and tag");
        let public =
            ed25519_dalek::VerifyingKey::from_bytes(row.public_key.as_slice().try_into().unwrap())
                .unwrap();
        for window in sealed.windows(32) {
            let key = ed25519_dalek::SigningKey::from_bytes(window.try_into().unwrap());
            assert_ne!(key.verifying_key(), public);
        }
    }
}

#[tokio::test]
async fn the_key_file_opens_with_the_fingerprint_that_is_shown() {
    let house = house().await;
    let (text, fingerprint) = house.services.key_file().await.unwrap();
    let opened = KeyExchange::open(&text, house.clock.now()).unwrap();
    assert_eq!(opened.fingerprint, fingerprint);
    assert_eq!(
        opened.file.jwks,
        house.services.published_keys().await.unwrap()
    );
}

#[tokio::test]
async fn what_is_no_pass_is_explained_too() {
    let house = house().await;
    let look = |text: &'static str| {
        let services = Arc::clone(&house.services);
        async move {
            services
                .inspect_pass(&Actor::command(), text, Vec::new())
                .await
                .unwrap()
                .refusal
        }
    };
    assert_eq!(
        look("https://school.example").await,
        Some(domain::pass::PassRefusal::NotOurs)
    );
    assert_eq!(
        look(" FX1:BB8\n").await,
        Some(domain::pass::PassRefusal::Malformed)
    );
    let ring = house.services.published_keys().await.unwrap().ring();
    assert!(verify("FX1:", &ring, house.clock.now()).is_err());
}
