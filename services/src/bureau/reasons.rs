//! The words behind the blind indexes under which reasons are counted.

use crate::Services;
use crate::context::RuleSet;
use domain::{Code, Text};
use std::collections::HashMap;

/// Labels by colour and blind index of a reason's code.
#[derive(Debug)]
pub(crate) struct ReasonLabels(HashMap<(Code, Vec<u8>), Text>);

/// A reason that several rules may give is named by what they have in common.
fn common_label(reason: &str) -> Option<Text> {
    Some(match reason {
        "case" => Text::new("确诊或检测需隔离", "Confirmed or test"),
        "stay_medium" => Text::new("中风险地区、途经", "Medium-risk area"),
        domain::decision::UNDECIDABLE => Text::new("规则无法判定", "Cannot be decided"),
        _ => return None,
    })
}

impl ReasonLabels {
    /// The reason in a few words; what no rulebook names is *other*.
    pub fn get(&self, code: Code, index: &[u8]) -> Text {
        self.0
            .get(&(code, index.to_vec()))
            .cloned()
            .unwrap_or_else(|| Text::new("其他", "Other"))
    }
}

impl Services {
    /// The labels of all reasons of the rulebooks, kept with them.
    pub(crate) fn reason_labels<'a>(&self, rules: &'a RuleSet) -> &'a ReasonLabels {
        rules.labels.get_or_init(|| self.labels_of(rules))
    }

    fn labels_of(&self, rules: &RuleSet) -> ReasonLabels {
        let mut labels = HashMap::new();
        let mut name = |code: Code, reason: &str, label: &Text| {
            labels
                .entry((code, self.reason_index(reason)))
                .or_insert_with(|| common_label(reason).unwrap_or_else(|| label.clone()));
        };
        // The newest version of a rulebook comes last and names first.
        for book in rules.books.iter().rev() {
            for rule in &book.document().rules {
                name(
                    rule.outcome.colour.into(),
                    &rule.outcome.reason,
                    &rule.label,
                );
            }
        }
        name(
            Code::Yellow,
            domain::decision::UNDECIDABLE,
            &Text::default(),
        );
        ReasonLabels(labels)
    }
}
