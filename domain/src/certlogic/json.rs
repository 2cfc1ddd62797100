//! Evaluation over arbitrary JSON, as the specification describes it.

use super::{CompileError, EvalError, Expr, Lookup, Slot, Value};
use serde_json::Value as Json;

/// Why an expression has no value for some data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// It is not an expression.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// It cannot be evaluated with these data.
    #[error(transparent)]
    Eval(#[from] EvalError),
}

/// Compiles `logic` and evaluates it with `data` as its data context. Rules that are evaluated often are compiled
/// once by [`Expr::compile`] instead.
pub fn evaluate(logic: &Json, data: &Json) -> Result<Json, EvaluateError> {
    let mut paths: Vec<String> = Vec::new();
    let expr = Expr::compile(logic, |path| {
        let known = paths.iter().position(|other| other == path);
        Slot::try_from(known.unwrap_or_else(|| {
            paths.push(path.to_owned());
            paths.len() - 1
        }))
        .ok()
    })?;
    let value = expr.eval(&Context {
        paths,
        data: Value::from(data),
    })?;
    Ok(serde_json::to_value(value).unwrap_or_default())
}

struct Context {
    paths: Vec<String>,
    data: Value,
}

impl Lookup for Context {
    fn value(&self, slot: Slot) -> Value {
        match self.paths.get(usize::from(slot)).map(String::as_str) {
            None => Value::Null,
            Some("") => self.data.clone(),
            Some(path) => self.data.at(path.split('.')),
        }
    }
}
