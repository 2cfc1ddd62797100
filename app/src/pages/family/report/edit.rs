//! Steps inside the form that send nothing: another stay, the next list of places, the offered temperature.

use crate::web::Fields;
use services::family::ChildView;

/// Most stays of one form.
pub(super) const STAYS_MAX: usize = 8;

/// How many stays the form shows, at least one.
pub(super) fn stays(fields: &Fields) -> usize {
    fields.get("stays").parse().unwrap_or(1).clamp(1, STAYS_MAX)
}

/// The prefix of a stay's fields.
pub(super) fn stay_prefix(at: usize) -> String {
    format!("stay{at}")
}

/// The fields with some values in place of what they held.
pub(super) fn with(fields: &Fields, changes: &[(&str, String)]) -> Fields {
    let kept = fields
        .iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let new = changes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    Fields::from_pairs(kept.chain(new).collect::<Vec<_>>())
}

/// The form after a step: `temperature:37.8`, `add-stay`, `drop-stay:1`, or `next:PREFIX`, which changes nothing.
pub(super) fn apply(fields: &Fields, act: &str) -> Fields {
    let (verb, what) = act.split_once(':').unwrap_or((act, ""));
    match verb {
        "temperature" => with(fields, &[("temperature", what.to_owned())]),
        "add-stay" => with(
            fields,
            &[("stays", (stays(fields) + 1).min(STAYS_MAX).to_string())],
        ),
        "drop-stay" => what
            .parse()
            .map_or_else(|_| fields.clone(), |at| drop_stay(fields, at)),
        _ => fields.clone(),
    }
}

fn drop_stay(fields: &Fields, dropped: usize) -> Fields {
    let count = stays(fields);
    let mut out = Vec::new();
    for (name, value) in fields.iter() {
        let place = name
            .strip_prefix("stay")
            .and_then(|rest| rest.split_once('-'))
            .and_then(|(at, field)| Some((at.parse::<usize>().ok()?, field)));
        match place {
            Some((at, _)) if at == dropped => {}
            Some((at, field)) if at > dropped => {
                out.push((format!("stay{}-{field}", at - 1), value.to_owned()));
            }
            _ => out.push((name.to_owned(), value.to_owned())),
        }
    }
    let fields = Fields::from_pairs(out);
    if count == 1 {
        with(&fields, &[("away", "no".into()), ("stays", "1".into())])
    } else {
        with(&fields, &[("stays", (count - 1).to_string())])
    }
}

/// The form for today and for what holds now.
pub(super) fn renew(fields: &Fields, child: &ChildView) -> Fields {
    with(
        fields,
        &[
            ("day", child.today.to_string()),
            ("based_on", child.revision().to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_a_stay_moves_up_those_below() {
        let fields = Fields::from_pairs([
            ("away", "yes"),
            ("stays", "2"),
            ("stay0-province", "33"),
            ("stay1-province", "42"),
            ("note", "x"),
        ]);
        let left = apply(&fields, "drop-stay:0");
        assert_eq!((left.get("stay0-province"), stays(&left)), ("42", 1));
        assert_eq!((left.get("away"), left.get("note")), ("yes", "x"));
        let none = apply(&left, "drop-stay:0");
        assert_eq!((none.get("away"), none.get("stay0-province")), ("no", ""));
    }
}
