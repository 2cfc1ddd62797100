//! Key files and passes that somebody has tampered with.

use crate::house::{DAY, House, Neighbour, admin_of, issuer, refused, region};
use domain::pass::{Kind, Pass, Says};
use domain::{Code, Millis};
use services::Refusal;
use services::recognition::{IssuerState, NewTrust};

#[tokio::test]
async fn another_long_lived_key_is_refused_until_it_is_compared_anew() {
    let house = House::new().await;
    let neighbour = Neighbour::new(10, house.now());
    let number = house.trust(&neighbour.file()).await;
    // Somebody else makes a newer file under the same number, with keys of their own.
    let mut thief = Neighbour::new(40, house.now());
    thief.number = neighbour.number;
    for key in &mut thief.keys {
        key.issuer = issuer(neighbour.number);
    }
    thief.made = Millis(house.now().0 + 60_000);
    assert_eq!(
        refused(house.renew(&thief.file()).await),
        Refusal::IssuerKeyChanged
    );
    let live = thief.live(house.now(), Code::Green);
    assert_eq!(house.look(&live).await, Some("issuer_not_trusted"));
    let here = region("330503");
    let seen = (number, house.version(number).await);
    let actor = admin_of("330503");
    let services = &house.services;
    services
        .remove_issuer(&actor, &here, seen, "主密钥换了")
        .await
        .unwrap();
    house.trust(&thief.file()).await;
    assert_eq!(house.look(&live).await, None, "compared anew by telephone");
    assert_eq!(
        house.look(&neighbour.live(house.now(), Code::Green)).await,
        Some("issuer_not_trusted")
    );
}

#[tokio::test]
async fn a_hostile_key_file_is_never_taken() {
    let house = House::new().await;
    let now = house.now();
    let good = Neighbour::new(10, now);
    let own = house.services.published_keys().await.unwrap();
    let our_number = own.keys[0].fx_issuer;
    let (own_file, _) = house.services.key_file().await.unwrap();
    let try_file = |file: String| {
        let house = &house;
        async move {
            let tried = house.upload("330503", &file).await;
            refused(tried)
        }
    };
    assert_eq!(try_file(own_file).await, Refusal::IssuerFileOurs);
    let mut with_ours = good.content();
    with_ours.jwks.keys.push(domain::pass::Jwk {
        fx_issuer: good.content().issuer,
        ..own.keys[0].clone()
    });
    let file = with_ours.sign(&good.vouching).unwrap();
    assert_eq!(
        try_file(file).await,
        Refusal::IssuerFileOurs,
        "a key of ours"
    );
    let mut as_us = Neighbour::new(10, now);
    as_us.number = our_number.number();
    as_us
        .keys
        .iter_mut()
        .for_each(|key| key.issuer = our_number);
    assert_eq!(
        try_file(as_us.file()).await,
        Refusal::IssuerFileOurs,
        "our number"
    );
    let mut mixed = Neighbour::new(10, now);
    mixed.keys[2].issuer = issuer(330_521_000);
    assert_eq!(try_file(mixed.file()).await, Refusal::IssuerFileMixed);
    let mut swapped = good.content();
    swapped.issuer = issuer(330_521_000);
    let file = swapped.sign(&good.vouching).unwrap();
    assert_eq!(try_file(file).await, Refusal::IssuerFileSigner);
    let by_screens = good.content().sign(&good.screens).unwrap();
    assert_eq!(try_file(by_screens).await, Refusal::IssuerFileSigner);
    let mut ended = Neighbour::new(10, now);
    ended.keys[0].until = now;
    assert_eq!(try_file(ended.file()).await, Refusal::IssuerFileSigner);
    let mut revoked = Neighbour::new(10, now);
    revoked.keys[0].revoked = Some(now);
    assert_eq!(try_file(revoked.file()).await, Refusal::IssuerFileSigner);
    let mut future = Neighbour::new(10, now);
    future.made = Millis(now.0 + 3_600_000);
    assert_eq!(try_file(future.file()).await, Refusal::IssuerFileFuture);
    let mut nothing = Neighbour::new(10, now);
    nothing.keys.truncate(2);
    assert_eq!(try_file(nothing.file()).await, Refusal::IssuerFileEmpty);
    let mut forged = good.file();
    forged.replace_range(forged.len() - 8..forged.len() - 4, "AAAA");
    assert_eq!(try_file(forged).await, Refusal::IssuerFileForged);
    assert_eq!(try_file("FX1:".into()).await, Refusal::IssuerFileInvalid);
    assert_eq!(
        try_file("a".repeat(70_000)).await,
        Refusal::IssuerFileInvalid
    );
    let mut loud = good.content();
    loud.name = "吴兴\n区".into();
    let file = loud.sign(&good.vouching).unwrap();
    assert_eq!(try_file(file).await, Refusal::IssuerFileInvalid);
    assert_eq!(house.taken().await.1, []);
}

#[tokio::test]
async fn a_pass_beyond_what_was_agreed_passes_nowhere() {
    let house = House::new().await;
    let mut neighbour = Neighbour::new(10, house.now());
    neighbour.keys[2].scope.schools = Some([12].into());
    let terms = NewTrust {
        kinds: [Kind::Live].into(),
        schools: Some([12, 13].into()),
        ..house.terms()
    };
    let number = house.trust_on("330503", &neighbour.file(), &terms).await;
    let now = house.now();
    let day = house.today();
    let green = Says::Live {
        code: Code::Green,
        day,
    };
    let look = |pass: Pass| {
        let text = neighbour.screens.sign(&pass).unwrap();
        let house = &house;
        async move { house.look(&text).await }
    };
    let pass = neighbour.pass(now, green);
    assert_eq!(look(pass.clone()).await, None);
    let elsewhere = Pass {
        school: 13,
        ..pass.clone()
    };
    assert_eq!(
        look(elsewhere).await,
        Some("not_recognised_kind"),
        "the key is for school 12"
    );
    let letter = Says::DayLetter {
        code: Code::Green,
        day,
    };
    assert_eq!(
        look(neighbour.pass(now, letter)).await,
        Some("not_recognised_kind"),
        "day letters were not agreed"
    );
    let swapped = Pass {
        issuer: issuer(330_521_000),
        ..pass.clone()
    };
    assert_eq!(look(swapped).await, Some("other_issuer"));
    let expired = Pass {
        issued: Millis(pass.issued.0 - 600_000),
        expires: Millis(pass.expires.0 - 600_000),
        ..pass.clone()
    };
    assert_eq!(look(expired).await, Some("expired"));
    let early = Pass {
        issued: Millis(pass.issued.0 - 2 * DAY),
        expires: Millis(pass.expires.0 - 2 * DAY),
        ..pass.clone()
    };
    assert_eq!(look(early).await, Some("key_not_in_force"));
    let narrower = NewTrust {
        schools: Some([13].into()),
        ..terms.clone()
    };
    let services = &house.services;
    let seen = house.version(number).await;
    services
        .change_issuer(
            &admin_of("330503"),
            &region("330503"),
            (number, seen),
            &narrower,
        )
        .await
        .unwrap();
    assert_eq!(
        look(pass).await,
        Some("not_recognised_kind"),
        "school 12 is not agreed any more"
    );
    house.clock.advance(201 * DAY);
    assert_eq!(house.taken().await.1, [], "after its last day");
    let page = services
        .trusted_issuers(&admin_of("330503"), &region("330503"), "", 0)
        .await
        .unwrap();
    assert_eq!(
        (page.issuers[0].state, page.to_see_to),
        (IssuerState::Ended, 1)
    );
}
