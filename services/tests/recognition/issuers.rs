//! The list of trusted issuers: comparing, renewing, removing.

use crate::house::{DAY, House, Neighbour, admin_of, compared, refused, region};
use domain::pass::{Kind, PassSigner, TrustedKey};
use domain::{Code, Lang, Millis};
use services::Refusal;
use services::recognition::{FileKind, IssuerState, NewTrust, TrustFault, TrustStep};
use std::collections::BTreeSet;

#[tokio::test]
async fn an_issuer_counts_once_its_fingerprint_was_compared_and_no_sooner() {
    let house = House::new().await;
    let neighbour = Neighbour::new(10, house.now());
    let live = neighbour.live(house.now(), Code::Green);
    assert_eq!(house.look(&live).await, Some("issuer_not_trusted"));
    let staged = house.upload("330503", &neighbour.file()).await.unwrap();
    assert_eq!(
        house.look(&live).await,
        Some("issuer_not_trusted"),
        "only uploaded"
    );
    let (actor, here) = (admin_of("330503"), region("330503"));
    let services = &house.services;
    // The same person uploads again before comparing: the older upload is gone.
    let actor_of_upload = admin_of("CN");
    let preview = services
        .preview_key_file(&actor_of_upload, &here, staged)
        .await
        .unwrap();
    assert_eq!(preview.groups.join(" "), neighbour.vouching.fingerprint());
    assert_eq!((preview.groups.len(), preview.keys.len()), (8, 3));
    let all = compared(&preview.groups);
    let mut seven = all.clone();
    seven.pop_last();
    let mut wrong = seven.clone();
    wrong.insert("8-0000".into());
    for some in [BTreeSet::new(), seven, wrong] {
        let tried = services
            .trust_issuer(&actor, &here, staged, &house.terms(), (&some, "陈老师"))
            .await;
        assert_eq!(refused(tried), Refusal::FingerprintNotCompared);
    }
    let nameless = services
        .trust_issuer(&actor, &here, staged, &house.terms(), (&all, " "))
        .await;
    assert_eq!(refused(nameless), Refusal::FieldInvalid);
    assert_eq!(house.look(&live).await, Some("issuer_not_trusted"));
    services
        .trust_issuer(&actor, &here, staged, &house.terms(), (&all, "陈老师"))
        .await
        .unwrap();
    let found = house.verdict(&live).await.unwrap();
    assert_eq!(
        (found.whose.name.as_str(), found.pass.school),
        ("吴兴区", 12)
    );
    let again = services.preview_key_file(&actor, &here, staged).await;
    assert_eq!(refused(again), Refusal::UploadGone);
    let view = services
        .trusted_issuer(&actor, &here, found.whose.issuer)
        .await
        .unwrap();
    assert_eq!(view.history[0].note.as_deref(), Some("陈老师"));
    assert_eq!(view.line.state, IssuerState::Trusted);
}

#[tokio::test]
async fn a_newer_file_is_taken_and_what_it_revokes_is_refused() {
    let house = House::new().await;
    let mut neighbour = Neighbour::new(10, house.now());
    let number = house.trust(&neighbour.file()).await;
    let live = neighbour.live(house.now(), Code::Green);
    assert_eq!(house.look(&live).await, None);
    assert_eq!(
        refused(house.renew(&neighbour.file()).await),
        Refusal::IssuerFileOld
    );
    let successor = PassSigner::from_secret(&[90; 32]);
    neighbour.made = Millis(house.now().0 + 60_000);
    neighbour.keys[2].revoked = Some(house.now());
    neighbour.keys.push(TrustedKey {
        public: successor.public(),
        revoked: None,
        ..neighbour.keys[2].clone()
    });
    let staged = house.upload("330503", &neighbour.file()).await.unwrap();
    let preview = house
        .services
        .preview_key_file(&admin_of("CN"), &region("330503"), staged)
        .await
        .unwrap();
    let FileKind::Renewal {
        added,
        revoked,
        gone,
        ..
    } = preview.kind
    else {
        panic!("it is known");
    };
    assert_eq!(added, [successor.id()]);
    assert_eq!((revoked, gone.len()), (vec![neighbour.screens.id()], 0));
    assert_eq!(house.look(&live).await, None, "only uploaded");
    let by_comparison = house
        .services
        .trust_issuer(
            &admin_of("CN"),
            &region("330503"),
            staged,
            &house.terms(),
            (&compared(&preview.groups), "陈老师"),
        )
        .await;
    assert_eq!(refused(by_comparison), Refusal::TrustStale);
    assert_eq!(house.renew(&neighbour.file()).await.unwrap(), number);
    assert_eq!(house.look(&live).await, Some("key_revoked"));
    neighbour.screens = successor;
    assert_eq!(
        house.look(&neighbour.live(house.now(), Code::Green)).await,
        None
    );
    let (_, taken, _) = house.taken().await;
    assert_eq!(
        taken[0].keys.keys.len(),
        2,
        "the card key and the successor"
    );
    // The file from before cannot bring the revoked key back.
    let old = Neighbour::new(10, Millis(house.now().0 - 1_000));
    assert_eq!(
        refused(house.renew(&old.file()).await),
        Refusal::IssuerFileOld
    );
}

#[tokio::test]
async fn a_removed_issuer_is_refused_at_once_and_comes_back_as_it_was() {
    let house = House::new().await;
    let neighbour = Neighbour::new(10, house.now());
    let number = house.trust(&neighbour.file()).await;
    let (actor, here) = (admin_of("330503"), region("330503"));
    let services = &house.services;
    let live = neighbour.live(house.now(), Code::Green);
    let seen = house.version(number).await;
    let silent = services
        .remove_issuer(&actor, &here, (number, seen), " ")
        .await;
    assert_eq!(refused(silent), Refusal::NoteNeeded);
    let stale = services
        .remove_issuer(&actor, &here, (number, seen + 1), "不再合作")
        .await;
    assert_eq!(refused(stale), Refusal::TrustStale);
    services
        .remove_issuer(&actor, &here, (number, seen), "不再合作")
        .await
        .unwrap();
    assert_eq!(house.look(&live).await, Some("issuer_not_trusted"));
    assert_eq!(house.taken().await.1, []);
    let twice = services
        .remove_issuer(&actor, &here, (number, seen + 1), "不再合作")
        .await;
    assert_eq!(refused(twice), Refusal::TrustStale);
    let change = services
        .change_issuer(&actor, &here, (number, seen + 1), &house.terms())
        .await;
    assert_eq!(refused(change), Refusal::TrustStale);
    services
        .restore_issuer(&actor, &here, (number, seen + 1))
        .await
        .unwrap();
    assert_eq!(house.look(&live).await, None);
    let view = services
        .trusted_issuer(&actor, &here, number)
        .await
        .unwrap();
    let steps: Vec<_> = view.history.iter().map(|line| line.step).collect();
    assert_eq!(
        steps,
        [TrustStep::Restore, TrustStep::Remove, TrustStep::Trust]
    );
    assert_eq!(view.history[1].note.as_deref(), Some("不再合作"));
    let log = services
        .region_log(&actor, &here, Lang::Zh, None, (0, 50))
        .await
        .unwrap();
    for step in ["issuer.trust", "issuer.remove", "issuer.restore"] {
        assert!(
            log.entries.iter().any(|entry| entry.action == step),
            "{step}"
        );
    }
}

#[tokio::test]
async fn a_bureau_is_warned_before_time_or_keys_end() {
    let house = House::new().await;
    let neighbour = Neighbour::new(10, house.now());
    house.trust(&neighbour.file()).await;
    let state = || async {
        let services = &house.services;
        let page = services
            .trusted_issuers(&admin_of("330503"), &region("330503"), "吴兴", 0)
            .await
            .unwrap();
        page.issuers[0].state
    };
    for (days, expected) in [
        (0, IssuerState::Trusted),
        (95, IssuerState::KeysEndSoon),
        (26, IssuerState::KeysEnded),
        (100, IssuerState::Ended),
    ] {
        house.clock.advance(days * DAY);
        assert_eq!(state().await, expected, "after {days} more days");
    }
}

#[tokio::test]
async fn what_cannot_be_agreed_is_named() {
    let house = House::new().await;
    let (today, good) = (house.today(), house.terms());
    assert_eq!(good.faults(today), []);
    for (terms, fault) in [
        (
            NewTrust {
                name: " ".into(),
                ..good.clone()
            },
            TrustFault::Name,
        ),
        (
            NewTrust {
                until: today.plus(-1),
                ..good.clone()
            },
            TrustFault::Until,
        ),
        (
            NewTrust {
                until: today.plus(401),
                ..good.clone()
            },
            TrustFault::Until,
        ),
        (
            NewTrust {
                kinds: BTreeSet::new(),
                ..good.clone()
            },
            TrustFault::Kinds,
        ),
        (
            NewTrust {
                kinds: [Kind::Card].into(),
                ..good.clone()
            },
            TrustFault::Kinds,
        ),
        (
            NewTrust {
                schools: Some(BTreeSet::new()),
                ..good.clone()
            },
            TrustFault::Schools,
        ),
    ] {
        assert!(terms.faults(today).contains(&fault), "{fault:?}");
    }
    let staged = house
        .upload("330503", &Neighbour::new(10, house.now()).file())
        .await
        .unwrap();
    let nowhere = NewTrust {
        region: region("42"),
        ..good
    };
    let groups = house
        .services
        .preview_key_file(&admin_of("CN"), &region("330503"), staged)
        .await
        .unwrap()
        .groups;
    let tried = house
        .services
        .trust_issuer(
            &admin_of("CN"),
            &region("330503"),
            staged,
            &nowhere,
            (&compared(&groups), "陈老师"),
        )
        .await;
    assert_eq!(refused(tried), Refusal::RegionUnknown);
}
