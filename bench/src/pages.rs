//! Pages that the program renders: a guardian's, a teacher's, and the big screen.

use crate::families::{Families, page};
use crate::load::loops::Done;
use crate::load::{self, closed};
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

/// Connections that ask at a time.
const CONNECTIONS: usize = 64;

/// Asks for one page after the other, in turn; every answer must be a whole page.
fn pages(address: SocketAddr, requests: Vec<String>, time: Duration) -> Done {
    let next = Cell::new(0);
    load::run(closed(
        address,
        CONNECTIONS,
        time,
        async move |connection| {
            let at = next.replace(next.get() + 1);
            let request = &requests[at % requests.len()];
            let answer = connection.ask(request.as_bytes()).await;
            assert!(
                answer.status == 200 && answer.shows(b"</html>"),
                "a whole page: {}",
                answer.text()
            );
            true
        },
    ))
}

/// The pages of guardians at random.
pub fn guardians(address: SocketAddr, families: &Families, time: Duration) -> Done {
    let children = families.some(10_000);
    let requests = children
        .iter()
        .map(|child| families.page(*child, "/family"));
    pages(address, requests.collect(), time)
}

/// The pages of teachers' classes.
pub fn classes(address: SocketAddr, families: &Families, time: Duration) -> Done {
    let teachers = families.town.teachers.iter();
    let requests =
        teachers.map(|(class, session)| page(&format!("/class/{class}"), session.cookie()));
    pages(address, requests.collect(), time)
}

/// The big screen of the whole town, as a page.
pub fn screens(address: SocketAddr, families: &Rc<Families>, time: Duration) -> Done {
    let town = &families.town;
    let path = format!("/bureau/{}/screen", town.region);
    pages(address, vec![page(&path, town.official.cookie())], time)
}
