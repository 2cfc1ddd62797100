//! The families of a town: their requests, and who of them was told that a report is in.

use crate::load::{Answer, Connection};
use domain::Day;
use services::accounts::SESSION_COOKIE;
use services::demo::Town;
use std::cell::{Cell, RefCell};
use std::fmt::Write as _;

/// What phones say of themselves in every request.
const PHONE: &str = "user-agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/83.0.4103.106 \
     Mobile Safari/537.36\r\naccept: text/html,application/xhtml+xml,*/*;q=0.8\r\naccept-language: zh-CN,zh;q=0.9\r\n";

/// A town's families, who report in an order at random, each once.
#[derive(Debug)]
pub struct Families {
    /// Where they live.
    pub town: Town,
    order: Vec<u32>,
    next: Cell<usize>,
    /// The children whose report was acknowledged.
    acknowledged: RefCell<Vec<u32>>,
    put_off: Cell<usize>,
}

impl Families {
    /// Those of a town that nobody has reported in.
    pub fn new(town: Town) -> Self {
        let mut order: Vec<u32> = (1..=town.children).collect();
        shuffle(&mut order);
        Self {
            town,
            order,
            next: Cell::new(0),
            acknowledged: RefCell::default(),
            put_off: Cell::new(0),
        }
    }

    /// A child whom nobody has reported for yet; `None` when all are through, or as many as `share` says.
    pub fn next(&self, share: Share) -> Option<u32> {
        let at = self.next.get();
        if at >= share.end {
            return None;
        }
        self.next.set(at + 1);
        self.order.get(at).copied()
    }

    /// The next children, as many as this part of all: so that one load leaves some to the others.
    pub fn share(&self, of_1_000: usize) -> Share {
        Share {
            end: (self.next.get() + self.order.len() * of_1_000 / 1_000).min(self.order.len()),
        }
    }

    /// Children at random, reported for or not.
    pub fn some(&self, count: usize) -> Vec<u32> {
        let mut some = self.order.clone();
        some.reverse();
        some.truncate(count);
        some
    }

    /// The children who have reported, in order.
    pub fn acknowledged(&self) -> Vec<i64> {
        let mut children: Vec<i64> = self
            .acknowledged
            .borrow()
            .iter()
            .copied()
            .map(i64::from)
            .collect();
        children.sort_unstable();
        children
    }

    /// How many have reported.
    pub fn count(&self) -> usize {
        self.acknowledged.borrow().len()
    }

    /// How often the program has asked to try again later.
    pub fn put_off(&self) -> usize {
        self.put_off.get()
    }

    /// Reports *all well* for a child by the one click of its guardian, as often as the program asks to try again later,
    /// and fails unless it says in the end that the report is in.
    pub async fn report(&self, connection: &mut Connection, child: u32) {
        let request = self.one_click(child);
        loop {
            let answer = connection.ask(request.as_bytes()).await;
            let Some(wait) = answer.retry_after() else {
                must_be_in(&answer, child);
                break;
            };
            self.put_off.set(self.put_off.get() + 1);
            tokio::time::sleep(wait).await;
        }
        self.acknowledged.borrow_mut().push(child);
    }

    /// The form that the one button sends.
    fn one_click(&self, child: u32) -> String {
        let day: Day = self.town.day;
        let mut request = String::with_capacity(800);
        let body = format!("kind=all_well&submission={child:032x}&day={day}&based_on=0");
        write!(
            request,
            "POST /child/{child}/report HTTP/1.1\r\nhost: localhost\r\n{PHONE}cookie: {SESSION_COOKIE}={}\r\n\
             sec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.session(child),
            body.len(),
        )
        .unwrap();
        request
    }

    /// A page that a child's guardian looks at.
    pub fn page(&self, child: u32, path: &str) -> String {
        page(path, self.session(child))
    }

    fn session(&self, child: u32) -> &str {
        self.town.guardians[child as usize - 1].cookie()
    }
}

/// How far a load may go through the children.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    end: usize,
}

/// A request for a page by whoever has the session.
pub fn page(path: &str, session: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\n{PHONE}cookie: {SESSION_COOKIE}={session}\r\n\r\n"
    )
}

fn must_be_in(answer: &Answer<'_>, child: u32) {
    let to = format!("\r\nlocation: /child/{child}/code?sent=accepted\r\n");
    assert!(
        answer.status == 303 && answer.has(to.as_bytes()),
        "the report of child {child} is in: {}",
        answer.text()
    );
}

/// An order at random that is the same every time.
fn shuffle(order: &mut [u32]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for at in (1..order.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        order.swap(at, (state % (at as u64 + 1)) as usize);
    }
}
