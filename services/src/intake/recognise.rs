//! Who sends the reports that come by a session: looked up for many at once, beside the writer.

use super::{Job, Sender, Sent};
use crate::accounts::SessionToken;
use crate::{Error, Services};
use std::sync::Weak;
use tokio::sync::mpsc;

/// Reports whose senders are looked up together.
const TOGETHER: usize = 64;

/// Passes on what was sent by whom until nobody can send any more; answers at once where a session has ended.
pub(super) async fn run(
    services: Weak<Services>,
    mut sent: mpsc::Receiver<Sent>,
    jobs: mpsc::Sender<Job>,
) {
    let mut together = Vec::new();
    while sent.recv_many(&mut together, TOGETHER).await > 0 {
        let Some(services) = services.upgrade() else {
            break;
        };
        let reports = std::mem::take(&mut together);
        let tokens: Vec<SessionToken> = reports.iter().filter_map(Sent::session).collect();
        // A task of its own: a panic fails these, not those after them.
        let found = tokio::spawn(async move { services.actors_of(&tokens).await }).await;
        let actors = match found {
            Ok(Ok(actors)) => actors,
            failed => {
                if let Ok(Err(error)) = failed {
                    tracing::error!(%error, "the senders of reports were not looked up");
                }
                for report in reports {
                    let _ = report.answer.send(Err(Error::Overloaded));
                }
                continue;
            }
        };
        for Sent {
            submission,
            sender,
            answer,
        } in reports
        {
            let actor = match sender {
                Sender::Actor(actor) => Some(actor),
                Sender::Session(token) => actors.get(&token).cloned(),
            };
            let Some(actor) = actor else {
                let _ = answer.send(Err(Error::NotSignedIn));
                continue;
            };
            let job = Job {
                submission,
                actor,
                answer,
            };
            if jobs.send(job).await.is_err() {
                return;
            }
        }
    }
}

impl Sent {
    fn session(&self) -> Option<SessionToken> {
        match &self.sender {
            Sender::Session(token) => Some(token.clone()),
            Sender::Actor(_) => None,
        }
    }
}
