//! Live screens: one look a second at the counters for everybody who watches, however many they are.

use super::screen::Opened;
use crate::actor::Actor;
use crate::{Error, Result, Services};
use domain::access::Action;
use domain::ids::RegionCode;
use domain::screen::{ScreenMode, ScreenSnapshot};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How often changes are looked for.
const TICK: Duration = Duration::from_secs(1);
/// How long a look may take: a database that has stopped answering must not keep later looks waiting.
const AT_MOST: Duration = Duration::from_secs(10);
/// How often a screen hears from us when nothing changes, so that it knows that it is live.
const AT_LEAST: Duration = Duration::from_secs(30);

/// What one screen watches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Watched {
    /// The region.
    pub region: RegionCode,
    /// Who looks on.
    pub mode: ScreenMode,
    /// The school opened in place.
    pub opened: Opened,
}

/// A snapshot on its way to screens, and the text into which it is written once per language for all of them.
#[derive(Debug)]
pub struct Frame {
    /// The snapshot.
    pub snapshot: ScreenSnapshot,
    written: [OnceLock<Arc<str>>; 2],
}

impl Frame {
    /// A frame that has not been written yet.
    pub fn new(snapshot: ScreenSnapshot) -> Self {
        Self {
            snapshot,
            written: [OnceLock::new(), OnceLock::new()],
        }
    }

    /// The text for a language, written by whoever asks first.
    pub fn text(
        &self,
        lang: domain::Lang,
        write: impl FnOnce(&ScreenSnapshot) -> String,
    ) -> Arc<str> {
        let [zh, en] = &self.written;
        let text = if lang == domain::Lang::Zh { zh } else { en };
        Arc::clone(text.get_or_init(|| write(&self.snapshot).into()))
    }
}

type Channel = watch::Sender<Arc<Frame>>;

/// The screens that are open now.
#[derive(Debug, Default)]
pub struct Screens {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    channels: HashMap<Watched, Channel>,
    is_ticking: bool,
}

impl Screens {
    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Services {
    /// Watches a region: the newest frame at once, and each later one until the receiver is dropped.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the actor's regions.
    pub async fn watch_screen(
        self: &Arc<Self>,
        actor: &Actor,
        watched: Watched,
    ) -> Result<watch::Receiver<Arc<Frame>>> {
        {
            let mut tx = self.store.read().await?;
            let place = self.place_of_region(&mut tx, &watched.region).await?;
            actor.require(Action::SeeRegion, &place)?;
        }
        if let Some(channel) = self.screens.lock().channels.get(&watched)
            && channel.receiver_count() > 0
        {
            return Ok(channel.subscribe());
        }
        let snapshot = self
            .screen(actor, &watched.region, watched.mode, watched.opened)
            .await?;
        let mut open = self.screens.lock();
        let channel = open
            .channels
            .entry(watched)
            .or_insert_with(|| watch::channel(Arc::new(Frame::new(snapshot.clone()))).0);
        let receiver = channel.subscribe();
        if !std::mem::replace(&mut open.is_ticking, true) {
            tokio::spawn(tick(Arc::downgrade(self)));
        }
        Ok(receiver)
    }

    /// Sends fresh frames to every watched region; each region and mode is read once.
    async fn refresh(&self, watched: Vec<Watched>) -> Result<()> {
        let mut tx = self.store.look().await?;
        let mut read: HashMap<(RegionCode, ScreenMode), ScreenSnapshot> = HashMap::new();
        for watched in watched {
            let key = (watched.region.clone(), watched.mode);
            let snapshot = match read.get(&key) {
                Some(snapshot) => snapshot.clone(),
                None => {
                    let snapshot = self
                        .snapshot(&mut tx, &watched.region, watched.mode)
                        .await?;
                    read.entry(key).or_insert(snapshot).clone()
                }
            };
            let snapshot = self.with_open(&mut tx, snapshot, watched.opened).await?;
            if let Some(channel) = self.screens.lock().channels.get(&watched) {
                channel.send_replace(Arc::new(Frame::new(snapshot)));
            }
        }
        Ok(())
    }
}

/// Runs while somebody watches.
async fn tick(services: Weak<Services>) {
    let mut last_mark = None;
    let mut last_sent = Instant::now();
    loop {
        tokio::time::sleep(TICK).await;
        let Some(services) = services.upgrade() else {
            return;
        };
        let watched: Vec<Watched> = {
            let mut open = services.screens.lock();
            open.channels
                .retain(|_, channel| channel.receiver_count() > 0);
            if open.channels.is_empty() {
                open.is_ticking = false;
                return;
            }
            open.channels.keys().cloned().collect()
        };
        let mark = services.store.change_mark();
        if last_mark == Some(mark) && last_sent.elapsed() < AT_LEAST {
            continue;
        }
        let refreshed = tokio::time::timeout(AT_MOST, services.refresh(watched)).await;
        match refreshed.unwrap_or(Err(Error::Overloaded)) {
            Ok(()) => (last_mark, last_sent) = (Some(mark), Instant::now()),
            // The screens say by themselves that they are late; the next second tries again.
            Err(Error::Internal(error)) => {
                tracing::error!(%error, "the screens were not refreshed");
            }
            Err(error) => tracing::warn!(%error, "the screens were not refreshed"),
        }
    }
}
