//! What changed between two versions, as a person would read it.

mod rules;

use super::document::{Document, Parameter, ParameterValue, Stricter, Symptom};
use super::{Version, plain};
use crate::lang::Text;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// The rule it is in, if any.
    pub rule: Option<String>,
    /// Its place: a JSON pointer into the new document, or into the old one where something was removed.
    pub place: String,
    /// The change in a sentence.
    pub text: Text,
    /// How it was, in plain words.
    pub before: Option<Text>,
    /// How it is now.
    pub after: Option<Text>,
}

/// The kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// The title or a name of something.
    Words,
    /// What a rule says to people, in one or both languages.
    RuleText,
    /// A parameter has another value.
    ParameterMoved,
    /// A parameter may take other values than before.
    Bounds,
    /// A new parameter.
    ParameterAdded,
    /// A move of a parameter above was added, changed or taken back.
    Moved,
    /// A new rule.
    RuleAdded,
    /// A new symptom.
    SymptomAdded,
    /// A rule is gone.
    RuleRemoved,
    /// The rules stand in another order.
    RuleOrder,
    /// When a rule fires.
    Condition,
    /// A milder colour became a worse one.
    Raised,
    /// A worse colour became a milder one.
    Lowered,
    /// Something else of what follows.
    Outcome,
    /// A parameter is gone.
    ParameterRemoved,
    /// The stricter direction of a parameter turned round.
    Direction,
    /// A symptom is gone.
    SymptomRemoved,
    /// What a symptom counts as.
    SymptomChanged,
    /// Where the rulebook holds.
    Region,
}

/// The part of a version that has to grow. Ordered: a later one is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Texts only.
    Patch,
    /// Rules added, or parameters moved.
    Minor,
    /// What a rule decides.
    Major,
}

impl ChangeKind {
    /// The part of the version that has to grow for it.
    pub fn bump(self) -> Bump {
        match self {
            Self::Words | Self::RuleText => Bump::Patch,
            Self::ParameterMoved
            | Self::Bounds
            | Self::ParameterAdded
            | Self::Moved
            | Self::RuleAdded
            | Self::SymptomAdded => Bump::Minor,
            _ => Bump::Major,
        }
    }
}

impl Bump {
    /// What the changes ask for; `None` where there are none.
    pub fn of(changes: &[Change]) -> Option<Self> {
        changes.iter().map(|change| change.kind.bump()).max()
    }

    /// The next version after `base`.
    pub fn next(self, base: Version) -> Version {
        match self {
            Self::Patch => Version {
                patch: base.patch.saturating_add(1),
                ..base
            },
            Self::Minor => Version {
                minor: base.minor.saturating_add(1),
                patch: 0,
                ..base
            },
            Self::Major => Version {
                major: base.major.saturating_add(1),
                minor: 0,
                patch: 0,
            },
        }
    }

    /// Whether `new` is as much later than `base` as this asks for.
    pub fn is_met(self, base: Version, new: Version) -> bool {
        new >= self.next(base)
    }
}

/// Everything that changed from `old` to `new` but version and days, in the order of the new document. `above` are the
/// rulebooks above, which say what the parameters are called that this one makes stricter.
pub fn difference(old: &Document, new: &Document, above: &[Document]) -> Vec<Change> {
    let mut found = Differ {
        old,
        new,
        above,
        changes: Vec::new(),
    };
    if old.title != new.title {
        let (a, b) = (old.title.clone(), new.title.clone());
        found.push(
            ChangeKind::Words,
            None,
            "/title",
            Text::new("规则集名称", "Title of the rulebook"),
            Some(a),
            Some(b),
        );
    }
    if old.region != new.region {
        let (a, b) = (old.region.to_string(), new.region.to_string());
        let what = Text::new("适用地区", "Region");
        found.push(
            ChangeKind::Region,
            None,
            "/region",
            what,
            Some(Text::new(a.clone(), a)),
            Some(Text::new(b.clone(), b)),
        );
    }
    found.parameters();
    found.moves();
    found.symptoms();
    found.rules();
    found.changes
}

struct Differ<'a> {
    old: &'a Document,
    new: &'a Document,
    above: &'a [Document],
    changes: Vec<Change>,
}

/// What a move makes stricter, by the titles that the rulebook above gives; by the names where it is not there.
fn moved_title(above: &[Document], moved: &super::Move) -> Text {
    let book = above.iter().find(|book| book.id == moved.rulebook);
    let parameter = book.and_then(|book| {
        let mut parameters = book.parameters.iter();
        parameters.find(|parameter| parameter.name == moved.parameter)
    });
    let named = |name: &str| Text::new(name, name);
    let of = book.map_or_else(|| named(&moved.rulebook), |book| book.title.clone());
    let what = parameter.map_or_else(|| named(&moved.parameter), |p| p.title.clone());
    Text::new(
        format!("{}（比上级“{}”从严）", what.zh, of.zh),
        format!("{} (stricter than “{}” above)", what.en, of.en),
    )
}

fn quoted(text: &Text) -> Text {
    Text::new(format!("“{}”", text.zh), format!("“{}”", text.en))
}

impl Differ<'_> {
    /// Notes a change of something from `before` to `after`.
    fn push(
        &mut self,
        kind: ChangeKind,
        rule: Option<&str>,
        place: impl Into<String>,
        what: Text,
        before: Option<Text>,
        after: Option<Text>,
    ) {
        let text = match (&before, &after) {
            (Some(a), Some(b)) => Text::new(
                format!("{}：由{}改为{}", what.zh, a.zh, b.zh),
                format!("{}: from {} to {}", what.en, a.en, b.en),
            ),
            (None, Some(b)) => Text::new(
                format!("{}：新增{}", what.zh, b.zh),
                format!("{}: added, {}", what.en, b.en),
            ),
            (Some(a), None) => Text::new(
                format!("{}：删除{}", what.zh, a.zh),
                format!("{}: removed, {}", what.en, a.en),
            ),
            (None, None) => what,
        };
        self.changes.push(Change {
            kind,
            rule: rule.map(str::to_owned),
            place: place.into(),
            text,
            before,
            after,
        });
    }

    fn parameters(&mut self) {
        let (old, new) = (&self.old.parameters, &self.new.parameters);
        let find =
            |list: &'_ [Parameter], name: &str| list.iter().find(|p| p.name == name).cloned();
        for (index, now) in new.iter().enumerate() {
            let place = |field: &str| format!("/parameters/{index}{field}");
            let shown = |value: ParameterValue| Some(plain::value(&now.name, value));
            let Some(was) = find(old, &now.name) else {
                self.push(
                    ChangeKind::ParameterAdded,
                    None,
                    place(""),
                    now.title.clone(),
                    None,
                    shown(now.value),
                );
                continue;
            };
            if was.title != now.title {
                let what = Text::new("参数名称", "Name of a parameter");
                self.push(
                    ChangeKind::Words,
                    None,
                    place("/title"),
                    what,
                    Some(quoted(&was.title)),
                    Some(quoted(&now.title)),
                );
            }
            if was.value != now.value {
                self.push(
                    ChangeKind::ParameterMoved,
                    None,
                    place("/value"),
                    now.title.clone(),
                    shown(was.value),
                    shown(now.value),
                );
            }
            if (was.min, was.max) != (now.min, now.max) {
                let what = Text::new(
                    format!("{}的取值范围", now.title.zh),
                    format!("Bounds of “{}”", now.title.en),
                );
                let (before, after) = (plain::bounds(&was), plain::bounds(now));
                self.push(
                    ChangeKind::Bounds,
                    None,
                    place(""),
                    what,
                    Some(before),
                    Some(after),
                );
            }
            if was.stricter != now.stricter {
                let word = |direction| match direction {
                    Stricter::Lower => Text::new("越低越严", "lower is stricter"),
                    Stricter::Higher => Text::new("越高越严", "higher is stricter"),
                };
                self.push(
                    ChangeKind::Direction,
                    None,
                    place("/stricter"),
                    now.title.clone(),
                    Some(word(was.stricter)),
                    Some(word(now.stricter)),
                );
            }
        }
        for (index, was) in old
            .iter()
            .enumerate()
            .filter(|(_, was)| find(new, &was.name).is_none())
        {
            let shown = Some(plain::value(&was.name, was.value));
            self.push(
                ChangeKind::ParameterRemoved,
                None,
                format!("/parameters/{index}"),
                was.title.clone(),
                shown,
                None,
            );
        }
    }

    fn moves(&mut self) {
        let (old, new) = (&self.old.moves, &self.new.moves);
        let above = self.above;
        let what = |moved: &super::Move| moved_title(above, moved);
        let same = |a: &super::Move, b: &super::Move| {
            (&a.rulebook, &a.parameter) == (&b.rulebook, &b.parameter)
        };
        for (index, now) in new.iter().enumerate() {
            let was = old.iter().find(|was| same(was, now));
            if was.is_none_or(|was| was.value != now.value) {
                let shown = |moved: &super::Move| plain::value(&moved.parameter, moved.value);
                self.push(
                    ChangeKind::Moved,
                    None,
                    format!("/moves/{index}"),
                    what(now),
                    was.map(shown),
                    Some(shown(now)),
                );
            }
        }
        for (index, was) in old
            .iter()
            .enumerate()
            .filter(|(_, was)| !new.iter().any(|now| same(was, now)))
        {
            let shown = Some(plain::value(&was.parameter, was.value));
            self.push(
                ChangeKind::Moved,
                None,
                format!("/moves/{index}"),
                what(was),
                shown,
                None,
            );
        }
    }

    fn symptoms(&mut self) {
        let (old, new) = (&self.old.symptoms, &self.new.symptoms);
        let what = || Text::new("症状", "Symptom");
        let weight = |symptom: &Symptom| match (symptom.severe, symptom.fever) {
            (true, _) => Text::new("重症状", "severe"),
            (_, true) => Text::new("即发热", "the fever itself"),
            _ => Text::new("一般症状", "ordinary"),
        };
        for (index, now) in new.iter().enumerate() {
            let place = |field: &str| format!("/symptoms/{index}{field}");
            let Some(was) = old.iter().find(|was| was.number == now.number) else {
                self.push(
                    ChangeKind::SymptomAdded,
                    None,
                    place(""),
                    what(),
                    None,
                    Some(quoted(&now.title)),
                );
                continue;
            };
            if (was.severe, was.fever) != (now.severe, now.fever) {
                let (a, b) = (weight(was), weight(now));
                self.push(
                    ChangeKind::SymptomChanged,
                    None,
                    place(""),
                    quoted(&now.title),
                    Some(a),
                    Some(b),
                );
            }
            if was.code != now.code {
                let of = |code: &str| Some(Text::new(code, code));
                self.push(
                    ChangeKind::SymptomChanged,
                    None,
                    place("/code"),
                    quoted(&now.title),
                    of(&was.code),
                    of(&now.code),
                );
            }
            if was.title != now.title {
                self.push(
                    ChangeKind::Words,
                    None,
                    place("/title"),
                    what(),
                    Some(quoted(&was.title)),
                    Some(quoted(&now.title)),
                );
            }
        }
        for (index, was) in old
            .iter()
            .enumerate()
            .filter(|(_, was)| !new.iter().any(|now| now.number == was.number))
        {
            self.push(
                ChangeKind::SymptomRemoved,
                None,
                format!("/symptoms/{index}"),
                what(),
                Some(quoted(&was.title)),
                None,
            );
        }
    }
}

#[cfg(test)]
mod tests;
