//! What comes of it at a school.

use crate::house::{House, Neighbour, ROSTER, region};
use domain::access::{Grant, Role, Scope};
use domain::gate::VisitorPolicy;
use domain::ids::AccountId;
use domain::pass::Says;
use domain::report::{Answers, Channel, Learned};
use domain::{Code, Lang};
use services::family::{Claim, Credentials, Relation};
use services::intake::Submission;
use services::passes::Purpose;
use services::{Actor, Error};

#[tokio::test]
async fn red_yellow_grey_yesterday_and_cards_stay_outside_and_are_told_why() {
    let house = House::new().await;
    let neighbour = Neighbour::new(10, house.now());
    house.trust(&neighbour.file()).await;
    for code in [Code::Red, Code::Yellow, Code::Grey] {
        let refused = house
            .verdict(&neighbour.live(house.now(), code))
            .await
            .unwrap_err();
        assert_eq!(refused.rule().unwrap().id, "not-green");
        assert!(refused.text(Lang::Zh).contains("吴兴区"));
    }
    let yesterday = Says::Live {
        code: Code::Green,
        day: house.today().plus(-1),
    };
    let text = neighbour
        .screens
        .sign(&neighbour.pass(house.now(), yesterday))
        .unwrap();
    let refused = house.verdict(&text).await.unwrap_err();
    assert_eq!(refused.rule().unwrap().id, "of-today");
    let card = neighbour.card(house.now());
    assert_eq!(house.look(&card).await, Some("not_recognised_kind"));
}

#[tokio::test]
async fn a_school_says_what_happens_with_visitors() {
    let house = House::new().await;
    let scope = Scope::School(house.school);
    let role = Role::SchoolAdmin;
    let admin = Actor::account(AccountId(30), vec![Grant { role, scope }]);
    let services = &house.services;
    assert_eq!(
        house.taken().await.0,
        VisitorPolicy::Ask,
        "until it is said"
    );
    for policy in [
        VisitorPolicy::Admit,
        VisitorPolicy::Refuse,
        VisitorPolicy::Ask,
    ] {
        services
            .change_visitors(&admin, house.school, policy)
            .await
            .unwrap();
        let shown = services.school_settings(&admin, house.school).await;
        assert_eq!(shown.unwrap().visitors, policy);
        assert_eq!(house.taken().await.0, policy);
    }
    let teacher = Actor::account(AccountId(31), Vec::new());
    let tried = services
        .change_visitors(&teacher, house.school, VisitorPolicy::Admit)
        .await;
    assert!(matches!(tried, Err(Error::Forbidden)));
}

#[tokio::test]
async fn two_installations_recognise_each_other() {
    let here = House::new().await;
    let there = House::at("330502001").await;
    let command = Actor::command();
    there
        .services
        .import_roster_file(&command, "3305000001", "roster.csv", ROSTER.into(), false)
        .await
        .unwrap();
    let mut tx = there.services.store.read().await.unwrap();
    let class = tx.classes_of(there.school).await.unwrap()[0].class_id;
    let child = tx.people_of_class(class).await.unwrap()[0].person_id;
    drop(tx);
    let submission = Submission {
        person: child,
        day: there.today(),
        id: [1; 16],
        based_on: 0,
        answers: Answers::all_well(),
        channel: Channel::Proxy(Learned::Call),
    };
    let teacher = Actor::account(
        AccountId(12),
        vec![Grant {
            role: Role::Teacher,
            scope: Scope::Class(class),
        }],
    );
    there.services.report(&teacher, submission).await.unwrap();
    let slips = there
        .services
        .print_slips(&teacher, class, &[child])
        .await
        .unwrap();
    let claim = Claim {
        code: slips[0].code.as_str().into(),
        birth_date: "2012-11-27".parse().unwrap(),
        last_four: "0001".into(),
        relation: Relation::Mother,
        name: "胡敏".into(),
    };
    let credentials = Credentials {
        login: "19900000001".into(),
        password: "correct horse".into(),
    };
    let signed_in = there
        .services
        .claim_slip(None, &claim, Some(&credentials))
        .await
        .unwrap()
        .unwrap();
    let mother = signed_in.actor;
    let live = there.services.live_pass(&mother, child).await.unwrap();
    let letter = there.services.day_letter(&mother, child).await.unwrap();
    let cards = there
        .services
        .print_cards(&command, class, &[])
        .await
        .unwrap();
    let texts = [live.issued.unwrap().text, letter.issued.unwrap().text];
    let (file, fingerprint) = there.services.key_file().await.unwrap();
    let number = here.trust(&file).await;
    for text in &texts {
        let found = here.verdict(text).await.unwrap();
        assert_eq!(
            (found.whose.issuer, found.pass.name.as_str()),
            (number, "胡*辰")
        );
    }
    assert_eq!(
        here.look(&cards[0].pass.text).await,
        Some("not_recognised_kind")
    );
    assert_eq!(
        there.look(&texts[0]).await,
        Some("issuer_not_trusted"),
        "one's own pass is nobody else's"
    );
    let public = here.services.public_recognition(None, "", 0).await.unwrap();
    assert_eq!(
        public.region,
        region("330503001"),
        "the region around all schools"
    );
    assert_eq!(
        (public.total, public.issuers[0].issuer, public.rules.len()),
        (1, number, 2)
    );
    let other = there
        .services
        .public_recognition(None, "", 0)
        .await
        .unwrap();
    assert_eq!((other.own.fingerprint, other.total), (fingerprint, 0));
    let keys = there.services.list_pass_keys().await.unwrap();
    let screens = keys
        .iter()
        .find(|key| key.purpose == Purpose::Screens)
        .unwrap();
    there
        .services
        .revoke_pass_key(&command, screens.id)
        .await
        .unwrap();
    there.clock.advance(1_000);
    let (file, _) = there.services.key_file().await.unwrap();
    assert_eq!(here.look(&texts[1]).await, None, "nobody has told us yet");
    here.clock.advance(1_000);
    here.renew(&file).await.unwrap();
    assert_eq!(here.look(&texts[1]).await, Some("key_revoked"));
    let says = here.services.inspect_foreign(&texts[1]).await.unwrap();
    assert_eq!(says.len(), 1);
    assert_eq!(says[0].says.as_ref().unwrap_err().code(), "key_revoked");
}
