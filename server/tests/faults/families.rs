//! Families that report by the one button of their page, each with a session of its own.

use crate::load::{CLIENTS, Heard, Sent, Taken, Trouble, admin_of};
use domain::ids::{PersonId, SchoolId};
use domain::{Day, Lang};
use services::accounts::SESSION_COOKIE;
use services::family::{Claim, ConsentAnswer, Credentials, PrintedSlip, Relation};
use services::{Refusal, Services};
use std::collections::HashMap;

/// Children of each family.
pub const EACH: usize = 10;
/// Children for whom families report, the first ones of the roster.
pub const OF_FAMILIES: usize = CLIENTS * EACH;
/// When every child was born.
pub const BORN: &str = "2013-05-01";
/// What a family reads that is to come again: on the page that has its report, and on the balancer's.
const AGAIN: [&str; 2] = [
    "请等几秒钟再交一次",
    "Please wait a few seconds and send it again",
];
const BALANCERS: [&str; 2] = ["请等几秒钟再试一次", "Please try again in a few seconds."];
/// What a child's name begins with.
const NAME: &str = "学生";

/// What a page would say that shows more than families should see.
const INTERNAL: [&str; 8] = [
    "disk",
    "storage",
    "sqlite",
    "postgres",
    "database",
    "磁盘",
    "数据库",
    "panic",
];

pub fn name_of(child: usize) -> String {
    format!("{NAME}{child}")
}

/// Whether a family reports for this child.
pub fn has(child: usize) -> bool {
    child < OF_FAMILIES
}

#[derive(Debug, Clone)]
pub struct Family {
    number: usize,
    lang: Lang,
    session: String,
    children: Vec<PersonId>,
    sent: usize,
    /// The last revision of each child that the family knows of, on a day.
    known: (Day, [u64; EACH]),
}

/// Lets families join by the slips of their children, and agree to report online.
pub async fn joined(services: &Services, school: SchoolId) -> Vec<Family> {
    let admin = admin_of(school);
    let mut tx = services.store.read().await.unwrap();
    let classes = tx.classes_of(school).await.unwrap();
    drop(tx);
    let mut slips = HashMap::new();
    for class in classes {
        let printed = services.print_slips(&admin, class.class_id, &[]).await;
        for slip in printed.unwrap() {
            let number = slip.name.strip_prefix(NAME).unwrap().parse::<usize>();
            slips.insert(number.unwrap(), slip);
        }
    }
    let mut families = Vec::new();
    for number in 0..CLIENTS {
        let slips = (number * EACH..(number + 1) * EACH).map(|child| (child, &slips[&child]));
        families.push(join(services, number, slips).await);
    }
    families
}

async fn join<'a>(
    services: &Services,
    number: usize,
    slips: impl Iterator<Item = (usize, &'a PrintedSlip)>,
) -> Family {
    let credentials = Credentials {
        login: format!("family{number}"),
        password: "correct horse".into(),
    };
    let (mut signed_in, mut children) = (None, Vec::new());
    for (child, slip) in slips {
        let claim = Claim {
            code: slip.code.as_str().into(),
            birth_date: BORN.parse().unwrap(),
            last_four: format!("{child:04}"),
            relation: Relation::Mother,
            name: "胡敏".into(),
        };
        let claimed = match &signed_in {
            None => services.claim_slip(None, &claim, Some(&credentials)).await,
            Some((_, actor)) => services.claim_slip(Some(actor), &claim, None).await,
        };
        let token = match (claimed.unwrap(), signed_in) {
            (Some(new), None) => new.token,
            (None, Some((token, _))) => token,
            (claimed, _) => panic!("{claimed:?}"),
        };
        // Now with this child.
        let actor = services.authenticate(&token).await.unwrap().unwrap();
        let agreed = services.decide_consent(&actor, slip.person, ConsentAnswer::Given);
        agreed.await.unwrap();
        signed_in = Some((token, actor));
        children.push(slip.person);
    }
    Family {
        number,
        lang: Lang::ALL[number % 2],
        session: signed_in.unwrap().0.cookie().to_owned(),
        children,
        sent: 0,
        known: (Day(0), [0; EACH]),
    }
}

impl Family {
    /// The child's place in the family.
    fn place(&self, child: usize) -> usize {
        child - self.number * EACH
    }

    /// Its number among all clients.
    pub fn client(&self) -> usize {
        CLIENTS + self.number
    }

    /// The next report: of each child in turn.
    pub fn next(&mut self, day: Day) -> Sent {
        if self.known.0 != day {
            self.known = (day, [0; EACH]);
        }
        let (n, place) = (self.sent, self.sent % EACH);
        self.sent += 1;
        let child = self.number * EACH + place;
        Sent::new(self.client(), n, child, self.known.1[place])
    }

    /// Notes what is known now.
    pub fn note(&mut self, taken: &[Taken]) {
        for report in taken {
            let place = self.place(report.again().child());
            if self.known.0 != report.day {
                self.known = (report.day, [0; EACH]);
            }
            self.known.1[place] = report.revision;
        }
    }

    /// The form that the one button sends.
    pub fn request(&self, sent: Sent, day: Day) -> String {
        let person = self.children[self.place(sent.child())];
        let (lang, session) = (self.lang.tag(), &self.session);
        let body = format!(
            "kind=all_well&submission={:032x}&day={day}&based_on={}",
            sent.id, sent.based_on
        );
        let length = body.len();
        format!(
            "POST /child/{person}/report HTTP/1.1\r\nhost: localhost\r\naccept-language: {lang}\r\n\
             cookie: {SESSION_COOKIE}={session}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    }

    /// The report with its revision if it was acknowledged; nothing if it is not of this day.
    pub fn read(
        &self,
        sent: Sent,
        heard: Heard,
        trouble: Trouble,
    ) -> std::io::Result<Option<(u128, u64)>> {
        match heard.status {
            // A balancer says it in both languages.
            502..=504 => {
                let is_balancer = trouble == Trouble::Cuts && !heard.body.contains("<html lang=\"");
                let [zh, en] = if is_balancer { BALANCERS } else { AGAIN };
                self.must_be_a_page(&heard, !is_balancer, zh, en);
                Err(heard.come_again())
            }
            422 => {
                let words = Refusal::NotThisDay;
                self.must_be_a_page(&heard, true, words.text(Lang::Zh), words.text(Lang::En));
                Ok(None)
            }
            _ => {
                let person = self.children[self.place(sent.child())];
                let to = format!("/child/{person}/code?sent=accepted");
                assert_eq!((heard.status, &heard.location), (303, &to), "{heard:?}");
                Ok(Some((sent.id, sent.based_on + 1)))
            }
        }
    }

    /// A page, in the family's language where it is the program's, which says this and nothing internal.
    fn must_be_a_page(&self, heard: &Heard, is_ours: bool, zh: &str, en: &str) {
        let page = &heard.body;
        assert!(heard.kind.starts_with("text/html"), "{heard:?}");
        let begin = format!("<html lang=\"{}\"", self.lang.tag());
        assert!(!is_ours || page.contains(&begin), "{page}");
        let words = match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        };
        assert!(page.contains(words), "{page}");
        let lower = page.to_lowercase();
        for word in INTERNAL {
            assert!(!lower.contains(word), "{word}: {page}");
        }
    }
}
