//! From a draft into force, and out of it.

use super::*;

on_both_engines![
    a_draft_is_replayed_approved_by_a_second_person_and_comes_into_force_on_its_day,
    without_the_flag_a_running_isolation_keeps_the_rules_it_began_under,
    a_chosen_day_can_be_taken_back_until_it_has_come,
    an_emergency_holds_at_once_and_lapses_after_a_day_unless_a_third_person_ratifies_it,
];

async fn a_draft_is_replayed_approved_by_a_second_person_and_comes_into_force_on_its_day(
    engine: Engine,
) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    assert_eq!(country.report(0, 374).await, Code::Yellow);
    assert_eq!(country.report(1, 366).await, Code::Green);

    let (no, revision) = country.draft(&author, 375).await;
    let view = services.rulebook(&author, &cn, no).await.unwrap();
    assert_eq!(
        view.line.version.to_string(),
        "1.1.0",
        "moving a parameter is a minor change"
    );
    assert_eq!(
        view.changes[0].text.en,
        "Fever from, in tenths of a degree Celsius: from 37.3 °C to 37.5 °C"
    );
    assert_eq!(view.line.author.as_deref(), Some("AUTHOR"));
    let stale = services
        .save_draft(&author, &cn, no, view.document.clone(), revision - 1)
        .await;
    assert_eq!(refused(stale), Refusal::DraftStale);
    assert_eq!(
        refused(services.submit_rulebook(&author, &cn, no, revision).await),
        Refusal::ReplayNeeded
    );

    let result = country.replay(&author, "CN", no).await;
    assert_eq!((result.people, result.changed), (3, 1));
    assert_eq!(
        result.flows,
        [Flow {
            from: Code::Yellow,
            to: Code::Green,
            people: 1
        }]
    );
    assert_eq!(
        (result.before, result.after),
        ([1, 1, 1, 0], [1, 2, 0, 0]),
        "grey, green, yellow, red"
    );
    assert_eq!(
        (
            result.schools[0].name.zh.as_str(),
            result.schools[0].changed
        ),
        ("南浔镇示例小学", 1)
    );
    assert_eq!(
        (result.rules[0].rule.as_str(), result.rules[0].losses),
        ("Y-04", 1)
    );
    let example = &result.examples[0];
    assert_eq!(
        (example.person, example.day),
        (country.people[0], day("2020-09-14"))
    );
    assert!(
        !example.name.contains("亦辰"),
        "names are masked: {}",
        example.name
    );

    services
        .submit_rulebook(&author, &cn, no, revision)
        .await
        .unwrap();
    assert_eq!(
        refused(services.approve_rulebook(&author, &cn, no, revision).await),
        Refusal::FourEyesSame
    );
    let protege = country
        .staff("protege", Role::BureauAdmin, "CN", Some(&author))
        .await;
    assert_eq!(
        refused(services.approve_rulebook(&protege, &cn, no, revision).await),
        Refusal::FourEyesTied
    );
    let view = services.rulebook(&protege, &cn, no).await.unwrap();
    assert_eq!(
        (view.may.approve, view.not_second),
        (false, Some(Refusal::FourEyesTied))
    );
    services
        .approve_rulebook(&second, &cn, no, revision)
        .await
        .unwrap();
    assert_eq!(
        refused(
            services
                .save_draft(&author, &cn, no, view.document, revision)
                .await
        ),
        Refusal::RulebookState,
        "what was approved never changes"
    );

    let limits = services.rulebook(&second, &cn, no).await.unwrap().schedule;
    assert_eq!(
        (limits.notice_hours, limits.earliest),
        (48, day("2020-09-17"))
    );
    let early = services
        .schedule_rulebook(&second, &cn, no, day("2020-09-16"), true)
        .await;
    assert_eq!(refused(early), Refusal::NoticeTooShort);
    services
        .schedule_rulebook(&second, &cn, no, day("2020-09-17"), true)
        .await
        .unwrap();

    country.wake_up_on("2020-09-16", 7 * 60).await;
    assert_eq!(country.status(&author, no).await, Status::Scheduled);
    let before = country.code(&second, 0).await;
    assert_eq!(
        (before.code, before.rulebooks[0].1.to_string().as_str()),
        (Code::Yellow, "1.0.0")
    );

    let old = country.shipped(&author).await;
    country.wake_up_on("2020-09-17", 0).await;
    assert_eq!(country.status(&author, no).await, Status::Active);
    let retired = services.rulebook(&author, &cn, old).await.unwrap().line;
    assert_eq!(
        (retired.status, retired.to),
        (Status::Retired, Some(day("2020-09-16")))
    );
    let after = country.code(&second, 0).await;
    assert_eq!(
        (after.code, after.rulebooks[0].1.to_string().as_str()),
        (Code::Grey, "1.1.0")
    );
    let trace = services
        .bureau_person(&second, country.people[0])
        .await
        .unwrap()
        .trace;
    let rederived = &trace.rederived[0];
    assert_eq!(
        (
            rederived.rule_id.as_str(),
            rederived.by.version.to_string().as_str()
        ),
        ("Y-04", "1.1.0")
    );

    let steps = services.rulebook(&author, &cn, no).await.unwrap().steps;
    let words: Vec<_> = steps
        .iter()
        .map(|step| (step.step, step.by.as_deref()))
        .collect();
    assert_eq!(
        words,
        [
            (Step::Save, Some("AUTHOR")),
            (Step::Save, Some("AUTHOR")),
            (Step::Submit, Some("AUTHOR")),
            (Step::Approve, Some("SECOND")),
            (Step::Schedule, Some("SECOND")),
            (Step::Begin, None),
        ]
    );
    let public = services.public_rulebooks(&region("330503")).await.unwrap();
    assert_eq!(public.active[0].document.version.to_string(), "1.1.0");
    assert_eq!(public.history.len(), 2);
    assert_eq!(public.history[0].changes.len(), 1);
}

async fn without_the_flag_a_running_isolation_keeps_the_rules_it_began_under(engine: Engine) {
    let country = Country::new(engine).await;
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    country.report(0, 374).await;
    let (no, revision) = country.submitted(&author, 375).await;
    let (services, cn) = (&country.services, region("CN"));
    services
        .approve_rulebook(&second, &cn, no, revision)
        .await
        .unwrap();
    services
        .schedule_rulebook(&second, &cn, no, day("2020-09-17"), false)
        .await
        .unwrap();
    country.wake_up_on("2020-09-17", 7 * 60).await;
    let decision = country.code(&second, 0).await;
    assert_eq!(
        (decision.code, decision.reasons[0].rederived.as_ref()),
        (Code::Yellow, None)
    );
    assert_eq!(
        country.report(1, 374).await,
        Code::Green,
        "what happens from now on is judged anew"
    );
}

async fn a_chosen_day_can_be_taken_back_until_it_has_come(engine: Engine) {
    let country = Country::new(engine).await;
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    let (no, revision) = country.submitted(&author, 375).await;
    let (services, cn) = (&country.services, region("CN"));
    services
        .approve_rulebook(&second, &cn, no, revision)
        .await
        .unwrap();
    services
        .schedule_rulebook(&second, &cn, no, day("2020-09-17"), false)
        .await
        .unwrap();
    services.cancel_schedule(&second, &cn, no).await.unwrap();
    assert_eq!(country.status(&author, no).await, Status::Approved);
    services
        .schedule_rulebook(&second, &cn, no, day("2020-09-17"), false)
        .await
        .unwrap();
    country.clock.set(at("2020-09-17", 1));
    assert_eq!(
        refused(services.cancel_schedule(&second, &cn, no).await),
        Refusal::RulebookState
    );
    country.wake_up_on("2020-09-17", 2).await;
    assert_eq!(country.status(&author, no).await, Status::Active);
}

async fn an_emergency_holds_at_once_and_lapses_after_a_day_unless_a_third_person_ratifies_it(
    engine: Engine,
) {
    let country = Country::new(engine).await;
    let (services, cn) = (&country.services, region("CN"));
    let (author, second, third) = (
        country.admin("author").await,
        country.admin("second").await,
        country.admin("third").await,
    );
    assert_eq!(country.report(0, 371).await, Code::Green);
    let (no, _) = country.submitted(&author, 370).await;
    let why = "新变异株，先从严";
    let alone = services
        .activate_emergency(&author, &cn, no, false, why)
        .await;
    assert_eq!(refused(alone), Refusal::FourEyesSame);
    assert_eq!(
        refused(
            services
                .activate_emergency(&second, &cn, no, false, " ")
                .await
        ),
        Refusal::NoteNeeded
    );
    services
        .activate_emergency(&second, &cn, no, false, why)
        .await
        .unwrap();
    assert_eq!(country.status(&author, no).await, Status::Emergency);
    assert_eq!(
        country.code(&second, 0).await.code,
        Code::Yellow,
        "today is judged by it at once"
    );
    for hand in [&author, &second] {
        assert_eq!(
            refused(services.ratify_rulebook(hand, &cn, no).await),
            Refusal::FourEyesSame
        );
    }

    country.wake_up_on("2020-09-15", 6 * 60).await;
    assert_eq!(country.report(1, 371).await, Code::Yellow);
    country.wake_up_on("2020-09-15", 7 * 60).await;
    assert_eq!(country.status(&author, no).await, Status::Lapsed);
    assert_eq!(
        refused(services.ratify_rulebook(&third, &cn, no).await),
        Refusal::RulebookState
    );
    assert_eq!(
        country.code(&second, 0).await.code,
        Code::Yellow,
        "an isolation that began runs on"
    );
    assert_eq!(
        country.code(&second, 1).await.code,
        Code::Green,
        "the day of the lapse is judged as before"
    );

    let (no, _) = country.submitted(&author, 370).await;
    services
        .activate_emergency(&second, &cn, no, false, why)
        .await
        .unwrap();
    let old = country.shipped(&author).await;
    services.ratify_rulebook(&third, &cn, no).await.unwrap();
    country.wake_up_on("2020-09-17", 7 * 60).await;
    assert_eq!(country.status(&author, no).await, Status::Active);
    assert_eq!(country.status(&author, old).await, Status::Retired);
    assert_eq!(country.report(2, 371).await, Code::Yellow);
}
