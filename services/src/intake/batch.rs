//! Reports that are written together: their senders recognised and they judged while the batch before is written, where
//! that is possible, then written and answered.

use super::draft::Draft;
use super::picture::Picture;
use super::{Job, Receipt, Sender, Sent};
use crate::accounts::SessionToken;
use crate::gather::distinct;
use crate::{Actor, Error, Result, Services};
use domain::ids::PersonId;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use store::Seen;

/// How often the start of a day may come between.
const TURNS: usize = 8;

/// Reports that are written together.
pub(super) struct Batch {
    services: Arc<Services>,
    jobs: Vec<Job>,
    ahead: Ahead,
}

/// What has been judged before the writer is free.
enum Ahead {
    /// Nothing yet.
    Nothing,
    /// All there are, by what was seen then.
    All(Seen, Box<Draft>),
    /// Some could not be, so that the writer judges all.
    Impossible,
}

impl Batch {
    pub fn new(services: &Arc<Services>) -> Self {
        Self {
            services: Arc::clone(services),
            jobs: Vec::new(),
            ahead: Ahead::Nothing,
        }
    }

    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether all its reports have been judged.
    pub fn is_judged(&self) -> bool {
        matches!(self.ahead, Ahead::All(..))
    }

    /// Of whom its reports speak.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        self.jobs.iter().map(|job| job.submission.person)
    }

    /// Adds reports of people of whom it does not speak yet: finds out who sends them, answers where a session has
    /// ended, and judges them beside the writer if it can, by the `picture` there is or by another.
    pub async fn add(&mut self, sent: Vec<Sent>, picture: &mut Option<Picture>) {
        let ahead = std::mem::replace(&mut self.ahead, Ahead::Impossible);
        let services = &self.services;
        // The last one ends before the next is taken.
        *picture = picture
            .take()
            .filter(|picture| picture.holds(services) && picture.shows(&sent));
        if picture.is_none() && !matches!(ahead, Ahead::Impossible) {
            *picture = Picture::take(services).await;
        }
        match self.try_add(ahead, sent, picture.as_mut()).await {
            Ok(ahead) => self.ahead = ahead,
            Err(error) => {
                // The writer will judge them, and say what is wrong.
                tracing::error!(%error, "reports were not judged ahead");
                *picture = None;
            }
        }
    }

    async fn try_add(
        &mut self,
        ahead: Ahead,
        sent: Vec<Sent>,
        mut picture: Option<&mut Picture>,
    ) -> Result<Ahead> {
        let first = self.jobs.len();
        let actors = self.senders(picture.as_deref_mut(), &sent).await;
        let recognised = sent
            .into_iter()
            .filter_map(|sent| sent.recognised(actors.as_ref().ok()));
        self.jobs.extend(recognised);
        actors?;
        let Some(picture) = picture else {
            return Ok(Ahead::Impossible);
        };
        let seen = picture.seen;
        let mut draft = match ahead {
            Ahead::Nothing => Box::new(Draft::new(&self.services)),
            Ahead::All(then, draft) if then == seen => draft,
            Ahead::All(..) | Ahead::Impossible => return Ok(Ahead::Impossible),
        };
        Ok(
            match draft.judge(&mut picture.tx, &self.jobs, first).await? {
                ControlFlow::Continue(()) => Ahead::All(seen, draft),
                ControlFlow::Break(_) => Ahead::Impossible,
            },
        )
    }

    /// Whom the sessions stand for by which reports come.
    async fn senders(
        &self,
        picture: Option<&mut Picture>,
        sent: &[Sent],
    ) -> Result<HashMap<SessionToken, Actor>> {
        let tokens: Vec<SessionToken> = sent.iter().filter_map(Sent::session).cloned().collect();
        if tokens.is_empty() {
            return Ok(HashMap::new());
        }
        let shown = picture.map(|picture| (&mut picture.tx, picture.seen, picture.taken));
        self.services.actors_of(shown, &tokens).await
    }

    /// Writes them, and answers each.
    pub async fn write(mut self) {
        metrics::histogram!("fuxue_intake_batch_reports")
            .record(u32::try_from(self.jobs.len()).unwrap_or(u32::MAX));
        match self.write_jobs().await {
            Ok(answers) => {
                self.services.store.mark_change();
                for (job, answer) in self.jobs.into_iter().zip(answers) {
                    // A guardian who has gone away meanwhile needs no answer; the report is kept.
                    let _ = job.answer.send(answer);
                }
            }
            Err(error) => {
                let reports = self.jobs.len();
                tracing::error!(%error, reports, "a batch of reports was not written");
                for job in self.jobs {
                    match &error {
                        Error::Internal(_) if reports > 1 => {
                            // One of them may be at fault: the others shall not suffer for it.
                            let mut alone = Self::new(&self.services);
                            alone.jobs.push(job);
                            Box::pin(alone.write()).await;
                        }
                        Error::Internal(cause) => {
                            let _ = job.answer.send(Err(Error::internal(cause.to_string())));
                        }
                        _ => {
                            let _ = job.answer.send(Err(Error::Overloaded));
                        }
                    }
                }
            }
        }
    }

    /// Writes them, and gives the answer to each.
    async fn write_jobs(&mut self) -> Result<Vec<Result<Receipt>>> {
        let (services, jobs) = (&self.services, &self.jobs);
        let people = distinct(self.people());
        let mut ahead = match std::mem::replace(&mut self.ahead, Ahead::Impossible) {
            Ahead::All(seen, draft) => Some((seen, draft)),
            Ahead::Nothing | Ahead::Impossible => None,
        };
        for _ in 0..TURNS {
            let seen = ahead.as_ref().map(|(seen, _)| *seen);
            let (mut tx, holds) = services.store.write_after(&people, seen).await?;
            let draft = match ahead.take().filter(|_| holds) {
                Some((_, draft)) => draft,
                None => {
                    let mut draft = Box::new(Draft::new(services));
                    if let ControlFlow::Break(zone) = draft.judge(&mut tx, jobs, 0).await? {
                        // The start of a day needs the writer for itself.
                        drop(tx);
                        services.ensure_open(zone).await?;
                        continue;
                    }
                    draft
                }
            };
            return draft.write(tx, jobs).await;
        }
        Err(Error::Overloaded)
    }
}

impl Sent {
    fn session(&self) -> Option<&SessionToken> {
        match &self.sender {
            Sender::Session(token) => Some(token),
            Sender::Actor(_) => None,
        }
    }

    /// With its sender; answered, and `None`, where the session has ended, or where sessions could not be looked up.
    fn recognised(self, actors: Option<&HashMap<SessionToken, Actor>>) -> Option<Job> {
        let actor = match self.sender {
            Sender::Actor(actor) => Ok(actor),
            Sender::Session(token) => match actors {
                Some(actors) => actors.get(&token).cloned().ok_or(Error::NotSignedIn),
                None => Err(Error::Overloaded),
            },
        };
        match actor {
            Ok(actor) => Some(Job {
                submission: self.submission,
                actor,
                answer: self.answer,
            }),
            Err(error) => {
                let _ = self.answer.send(Err(error));
                None
            }
        }
    }
}
