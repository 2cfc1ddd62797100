//! Judging a foreign pass by rules.

use super::{ForeignPass, RecognitionFact, RecognitionRule};
use crate::certlogic::Expr;

/// What one rule says of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// It does not refuse.
    Passes,
    /// Its condition holds.
    Refuses,
    /// It has no answer, which refuses too.
    NoAnswer,
}

impl RecognitionRule {
    /// The condition, compiled over the facts of recognition.
    pub(super) fn compile(&self) -> Result<Expr, crate::certlogic::CompileError> {
        Expr::compile(&self.refuse_if, |path| {
            RecognitionFact::from_path(path).map(RecognitionFact::slot)
        })
    }

    /// What this rule says of a pass.
    pub fn judge(&self, pass: &ForeignPass) -> Judged {
        match self.compile().map(|condition| condition.holds(pass)) {
            Ok(Ok(false)) => Judged::Passes,
            Ok(Ok(true)) => Judged::Refuses,
            Ok(Err(_)) | Err(_) => Judged::NoAnswer,
        }
    }
}

/// Whether no rule refuses a pass.
///
/// # Errors
/// The first rule that refuses it, or that has no answer.
pub fn judge<'a>(
    rules: &'a [RecognitionRule],
    pass: &ForeignPass,
) -> Result<(), &'a RecognitionRule> {
    match rules.iter().find(|rule| rule.judge(pass) != Judged::Passes) {
        Some(rule) => Err(rule),
        None => Ok(()),
    }
}

/// What every rule says of a pass, to try them out.
pub fn try_all(rules: &[RecognitionRule], pass: &ForeignPass) -> Vec<Judged> {
    rules.iter().map(|rule| rule.judge(pass)).collect()
}
