//! What takes two people, and what an approval is worth later.

use super::*;

on_both_engines![
    rules_are_taken_out_of_force_by_a_second_person_within_seven_days,
    an_emergency_is_ended_by_one_person,
    an_approval_is_void_once_a_later_version_has_come_into_force,
];

impl Country {
    /// A second rulebook of the country, with the rules of the shipped one, in force from 17 September 2020.
    async fn second_book(&self, author: &Actor, second: &Actor) -> RulebookNo {
        let (services, cn) = (&self.services, region("CN"));
        let title = Text::new("补充规则", "More rules");
        let no = services
            .start_new_book(author, &cn, "more", title)
            .await
            .unwrap();
        let view = services.rulebook(author, &cn, no).await.unwrap();
        let shipped = self.shipped(author).await;
        let rules = services.rulebook(author, &cn, shipped).await.unwrap();
        let document = Document {
            parameters: rules.document.parameters,
            rules: rules.document.rules,
            ..view.document
        };
        let draft = (document, view.revision);
        self.bring_in(author, second, "CN", no, draft).await;
        self.wake_up_on("2020-09-17", 1).await;
        assert_eq!(self.status(author, no).await, Status::Active);
        no
    }
}

async fn rules_are_taken_out_of_force_by_a_second_person_within_seven_days(engine: Engine) {
    let country = Country::new(engine).await;
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    let no = country.second_book(&author, &second).await;
    let (services, cn) = (&country.services, region("CN"));
    let retire = async |actor: &Actor| services.retire_rulebook(actor, &cn, no, "疫情结束").await;
    let may = async |actor: &Actor| {
        let view = services.rulebook(actor, &cn, no).await.unwrap();
        (view.may.propose, view.may.retire)
    };
    assert_eq!(
        refused(retire(&author).await),
        Refusal::RetirementNotProposed
    );
    assert_eq!(may(&author).await, (true, false));
    assert_eq!(
        refused(services.propose_retirement(&author, &cn, no, "").await),
        Refusal::NoteNeeded
    );
    services
        .propose_retirement(&author, &cn, no, "疫情结束")
        .await
        .unwrap();
    assert_eq!(country.status(&author, no).await, Status::Active);
    assert_eq!(refused(retire(&author).await), Refusal::FourEyesSame);
    assert_eq!(may(&author).await, (false, false));
    let again = services
        .propose_retirement(&second, &cn, no, "我也觉得")
        .await;
    assert_eq!(refused(again), Refusal::RulebookState);
    let tied = country
        .staff("tied", Role::BureauAdmin, "CN", Some(&author))
        .await;
    assert_eq!(refused(retire(&tied).await), Refusal::FourEyesTied);

    country.wake_up_on("2020-09-24", 1).await;
    assert_eq!(
        refused(retire(&second).await),
        Refusal::RetirementNotProposed,
        "a proposal does not wait for ever"
    );
    services
        .propose_retirement(&author, &cn, no, "疫情结束")
        .await
        .unwrap();
    let view = services.rulebook(&second, &cn, no).await.unwrap();
    let proposal = view.proposal.unwrap();
    assert_eq!(
        (proposal.by.as_deref(), proposal.note.as_deref()),
        (Some("AUTHOR"), Some("疫情结束"))
    );
    assert_eq!(may(&second).await, (false, true));
    retire(&second).await.unwrap();
    let view = services.rulebook(&second, &cn, no).await.unwrap();
    assert_eq!(
        (view.line.status, view.line.to),
        (Status::Retired, Some(day("2020-09-24")))
    );
    let steps: Vec<_> = view.steps.iter().rev().take(3).map(|s| s.step).collect();
    assert_eq!(steps, [Step::Retire, Step::Propose, Step::Propose]);
}

async fn an_emergency_is_ended_by_one_person(engine: Engine) {
    let country = Country::new(engine).await;
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    let (services, cn) = (&country.services, region("CN"));
    let (no, _) = country.submitted(&author, 370).await;
    services
        .activate_emergency(&second, &cn, no, false, "学校出现疫情")
        .await
        .unwrap();
    assert_eq!(
        refused(
            services
                .propose_retirement(&author, &cn, no, "弄错了规则")
                .await
        ),
        Refusal::RulebookState
    );
    services
        .retire_rulebook(&author, &cn, no, "弄错了规则")
        .await
        .unwrap();
    assert_eq!(country.status(&author, no).await, Status::Retired);
}

async fn an_approval_is_void_once_a_later_version_has_come_into_force(engine: Engine) {
    let country = Country::new(engine).await;
    let (author, second) = (country.admin("author").await, country.admin("second").await);
    let (services, cn) = (&country.services, region("CN"));
    let approved = async |tenths| {
        let (no, revision) = country.submitted(&author, tenths).await;
        services
            .approve_rulebook(&second, &cn, no, revision)
            .await
            .unwrap();
        no
    };
    let first = approved(375).await;
    let (waiting, _) = country.submitted(&author, 374).await;
    let last = approved(372).await;
    let versions = async |no| {
        services
            .rulebook(&author, &cn, no)
            .await
            .unwrap()
            .line
            .version
    };
    assert!(versions(first).await < versions(waiting).await);
    assert!(versions(waiting).await < versions(last).await);
    services
        .schedule_rulebook(&second, &cn, last, day("2020-09-17"), false)
        .await
        .unwrap();
    country.wake_up_on("2020-09-16", 1).await;
    assert_eq!(country.status(&author, first).await, Status::Approved);
    country.wake_up_on("2020-09-17", 1).await;
    assert_eq!(country.status(&author, last).await, Status::Active);
    for no in [first, waiting] {
        let view = services.rulebook(&author, &cn, no).await.unwrap();
        assert_eq!(view.line.status, Status::Draft);
        let step = view.steps.last().unwrap();
        assert_eq!((step.step, step.by.as_deref()), (Step::Overtake, None));
    }
    let scheduled = services
        .schedule_rulebook(&second, &cn, first, day("2020-09-25"), false)
        .await;
    assert_eq!(refused(scheduled), Refusal::RulebookState);
    services.delete_draft(&author, &cn, first).await.unwrap();
}
