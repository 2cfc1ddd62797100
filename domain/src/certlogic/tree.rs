//! A condition as people edit it: a tree of parts, each with a name that a form can send.
//!
//! CertLogic has no *or*. What stands for it, `!(and(!a, !b))`, is one part here: *any of*. Every JSON is a tree,
//! and a tree that nobody edited is that JSON again; what is no known operation stays as it is.

use serde_json::{Value as Json, json};

/// A part of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// The value of a fact or a parameter, by its path.
    Var(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// An operation on further parts.
    Group(Join, Vec<Tree>),
    /// Anything else, as it stands: it can be removed and replaced here, and edited as JSON.
    Raw(Json),
}

/// How the parts of a group belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// All of them hold.
    All,
    /// At least one of them holds.
    Any,
    /// The one part does not hold.
    Not,
    /// Each is less than the next.
    Less,
    /// Each is at most the next.
    AtMost,
    /// Each is greater than the next.
    Greater,
    /// Each is at least the next.
    AtLeast,
    /// Both are the same.
    Equal,
    /// The first is one of the list.
    In,
    /// The sum of both.
    Sum,
    /// The second where the first holds, else the third.
    If,
    /// A list.
    List,
}

impl Join {
    /// Every way.
    pub const ALL: [Self; 12] = [
        Self::All,
        Self::Any,
        Self::Not,
        Self::Less,
        Self::AtMost,
        Self::Greater,
        Self::AtLeast,
        Self::Equal,
        Self::In,
        Self::Sum,
        Self::If,
        Self::List,
    ];

    /// The word that forms send.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "and",
            Self::Any => "any",
            Self::Not => "!",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Equal => "===",
            Self::In => "in",
            Self::Sum => "+",
            Self::If => "if",
            Self::List => "list",
        }
    }

    /// The way of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|join| join.word() == word)
    }

    /// How many parts it takes.
    fn takes(self) -> std::ops::RangeInclusive<usize> {
        match self {
            Self::All | Self::Any => 2..=usize::MAX,
            Self::Not => 1..=1,
            Self::Less | Self::AtMost | Self::Greater | Self::AtLeast => 2..=3,
            Self::Equal | Self::In | Self::Sum => 2..=2,
            Self::If => 3..=3,
            Self::List => 0..=usize::MAX,
        }
    }

    /// Those that may stand in its place with the same parts.
    pub fn alike(self) -> &'static [Self] {
        match self {
            Self::All | Self::Any => &[Self::All, Self::Any],
            Self::Less | Self::AtMost | Self::Greater | Self::AtLeast | Self::Equal => &[
                Self::Less,
                Self::AtMost,
                Self::Greater,
                Self::AtLeast,
                Self::Equal,
            ],
            Self::Not => &[Self::Not],
            Self::In => &[Self::In],
            Self::Sum => &[Self::Sum],
            Self::If => &[Self::If],
            Self::List => &[Self::List],
        }
    }

    /// A new group of this kind, with parts to be filled in.
    pub fn fresh(self) -> Tree {
        let reading = || Tree::Var("today.temperature_tenths".to_owned());
        let compared = || Tree::Group(Self::AtLeast, vec![reading(), Tree::Number(0)]);
        let parts = match self {
            Self::All | Self::Any => vec![compared(), compared()],
            Self::Not => vec![compared()],
            Self::Less | Self::AtMost | Self::Greater | Self::AtLeast | Self::Equal | Self::Sum => {
                vec![reading(), Tree::Number(0)]
            }
            Self::In => vec![reading(), Self::List.fresh()],
            Self::If => vec![compared(), Tree::Flag(true), Tree::Flag(false)],
            Self::List => vec![Tree::Number(0)],
        };
        Tree::Group(self, parts)
    }
}

/// What a person does to one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Takes it away; a group of two becomes its other part.
    Remove,
    /// Adds a new part to this group.
    Add(Join),
    /// Puts a new part in its place.
    Replace(Join),
    /// Puts it inside a new group.
    Wrap(Join),
    /// Puts the first part of this group in the group's place, and the others beside it where there is room.
    Unwrap,
}

impl Tree {
    /// The tree of a condition.
    pub fn of(json: &Json) -> Self {
        match json {
            Json::Bool(value) => Self::Flag(*value),
            Json::Array(items) => Self::Group(Join::List, items.iter().map(Self::of).collect()),
            Json::Number(number) => number
                .as_i64()
                .map_or_else(|| Self::Raw(json.clone()), Self::Number),
            Json::Object(object) if object.len() == 1 => object
                .iter()
                .next()
                .and_then(|(operator, operands)| Self::operation(operator, operands))
                .unwrap_or_else(|| Self::Raw(json.clone())),
            _ => Self::Raw(json.clone()),
        }
    }

    fn operation(operator: &str, operands: &Json) -> Option<Self> {
        if operator == "var" {
            return operands.as_str().map(|path| Self::Var(path.to_owned()));
        }
        let items = operands.as_array()?;
        if operator == "!"
            && let [one] = items.as_slice()
            && let Some(choices) = choices(one)
        {
            return Some(Self::Group(
                Join::Any,
                choices.into_iter().map(Self::of).collect(),
            ));
        }
        let join = Join::from_word(operator)
            .filter(|join| !matches!(join, Join::Any | Join::List))
            .filter(|join| join.takes().contains(&items.len()))?;
        Some(Self::Group(join, items.iter().map(Self::of).collect()))
    }

    /// The condition.
    pub fn json(&self) -> Json {
        let all = |parts: &[Self]| parts.iter().map(Self::json).collect::<Vec<_>>();
        match self {
            Self::Var(path) => json!({"var": path}),
            Self::Number(value) => json!(value),
            Self::Flag(value) => json!(value),
            Self::Raw(json) => json.clone(),
            Self::Group(Join::List, parts) => Json::Array(all(parts)),
            Self::Group(Join::Any, parts) => {
                let not: Vec<_> = parts.iter().map(|p| json!({"!": [p.json()]})).collect();
                json!({"!": [{"and": not}]})
            }
            Self::Group(join, parts) => json!({join.word(): all(parts)}),
        }
    }

    /// The part of a name (see [`Self::walk`]).
    pub fn part(&self, name: &str) -> Option<&Self> {
        indices(name)?
            .into_iter()
            .try_fold(self, |part, index| match part {
                Self::Group(_, parts) => parts.get(index),
                _ => None,
            })
    }

    fn part_mut(&mut self, name: &str) -> Option<&mut Self> {
        indices(name)?
            .into_iter()
            .try_fold(self, |part, index| match part {
                Self::Group(_, parts) => parts.get_mut(index),
                _ => None,
            })
    }

    /// Tells every part with its name (`r` for the whole, `r.0` for its first part) and the JSON pointer at which
    /// traces and findings name it.
    pub fn walk<'a>(&'a self, tell: &mut dyn FnMut(&str, &str, &'a Self)) {
        self.walk_from("r", "", tell);
    }

    fn walk_from<'a>(
        &'a self,
        name: &str,
        place: &str,
        tell: &mut dyn FnMut(&str, &str, &'a Self),
    ) {
        tell(name, place, self);
        if let Self::Group(join, parts) = self {
            for (index, part) in parts.iter().enumerate() {
                let below = join.place(place, index);
                part.walk_from(&format!("{name}.{index}"), &below, tell);
            }
        }
    }

    /// Whether a part of this group may be taken away without taking the group.
    pub fn can_lose(&self) -> bool {
        match self {
            // With two parts left, taking one leaves the other.
            Self::Group(Join::All | Join::Any, _) => true,
            Self::Group(join, parts) => parts.len() > *join.takes().start(),
            _ => false,
        }
    }

    /// Whether this group takes one more part.
    pub fn can_gain(&self) -> bool {
        matches!(self, Self::Group(join, parts) if join.takes().contains(&(parts.len() + 1)))
    }

    /// Does an edit; `None`, and nothing changes, where there is no such part or it does not go.
    pub fn edit(&mut self, name: &str, edit: Edit) -> Option<()> {
        match edit {
            Edit::Remove => self.remove(name),
            Edit::Add(join) => {
                let part = self.part_mut(name).filter(|part| part.can_gain())?;
                if let Self::Group(around, parts) = part {
                    let logical = matches!(around, Join::All | Join::Any);
                    parts.push(if logical {
                        join.fresh()
                    } else {
                        Self::Number(0)
                    });
                }
                Some(())
            }
            Edit::Replace(join) => {
                *self.part_mut(name)? = join.fresh();
                Some(())
            }
            Edit::Wrap(join) => {
                let part = self.part_mut(name)?;
                let Self::Group(_, mut parts) = join.fresh() else {
                    return None;
                };
                *parts.first_mut()? = part.clone();
                *part = Self::Group(join, parts);
                Some(())
            }
            Edit::Unwrap => self.unwrap(name),
        }
    }

    fn remove(&mut self, name: &str) -> Option<()> {
        let (around, index) = name.rsplit_once('.')?;
        let index: usize = index.parse().ok()?;
        let group = self.part_mut(around).filter(|group| group.can_lose())?;
        let Self::Group(join, parts) = group else {
            return None;
        };
        if index >= parts.len() {
            return None;
        }
        parts.remove(index);
        // One part of a group is that part.
        if matches!(join, Join::All | Join::Any)
            && parts.len() == 1
            && let Some(last) = parts.pop()
        {
            *group = last;
        }
        Some(())
    }

    fn unwrap(&mut self, name: &str) -> Option<()> {
        let mut inner = match self.part(name)? {
            Self::Group(_, parts) if !parts.is_empty() => parts.clone(),
            _ => return None,
        };
        if let Some((around, index)) = name.rsplit_once('.')
            && let Some(Self::Group(Join::All | Join::Any | Join::List, parts)) =
                self.part_mut(around)
        {
            let index: usize = index.parse().ok()?;
            parts.splice(index..=index, inner);
            return Some(());
        }
        *self.part_mut(name)? = inner.swap_remove(0);
        Some(())
    }

    /// Takes over what a form says about one part: `op` (the way a group joins its parts), `leaf` (a path,
    /// `#number`, `#true` or `#false`) or `num` (a whole number). What does not go together changes nothing.
    pub fn set(&mut self, field: &str, name: &str, value: &str) {
        let Some(part) = self.part_mut(name) else {
            return;
        };
        match (field, part) {
            ("op", Self::Group(join, parts)) => {
                if let Some(to) = Join::from_word(value)
                    && join.alike().contains(&to)
                    && to.takes().contains(&parts.len())
                {
                    *join = to;
                }
            }
            ("leaf", part @ (Self::Var(_) | Self::Number(_) | Self::Flag(_))) => match value {
                "#number" if !matches!(part, Self::Number(_)) => *part = Self::Number(0),
                "#number" | "" => {}
                "#true" | "#false" => *part = Self::Flag(value == "#true"),
                path => *part = Self::Var(path.to_owned()),
            },
            ("num", Self::Number(number)) => {
                if let Ok(value) = value.trim().parse() {
                    *number = value;
                }
            }
            _ => {}
        }
    }
}

impl Join {
    /// The JSON pointer of a part of a group at `place`.
    fn place(self, place: &str, index: usize) -> String {
        match self {
            Self::Any => format!("{place}/!/0/and/{index}/!/0"),
            Self::List => format!("{place}/{index}"),
            _ => format!("{place}/{}/{index}", self.word()),
        }
    }
}

/// The parts of `and(!a, !b, …)`.
fn choices(json: &Json) -> Option<Vec<&Json>> {
    let object = json.as_object().filter(|object| object.len() == 1)?;
    let parts = object.get("and")?.as_array().filter(|p| p.len() >= 2)?;
    parts
        .iter()
        .map(|part| {
            let object = part.as_object().filter(|object| object.len() == 1)?;
            match object.get("!")?.as_array()?.as_slice() {
                [one] => Some(one),
                _ => None,
            }
        })
        .collect()
}

/// `r.0.2` as indices.
fn indices(name: &str) -> Option<Vec<usize>> {
    let mut fragments = name.split('.');
    if fragments.next() != Some("r") {
        return None;
    }
    fragments.map(|fragment| fragment.parse().ok()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;
