//! Rules of recognition, and regions inside each other.

use crate::house::{DAY, House, Neighbour, admin_of, issuer, refused, region};
use domain::pass::Kind;
use domain::recognition::findings;
use domain::{Code, Lang, Text};
use services::recognition::{EditedRule, NewTrust, SamplePass, SavedRules};
use services::{Error, Refusal};

#[tokio::test]
async fn a_region_may_be_stricter_than_those_around_it_and_never_looser() {
    let house = House::new().await;
    let neighbour = Neighbour::new(10, house.now());
    let live = neighbour.live(house.now(), Code::Green);
    let (other_issuer, other) = (Neighbour::new(40, house.now()), region("330502"));
    // A list elsewhere does not count here.
    house
        .trust_on("330502", &other_issuer.file(), &house.terms())
        .await;
    let foreign = other_issuer.live(house.now(), Code::Green);
    assert_eq!(house.look(&foreign).await, Some("issuer_not_trusted"));
    // The city's list counts for all of its schools.
    let number = house
        .trust_on("3305", &neighbour.file(), &house.terms())
        .await;
    assert_eq!(house.look(&live).await, None);
    // The district takes less of the same issuer.
    let less = NewTrust {
        kinds: [Kind::DayLetter].into(),
        ..house.terms()
    };
    house.trust_on("330503", &neighbour.file(), &less).await;
    assert_eq!(house.look(&live).await, Some("not_recognised_kind"));
    let (here, actor) = (region("330503"), admin_of("330503"));
    let services = &house.services;
    let page = services
        .trusted_issuers(&actor, &here, "", 0)
        .await
        .unwrap();
    let owners: Vec<_> = page
        .issuers
        .iter()
        .map(|line| (line.owner.0.clone(), line.is_own))
        .collect();
    assert_eq!(owners.len(), 2);
    assert!(owners.contains(&(region("3305"), false)) && owners.contains(&(here.clone(), true)));
    // Removing its own entry leaves the city's; the city's issuer is not the district's to remove.
    let seen = house.version(number).await;
    services
        .remove_issuer(&actor, &here, (number, seen), "以市里为准")
        .await
        .unwrap();
    assert_eq!(house.look(&live).await, None);
    let above = services
        .remove_issuer(&actor, &region("3305"), (number, 1), "不再合作")
        .await;
    assert!(matches!(above, Err(Error::Forbidden)));
    let outside = services.trusted_issuers(&actor, &other, "", 0).await;
    assert!(matches!(outside, Err(Error::Forbidden)));
    // But its rules may refuse it.
    let rule = EditedRule {
        id: "not-wuxing".into(),
        label: Text::new(
            "本区暂不认吴兴区的码",
            "Codes of Wuxing are not recognised for now",
        ),
        condition: r#"{"===": [{"var": "region"}, "330502"]}"#.into(),
        on: true,
    };
    let saved = services
        .save_recognition_rules(&actor, &here, 0, &[rule], house.today())
        .await
        .unwrap();
    assert_eq!(saved, SavedRules::Done);
    let refused = house.verdict(&live).await.unwrap_err();
    assert_eq!(
        refused.text(Lang::Zh),
        "吴兴区的码：本区暂不认吴兴区的码（规则 not-wuxing）"
    );
    let ids: Vec<_> = house
        .taken()
        .await
        .2
        .into_iter()
        .map(|rule| rule.id)
        .collect();
    assert_eq!(ids, ["of-today", "not-green", "not-wuxing"]);
}

#[tokio::test]
async fn rules_are_checked_tried_versioned_and_begin_when_they_say() {
    let house = House::new().await;
    let neighbour = Neighbour::new(10, house.now());
    house.trust(&neighbour.file()).await;
    let (actor, country) = (admin_of("CN"), region("CN"));
    let services = &house.services;
    let view = services.recognition_rules(&actor, &country).await.unwrap();
    assert_eq!((view.version, view.own.len(), view.above.len()), (1, 2, 0));
    assert_eq!(findings(&view.own), []);
    assert_eq!(view.history[0].by, None);
    let mut edited: Vec<EditedRule> = view.own.iter().map(EditedRule::from).collect();
    edited.push(EditedRule {
        id: "hubei".into(),
        label: Text::new(
            "湖北省的码暂不认",
            "Codes of Hubei are not recognised for now",
        ),
        condition: r#"{"===": [{"var": "province"}, "4"]}"#.into(),
        on: true,
    });
    let today = house.today();
    let save = |seen, rules: Vec<EditedRule>, from| {
        let (actor, country) = (&actor, &country);
        async move {
            services
                .save_recognition_rules(actor, country, seen, &rules, from)
                .await
        }
    };
    for condition in [
        r#"{"===": [{"var": "province"}, "4"]}"#,
        "{",
        r#"{"var": "name"}"#,
    ] {
        edited[2].condition = condition.into();
        let SavedRules::Faulty(found) = save(1, edited.clone(), today).await.unwrap() else {
            panic!("{condition}");
        };
        assert!(
            found.iter().all(|f| f.place.starts_with("/rules/2/")),
            "{found:?}"
        );
    }
    edited[2].condition = r#"{"===": [{"var": "province"}, "42"]}"#.into();
    let sample = |code: &str, colour, days_old| SamplePass {
        issuer: issuer(420_100_000),
        region: region(code),
        code: colour,
        days_old,
    };
    let tried = |sample: SamplePass, rules: Vec<EditedRule>| {
        let (actor, country) = (&actor, &country);
        async move {
            let tried = services
                .try_recognition_rules(actor, country, &rules, Some(&sample))
                .await
                .unwrap();
            tried.refused_by().map(|(_, rule, _)| rule.id.clone())
        }
    };
    let by = tried(sample("4201", Code::Green, 0), edited.clone()).await;
    assert_eq!(by.as_deref(), Some("hubei"));
    assert_eq!(
        tried(sample("33", Code::Green, 0), edited.clone()).await,
        None
    );
    assert_eq!(
        services
            .recognition_rules(&actor, &country)
            .await
            .unwrap()
            .version,
        1,
        "trying keeps nothing"
    );
    assert_eq!(
        refused(save(0, edited.clone(), today).await),
        Refusal::TrustStale
    );
    assert_eq!(
        refused(save(1, edited.clone(), today.plus(-1)).await),
        Refusal::FieldInvalid
    );
    save(1, edited.clone(), today.plus(2)).await.unwrap();
    assert_eq!(house.taken().await.2.len(), 2, "not yet");
    let view = services.recognition_rules(&actor, &country).await.unwrap();
    assert_eq!((view.version, view.begins.is_some()), (2, true));
    house.clock.advance(2 * DAY);
    assert_eq!(house.taken().await.2.len(), 3);
    edited[2].on = false;
    save(2, edited, house.today()).await.unwrap();
    assert_eq!(house.taken().await.2.len(), 2, "switched off, and kept");
    let view = services.recognition_rules(&actor, &country).await.unwrap();
    assert_eq!((view.own.len(), view.history.len()), (3, 3));
    let below = services
        .recognition_rules(&actor, &region("330503"))
        .await
        .unwrap();
    assert_eq!((below.above.len(), below.version), (1, 0));
    let district = services
        .recognition_rules(&admin_of("330503"), &country)
        .await;
    assert!(matches!(district, Err(Error::Forbidden)));
}

#[tokio::test]
async fn whatever_rules_the_country_drops_only_green_comes_in() {
    let house = House::new().await;
    let neighbour = Neighbour::new(10, house.now());
    house.trust(&neighbour.file()).await;
    let saved = house
        .services
        .save_recognition_rules(&admin_of("CN"), &region("CN"), 1, &[], house.today())
        .await
        .unwrap();
    assert_eq!(saved, SavedRules::Done);
    for code in [Code::Red, Code::Yellow, Code::Grey] {
        let live = neighbour.live(house.now(), code);
        assert_eq!(house.look(&live).await, Some("not_green"));
    }
}
