//! Files, regions, roles, and what must not happen.

use super::*;

on_both_engines![
    a_file_says_whose_it_is_and_always_becomes_a_draft,
    a_district_may_be_stricter_and_never_looser,
    each_sees_and_does_only_what_their_role_and_region_allow,
    a_rule_without_an_answer_turns_yellow_and_is_told_to_the_officer,
    the_program_refuses_rules_that_were_changed_behind_its_back,
    a_cancelled_replay_leaves_nothing_and_a_change_makes_the_last_one_void,
];

async fn a_file_says_whose_it_is_and_always_becomes_a_draft(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let admin = country.admin("admin").await;
    let file = services
        .export_rulebook(&admin, &cn, country.shipped(&admin).await)
        .await
        .unwrap();
    assert_eq!(file.name, "cn-base-1.0.0.json");
    let imported = services
        .import_rulebook(&admin, &cn, &file.body)
        .await
        .unwrap();
    assert_eq!(imported.origin, Origin::Own);
    let view = services.rulebook(&admin, &cn, imported.no).await.unwrap();
    assert_eq!((view.line.status, view.changes.len()), (Status::Draft, 0));
    assert_eq!(
        view.document.rules,
        services
            .rulebook(&admin, &cn, view.base.unwrap().0)
            .await
            .unwrap()
            .document
            .rules
    );

    let text = String::from_utf8(file.body.clone()).unwrap();
    let broken = text.replace("\"value\": 373", "\"value\": 400");
    assert_ne!(broken, text);
    let imported = services
        .import_rulebook(&admin, &cn, broken.as_bytes())
        .await;
    assert_eq!(refused(imported), Refusal::RulebookSignatureBroken);
    let bare = services
        .import_rulebook(&admin, &cn, domain::rulebook::SHIPPED.as_bytes())
        .await
        .unwrap();
    assert_eq!(bare.origin, Origin::Unsigned);
    for junk in [&b""[..], b"{}", b"[1,2]", b"\xff\xfe"] {
        let imported = services.import_rulebook(&admin, &cn, junk).await;
        assert_eq!(refused(imported), Refusal::RulebookFileInvalid);
    }

    let elsewhere = Country::new(engine).await;
    let other = elsewhere.admin("other").await;
    let theirs = elsewhere
        .services
        .export_rulebook(&other, &cn, elsewhere.shipped(&other).await)
        .await
        .unwrap();
    let key = elsewhere.services.rulebook_public_key();
    let imported = services
        .import_rulebook(&admin, &cn, &theirs.body)
        .await
        .unwrap();
    assert_eq!(imported.origin, Origin::Unknown(key.clone()));
    services
        .name_rulebook_signer(&admin, &cn, &key, "省疾控")
        .await
        .unwrap();
    assert_eq!(
        refused(services.name_rulebook_signer(&admin, &cn, "abc", "x").await),
        Refusal::FieldInvalid
    );
    let view = services.rulebook(&admin, &cn, imported.no).await.unwrap();
    assert_eq!(view.origin, Some(Origin::Known("省疾控".into())));
}

async fn a_district_may_be_stricter_and_never_looser(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, here) = (&country.services, region("330503"));
    let author = country
        .staff("author", Role::HealthOfficer, "330503", None)
        .await;
    let second = country.admin("second").await;
    let title = Text::new("南浔区从严", "Nanxun, stricter");
    assert_eq!(
        refused(
            services
                .start_new_book(&author, &here, "cn-base", title.clone())
                .await
        ),
        Refusal::RulebookNameTaken
    );
    let no = services
        .start_new_book(&author, &here, "nanxun", title)
        .await
        .unwrap();
    let view = services.rulebook(&author, &here, no).await.unwrap();
    assert_eq!(view.above.len(), 1, "the country's rulebook can be moved");
    let with = |tenths| {
        let mut document = view.document.clone();
        document.moves = vec![Move {
            rulebook: "cn-base".into(),
            parameter: "fever_tenths".into(),
            value: ParameterValue::Number(tenths),
        }];
        document
    };
    let looser = services
        .save_draft(&author, &here, no, with(380), 1)
        .await
        .unwrap();
    assert!(
        looser
            .findings
            .iter()
            .any(|f| f.text.get(Lang::En).starts_with("looser than above")),
        "{:?}",
        looser.findings
    );
    assert_eq!(
        refused(services.start_replay(&author, &here, no).await),
        Refusal::RulebookFaulty
    );
    assert_eq!(
        refused(services.submit_rulebook(&author, &here, no, 2).await),
        Refusal::RulebookFaulty
    );

    let stricter = services
        .save_draft(&author, &here, no, with(370), 2)
        .await
        .unwrap();
    assert_eq!(country.report(0, 371).await, Code::Green);
    let result = country.replay(&author, "330503", no).await;
    assert_eq!(
        result.flows,
        [Flow {
            from: Code::Green,
            to: Code::Yellow,
            people: 1
        }]
    );
    services
        .submit_rulebook(&author, &here, no, stricter.revision)
        .await
        .unwrap();
    assert!(is_forbidden(
        services
            .approve_rulebook(&author, &here, no, stricter.revision)
            .await
    ));
    services
        .approve_rulebook(&second, &here, no, stricter.revision)
        .await
        .unwrap();
    services
        .activate_emergency(&second, &here, no, false, "本区从严")
        .await
        .unwrap();
    assert_eq!(country.code(&second, 0).await.code, Code::Yellow);
    let neighbour = services.public_rulebooks(&region("330502")).await.unwrap();
    assert_eq!(
        neighbour.active.len(),
        1,
        "the neighbour's children are the neighbour's"
    );
    let own = services.public_rulebooks(&here).await.unwrap();
    let fever = own.active[0]
        .document
        .parameters
        .iter()
        .find(|p| p.name == "fever_tenths")
        .unwrap();
    assert_eq!(
        (own.active.len(), fever.value),
        (2, ParameterValue::Number(370)),
        "what holds here is shown"
    );
}

async fn each_sees_and_does_only_what_their_role_and_region_allow(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn, here) = (&country.services, region("CN"), region("330503"));
    let admin = country.admin("admin").await;
    let viewer = country
        .staff("viewer", Role::BureauViewer, "330503", None)
        .await;
    let officer = country
        .staff("officer", Role::HealthOfficer, "330503", None)
        .await;
    let (no, revision) = country.draft(&admin, 375).await;
    let shipped = country.shipped(&admin).await;
    for staff in [&viewer, &officer] {
        let lines = services.rulebooks(staff, &here).await.unwrap();
        assert_eq!(
            lines.iter().map(|line| line.no).collect::<Vec<_>>(),
            [shipped],
            "no drafts of others"
        );
        assert!(is_forbidden(services.rulebooks(staff, &cn).await));
        assert!(is_forbidden(services.rulebook(staff, &here, no).await));
        assert!(
            is_forbidden(services.start_draft(staff, &here, shipped).await),
            "the country's rules are the country's"
        );
        assert!(is_forbidden(
            services.rulebook(staff, &region("330502"), shipped).await
        ));
    }
    let view = services.rulebook(&viewer, &here, shipped).await.unwrap();
    assert_eq!(view.may, services::rules::May::default());
    let title = Text::new("本区", "Ours");
    assert!(is_forbidden(
        services
            .start_new_book(&viewer, &here, "ours", title.clone())
            .await
    ));
    services
        .start_new_book(&officer, &here, "ours", title)
        .await
        .unwrap();
    assert!(is_forbidden(
        services
            .retire_rulebook(&officer, &here, shipped, "不再需要")
            .await
    ));
    let lines = services.rulebooks(&admin, &here).await.unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        refused(
            services
                .propose_retirement(&admin, &cn, shipped, "不再需要")
                .await
        ),
        Refusal::LastRulebook
    );
    assert!(
        services
            .submit_rulebook(&Actor::command(), &cn, no, revision)
            .await
            .is_err()
    );
    services.delete_draft(&admin, &cn, no).await.unwrap();
    assert!(is_forbidden(services.rulebook(&admin, &cn, no).await));
}

async fn a_rule_without_an_answer_turns_yellow_and_is_told_to_the_officer(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    let no = services
        .start_draft(&author, &cn, country.shipped(&author).await)
        .await
        .unwrap();
    let view = services.rulebook(&author, &cn, no).await.unwrap();
    let mut document = view.document;
    let rule = document
        .rules
        .iter_mut()
        .find(|rule| rule.id == "Y-07")
        .unwrap();
    // A sum that does not fit into 64 bits as soon as a temperature is measured.
    rule.condition = serde_json::json!({">": [{"+": [i64::MAX, {"var": "today.temperature_tenths"}]}, i64::MAX]});
    let saved = services
        .save_draft(&author, &cn, no, document, view.revision)
        .await
        .unwrap();
    country.report(0, 366).await;
    assert_eq!(
        country.replay(&author, "CN", no).await.undecidable,
        1,
        "the replay shows it beforehand"
    );
    services
        .submit_rulebook(&author, &cn, no, saved.revision)
        .await
        .unwrap();
    services
        .activate_emergency(&second, &cn, no, false, "紧急")
        .await
        .map_err(|_| ())
        .unwrap_err();
    services
        .activate_emergency(&second, &cn, no, false, "紧急情况")
        .await
        .unwrap();
    let decision = country.code(&second, 0).await;
    assert_eq!(
        (decision.code, decision.reasons[0].code.as_str()),
        (Code::Yellow, "undecidable")
    );
    let screen = services
        .screen(
            &second,
            &cn,
            domain::screen::ScreenMode::Room,
            services::bureau::Opened::Closed,
        )
        .await
        .unwrap();
    let feed = screen.feed.unwrap();
    assert!(
        feed.iter()
            .any(|event| event.label.en == "Cannot be decided"),
        "{feed:?}"
    );
}

async fn the_program_refuses_rules_that_were_changed_behind_its_back(engine: Engine) {
    let country = Country::new(engine).await;
    country.services.store.close().await;
    let change = |sql: &'static str| behind_its_back(&country.location, sql);
    let open = || {
        Services::open(
            &country.location,
            country.clock.clone(),
            Arc::new(SystemEntropy),
        )
    };
    for (tamper, mend) in [
        (
            "UPDATE rulebook SET body = replace(body, '\"value\": 373', '\"value\": 420')",
            "UPDATE rulebook SET body = replace(body, '\"value\": 420', '\"value\": 373')",
        ),
        (
            "UPDATE rulebook SET from_day = from_day + 30000",
            "UPDATE rulebook SET from_day = from_day - 30000",
        ),
        (
            "UPDATE rulebook SET status = 'retired'",
            "UPDATE rulebook SET status = 'active'",
        ),
    ] {
        change(tamper).await;
        match open().await {
            Err(OpenError::Other(error)) => {
                assert!(
                    error
                        .to_string()
                        .contains("cn-base 1.0.0 was changed outside the program"),
                    "{error}"
                );
            }
            other => panic!("{tamper}: {:?}", other.map(|_| ())),
        }
        change(mend).await;
    }
    open().await.unwrap();
}

async fn a_cancelled_replay_leaves_nothing_and_a_change_makes_the_last_one_void(engine: Engine) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let author = country.admin("author").await;
    // A replay of three people may be over before anybody can cancel it, and has kept its result then; one that is not
    // keeps none while somebody else writes.
    let (no, revision) = loop {
        let (no, revision) = country.draft(&author, 375).await;
        services.start_replay(&author, &cn, no).await.unwrap();
        let writing = services.store.write().await.unwrap();
        let view = services.replay(&author, &cn, no).await.unwrap();
        services.cancel_replay(&author, &cn, no).await.unwrap();
        drop(writing);
        if matches!(view, ReplayView::Running { .. }) {
            break (no, revision);
        }
    };
    assert_eq!(
        services.replay(&author, &cn, no).await.unwrap(),
        ReplayView::None
    );
    country.replay(&author, "CN", no).await;
    let replayed = services.replay(&author, &cn, no).await.unwrap();
    assert!(matches!(replayed, ReplayView::Done(_)));
    let view = services.rulebook(&author, &cn, no).await.unwrap();
    let mut document = view.document;
    document.title.en.push('!');
    let saved = services
        .save_draft(&author, &cn, no, document, revision)
        .await
        .unwrap();
    assert_eq!(
        services.replay(&author, &cn, no).await.unwrap(),
        ReplayView::None
    );
    assert_eq!(
        refused(
            services
                .submit_rulebook(&author, &cn, no, saved.revision)
                .await
        ),
        Refusal::ReplayNeeded
    );
}
