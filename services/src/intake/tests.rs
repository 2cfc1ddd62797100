//! What is decided ahead of the writer is what the writer would decide.

use super::batch::Batch;
use super::*;
use crate::Refusal;
use crate::clock::{ManualClock, SystemEntropy};
use crate::demo::random::Random;
use crate::family::ConsentAnswer;
use crate::open::Location;
use crate::recolour::tests::Town;
use domain::Zone;
use domain::report::Learned;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};
use tokio::task::JoinSet;

/// All well today, of one of the children, by their guardian.
fn sent(town: &Town, child: usize, id: u128) -> (Sent, oneshot::Receiver<Result<Receipt>>) {
    let (answer, answered) = oneshot::channel();
    let sent = Sent {
        submission: submission(town, child, id),
        sender: Sender::Actor(town.guardians[child].clone()),
        answer,
    };
    (sent, answered)
}

fn submission(town: &Town, child: usize, id: u128) -> Submission {
    Submission {
        person: town.people[child],
        day: town.today(),
        id: id.to_be_bytes(),
        based_on: 0,
        answers: Answers::all_well(),
        channel: Channel::Web,
    }
}

/// A town whose writer has written, and a batch with one report of the first child, judged ahead.
async fn ahead() -> (Town, Batch, oneshot::Receiver<Result<Receipt>>) {
    let town = Town::new(Random::new(1, "intake", 0)).await;
    let (other, answered) = sent(&town, 1, 1);
    let mut first = Batch::new(&town.services);
    first.add(vec![other], &mut None).await;
    first.write().await;
    assert_eq!(answered.await.unwrap().unwrap().revision, 1);
    let (sent, answered) = sent(&town, 0, 2);
    let mut batch = Batch::new(&town.services);
    batch.add(vec![sent], &mut None).await;
    assert!(batch.is_judged());
    (town, batch, answered)
}

/// The answers to reports of the first three children, which come in one batch.
async fn three_together(town: &Town) -> Vec<Result<Receipt>> {
    let (jobs, answers): (Vec<_>, Vec<_>) = (0..3)
        .map(|child| sent(town, child, 1 + child as u128))
        .unzip();
    let mut batch = Batch::new(&town.services);
    batch.add(jobs, &mut None).await;
    batch.write().await;
    let mut answered = Vec::new();
    for answer in answers {
        answered.push(answer.await.unwrap());
    }
    answered
}

#[tokio::test]
async fn what_was_judged_ahead_is_written() {
    let (town, mut batch, answered) = ahead().await;
    let (sent, other) = sent(&town, 2, 3);
    batch.add(vec![sent], &mut None).await;
    assert!(batch.is_judged());
    batch.write().await;
    for answered in [answered, other] {
        let receipt = answered.await.unwrap().unwrap();
        assert_eq!((receipt.revision, receipt.fate), (1, Fate::Accepted));
    }
}

#[tokio::test]
async fn whose_state_does_not_open_keeps_nobody_elses_report_from_being_taken() {
    let town = Town::new(Random::new(1, "intake", 0)).await;
    let mut tx = town.services.store.write().await.unwrap();
    let mut broken = tx.states(&town.people[..1]).await.unwrap();
    broken[0].state_enc = vec![0; 40];
    tx.update_states(&broken).await.unwrap();
    tx.commit().await.unwrap();
    let taken = three_together(&town).await;
    assert!(
        matches!(taken[0], Err(Error::Internal(_))),
        "{:?}",
        taken[0]
    );
    assert!(taken[1].is_ok() && taken[2].is_ok());
}

#[tokio::test]
async fn what_cannot_be_written_keeps_nobody_elses_report_from_being_taken_and_need_not_come_again()
{
    let town = Town::new(Random::new(1, "intake", 0)).await;
    let file = town.folder.path().join("data/fuxue.db");
    let raw = SqliteConnection::connect(&format!("sqlite://{}", file.display()));
    let fault = format!(
        "CREATE TRIGGER fault BEFORE INSERT ON report WHEN NEW.person_id = {}
         BEGIN SELECT CAST(abs(-9223372036854775808) AS INTEGER); END",
        town.people[0]
    );
    let mut raw = raw.await.unwrap();
    raw.execute(AssertSqlSafe(fault)).await.unwrap();
    for (child, answer) in three_together(&town).await.into_iter().enumerate() {
        let is_ours = matches!(answer, Err(Error::Internal(_)));
        assert_eq!(
            (answer.is_ok(), is_ours),
            (child != 0, child == 0),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn what_was_judged_ahead_of_a_change_is_judged_anew() {
    let (town, batch, answered) = ahead().await;
    let (guardian, person) = (&town.guardians[0], town.people[0]);
    town.services
        .decide_consent(guardian, person, ConsentAnswer::Withdrawn)
        .await
        .unwrap();
    batch.write().await;
    let refused = answered.await.unwrap();
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::ConsentRefused))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn one_picture_serves_several_batches_but_nobody_whom_it_does_not_show() {
    let (town, ..) = ahead().await;
    let mut picture: Option<Picture> = None;
    for (id, child, is_shown, revision) in [(10, 2, true, 1), (11, 3, true, 1), (12, 2, false, 2)] {
        let (sent, answered) = sent(&town, child, id);
        if let Some(picture) = &picture {
            assert_eq!(picture.shows(std::slice::from_ref(&sent)), is_shown);
        }
        let mut batch = Batch::new(&town.services);
        batch.add(vec![sent], &mut picture).await;
        assert!(batch.is_judged());
        batch.write().await;
        picture.as_mut().unwrap().hide(&[town.people[child]]);
        assert_eq!(answered.await.unwrap().unwrap().revision, revision);
    }
}

#[tokio::test]
async fn the_same_report_judged_ahead_of_itself_counts_once() {
    let (town, batch, answered) = ahead().await;
    // As another program would write it between judging and writing.
    let earlier = town
        .services
        .report(&town.guardians[0], submission(&town, 0, 2));
    let earlier = earlier.await.unwrap();
    let tx = town.services.store.write().await.unwrap();
    tx.commit().await.unwrap();
    batch.write().await;
    assert_eq!(answered.await.unwrap().unwrap(), earlier);
}

#[tokio::test]
async fn many_at_once_about_few_children_follow_each_other() {
    let town = Town::new(Random::new(2, "intake", 0)).await;
    let mut sent = JoinSet::new();
    for id in 0..60 {
        let child = usize::try_from(id).unwrap() % 5;
        let (services, guardian) = (Arc::clone(&town.services), town.guardians[child].clone());
        let submission = submission(&town, child, 100 + id);
        sent.spawn(async move { (child, services.report(&guardian, submission).await) });
    }
    let mut revisions = vec![Vec::new(); 5];
    for (child, receipt) in sent.join_all().await {
        revisions[child].push(receipt.unwrap().revision);
    }
    for of_one in &mut revisions {
        of_one.sort_unstable();
        assert_eq!(*of_one, (1..=12).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_what_it_has_taken_is_written() {
    let town = Town::new(Random::new(3, "intake", 0)).await;
    let queue = |id: usize| {
        let child = id % 5;
        let sender = Sender::Actor(town.guardians[child].clone());
        let submission = submission(&town, child, 1_000 + id as u128);
        town.services.queue(sender, submission)
    };
    // Whoever has the writer keeps it.
    let tx = town.services.store.write().await.unwrap();
    let taken: Vec<Answer> = (0..3 * QUEUE).map_while(|id| queue(id).ok()).collect();
    assert!((QUEUE..2 * QUEUE).contains(&taken.len()), "{}", taken.len());
    drop(tx);
    let mut revisions = [0; 5];
    for (id, answer) in taken.into_iter().enumerate() {
        revisions[id % 5] += 1;
        let receipt = answer.await.unwrap().unwrap();
        assert_eq!(receipt.revision, revisions[id % 5], "report {id}");
    }
    let next = queue(3 * QUEUE).unwrap().await.unwrap();
    assert!(next.is_ok(), "{next:?}");
}

#[tokio::test]
async fn whoever_has_waited_long_enough_is_told_to_come_again() {
    let (unanswered, answer) = oneshot::channel();
    let refused = answered(answer, std::future::ready(())).await;
    assert!(matches!(refused, Err(Error::Overloaded)), "{refused:?}");
    drop(unanswered);
}

/// Whoever has an answer sends the next report at once, while others are judged by a picture of before; then all send
/// several at once.
#[tokio::test]
async fn many_children_who_report_again_are_judged_by_all_that_they_said_before() {
    const CHILDREN: u32 = 300;
    const TIMES: u16 = 5;
    let folder = tempfile::tempdir().unwrap();
    let location = Location::in_folder(folder.path().join("data"), false);
    let morning = Zone::SHANGHAI.at("2020-09-01".parse().unwrap(), 420);
    let clock = Arc::new(ManualClock::new(morning));
    let services = Services::open(&location, clock, Arc::new(SystemEntropy));
    let services = services.await.unwrap();
    let town = services.found_town(CHILDREN, false).await.unwrap();
    let (day, region) = (town.day, town.region);
    let send = move |services: Arc<Services>, child: u32, number: u16, based_on| async move {
        let submission = Submission {
            person: PersonId(i64::from(child)),
            day,
            id: (u128::from(child) << 16 | u128::from(number)).to_be_bytes(),
            based_on,
            answers: Answers::all_well(),
            channel: Channel::Proxy(Learned::Call),
        };
        services.report(&Actor::job(), submission).await.unwrap()
    };
    let mut children = JoinSet::new();
    for child in 1..=CHILDREN {
        let services = Arc::clone(&services);
        children.spawn(async move {
            for before in 0..TIMES {
                let receipt = send(Arc::clone(&services), child, before, before).await;
                let expected = (before + 1, Fate::Accepted);
                assert_eq!((receipt.revision, receipt.fate), expected, "of {child}");
            }
        });
    }
    children.join_all().await;
    let mut reports = JoinSet::new();
    for (number, child) in (TIMES..2 * TIMES).flat_map(|n| (1..=CHILDREN).map(move |c| (n, c))) {
        let services = Arc::clone(&services);
        reports.spawn(async move { (child, send(services, child, number, TIMES).await.revision) });
    }
    let mut revisions = reports.join_all().await;
    revisions.sort_unstable();
    let expected = (1..=CHILDREN).flat_map(|c| (TIMES + 1..=2 * TIMES).map(move |r| (c, r)));
    assert_eq!(revisions, expected.collect::<Vec<_>>());
    let sums = services
        .region_page(&Actor::job(), &region, None)
        .await
        .unwrap();
    let numbers = sums.schools[0].numbers;
    let all = i64::from(CHILDREN);
    assert_eq!(
        (numbers.students, numbers.proxy, numbers.green),
        (all, all, all)
    );
    assert_eq!((numbers.reported(), numbers.grey), (all, 0));
}
