//! What every page of one version shows: its text, what it is based on, and what is wrong with it.

use super::super::shell::Frame;
use crate::web::{Ctx, Failure, escape};
use domain::access::{Action, Place};
use domain::ids::{RegionCode, RulebookNo};
use domain::rulebook::{Change, Document, Finding, Rule, Severity, difference, findings_against};
use services::rules::{BookLine, BookView, ReplayView};

/// One version with its surroundings.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub frame: Frame,
    /// The version as it is kept.
    pub view: BookView,
    /// The text as it is shown: as kept, or as typed.
    pub document: Document,
    /// What is wrong or doubtful with the shown text.
    pub findings: Vec<Finding>,
    /// What changed since the base, in the shown text.
    pub changes: Vec<Change>,
    /// What the shown text changes beside the one that is kept now, by whoever saved it last.
    pub unsaved: Vec<Change>,
    /// All versions of this rulebook, the newest first.
    pub versions: Vec<BookLine>,
    /// What it would have changed, for those who may replay it.
    pub replay: Option<ReplayView>,
    /// The reader may approve and activate.
    pub activates: bool,
    /// The reader watches a replay: the page looks again by itself, and holds no form that it would empty.
    pub watches: bool,
}

impl Sheet {
    /// Reads a version as somebody sees it from a region.
    pub async fn open(ctx: &Ctx, region: &RegionCode, no: RulebookNo) -> Result<Self, Failure> {
        let actor = ctx.actor()?;
        let services = ctx.services();
        let view = services.rulebook(actor, region, no).await?;
        let mut versions = services.rulebooks(actor, region).await?;
        versions.retain(|line| line.id == view.line.id);
        versions.sort_by_key(|line| std::cmp::Reverse(line.version));
        let place = Place::region(view.line.region.clone());
        let replay = if actor.may(Action::DraftRules, &place) {
            Some(services.replay(actor, region, no).await?)
        } else {
            None
        };
        Ok(Self {
            frame: Frame::new(ctx, region).await?,
            activates: actor.may(Action::ActivateRules, &place),
            watches: false,
            unsaved: Vec::new(),
            replay,
            document: view.document.clone(),
            findings: view.findings.clone(),
            changes: view.changes.clone(),
            versions,
            view,
        })
    }

    /// The same with a text that nobody has saved.
    pub fn typed(&mut self, document: Document) {
        let base = self.base().cloned();
        self.findings = findings_against(&document, base.as_ref(), &self.view.above);
        // Versions grow by themselves with the save.
        self.findings
            .retain(|finding| !finding.place.ends_with("/version"));
        self.changes = base.map_or_else(Vec::new, |base| {
            difference(&base, &document, &self.view.above)
        });
        self.unsaved = difference(&self.view.document, &document, &self.view.above);
        self.document = document;
    }

    /// The version it was made from.
    pub fn base(&self) -> Option<&Document> {
        self.view.base.as_ref().map(|(_, document)| document)
    }

    /// Whether the text can be changed here and now.
    pub fn may_edit(&self) -> bool {
        self.view.may.edit && !self.watches
    }

    /// The page of the version.
    pub fn path(&self) -> String {
        self.version_path(self.view.line.no)
    }

    /// The page of another version.
    pub fn version_path(&self, no: RulebookNo) -> String {
        format!("/bureau/{}/rules/{no}", self.frame.region)
    }

    /// The page of a rule.
    pub fn rule_path(&self, rule: &str) -> String {
        // A slash in an id would be another path.
        format!("{}/{}", self.path(), escape(rule).replace('/', "%2F"))
    }

    /// The rules of the base that are gone.
    pub fn gone(&self) -> impl Iterator<Item = &Rule> {
        let known = |id: &str| self.document.rules.iter().any(|rule| rule.id == id);
        self.base()
            .into_iter()
            .flat_map(|base| &base.rules)
            .filter(move |rule| !known(&rule.id))
    }

    /// What is wrong inside the condition of a rule: JSON pointer in it, and words.
    pub fn faults_of(&self, index: usize) -> Vec<(String, String)> {
        let at = format!("/rules/{index}/condition");
        self.findings
            .iter()
            .filter_map(|finding| {
                let place = finding.place.strip_prefix(&at)?;
                Some((
                    place.to_owned(),
                    finding.text.get(self.frame.lang).to_owned(),
                ))
            })
            .collect()
    }

    /// What is wrong at one place of a rule.
    pub fn fault_at(&self, index: usize, place: &str) -> Option<String> {
        let at = format!("/rules/{index}{place}");
        self.findings
            .iter()
            .find(|finding| finding.place == at && finding.severity == Severity::Error)
            .map(|finding| finding.text.get(self.frame.lang).to_owned())
    }
}
