//! Choosing a place step by step: province, city, district, town. Never a list of thousands.

use crate::tr;
use crate::tr::Lang;
use crate::ui::{Button, ButtonKind, Choice, FieldError, Select, error_of};
use crate::web::{Ctx, Failure, Fields};
use domain::ids::RegionCode;
use leptos::prelude::*;

/// The levels with the digits of their codes.
const LEVELS: [(&str, usize); 4] = [("province", 2), ("city", 4), ("district", 6), ("town", 9)];

/// One list to choose from.
#[derive(Debug, Clone)]
pub(super) struct Level {
    name: &'static str,
    chosen: String,
    options: Vec<Choice>,
}

/// The lists of one place, as far as it is chosen.
pub(super) type Levels = Vec<Level>;

/// The codes chosen so far, each inside the one before it.
fn path(fields: &Fields, prefix: &str) -> Vec<RegionCode> {
    let mut path: Vec<RegionCode> = Vec::new();
    for (name, digits) in LEVELS {
        let typed = fields.get(&format!("{prefix}-{name}"));
        let inside = path
            .last()
            .is_none_or(|outer| typed.starts_with(outer.as_str()));
        match RegionCode::parse(typed) {
            Ok(code) if inside && typed.len() == digits => path.push(code),
            _ => break,
        }
    }
    path
}

/// The narrowest place chosen; `None` before a city is.
pub(super) fn chosen(fields: &Fields, prefix: &str) -> Option<RegionCode> {
    let mut path = path(fields, prefix);
    (path.len() >= 2).then(|| path.pop()).flatten()
}

/// Loads the lists down to the one after the last choice.
pub(super) async fn levels(ctx: &Ctx, fields: &Fields, prefix: &str) -> Result<Levels, Failure> {
    let path = path(fields, prefix);
    let mut parent = RegionCode::parse(RegionCode::COUNTRY).ok();
    let mut out = Levels::new();
    for (at, (name, _)) in LEVELS.into_iter().enumerate() {
        let Some(outer) = parent else { break };
        let options = ctx.services().regions_below(&outer).await?;
        if options.is_empty() {
            break;
        }
        parent = path.get(at).cloned();
        out.push(Level {
            name,
            chosen: parent.as_ref().map(ToString::to_string).unwrap_or_default(),
            options: options
                .into_iter()
                .map(|o| Choice::new(o.code.as_str(), o.name.get(ctx.lang)))
                .collect(),
        });
    }
    Ok(out)
}

/// The lists, and the button that fetches the next one.
#[component]
pub(super) fn PlaceFields(
    lang: Lang,
    prefix: String,
    levels: Levels,
    action: String,
    errors: Vec<FieldError>,
) -> AnyView {
    let open = levels.iter().filter(|l| l.chosen.is_empty()).count();
    let is_whole = open == 0 || levels.is_empty();
    let next = (!is_whole).then(|| {
        let words = match levels.last().map(|l| l.name) {
            Some("province") => tr!(lang, "下一步：选市", "Next: city"),
            Some("city") => tr!(lang, "下一步：选区县", "Next: district"),
            _ => tr!(lang, "下一步：选更小的地方", "Next: a narrower place"),
        };
        let to = format!("{action}#{prefix}");
        let value = format!("next:{prefix}");
        view! { <Button kind=ButtonKind::Tint name="act" value=value formaction=to>{words}</Button> }
    });
    let change = is_whole.then(|| {
        let to = format!("{action}#{prefix}");
        let value = format!("next:{prefix}");
        view! { <Button kind=ButtonKind::Quiet name="act" value=value formaction=to>{tr!(lang, "更新列表", "Refresh the lists")}</Button> }
    });
    let lists = levels
        .into_iter()
        .map(|level| {
            let id = format!("{prefix}-{}", level.name);
            let label = match level.name {
                "province" => tr!(lang, "省", "Province"),
                "city" => tr!(lang, "市", "City"),
                "district" => tr!(lang, "区县（知道就选）", "District (if known)"),
                _ => tr!(lang, "镇街（知道就选）", "Town (if known)"),
            };
            let error = error_of(&errors, &id);
            view! {
                <Select name=id label=label options=level.options value=level.chosen empty=tr!(lang, "请选择", "Choose") error=error />
            }
        })
        .collect_view();
    view! { <div class="inputs">{lists}</div> <p class="row">{next} {change}</p> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrower_place_counts_only_inside_the_wider_one() {
        let fields = |pairs: &[(&str, &str)]| Fields::from_pairs(pairs.iter().copied());
        let place = |pairs: &[(&str, &str)]| chosen(&fields(pairs), "s").map(|c| c.to_string());
        assert_eq!(place(&[("s-province", "33")]), None);
        assert_eq!(
            place(&[("s-province", "33"), ("s-city", "3305")]).as_deref(),
            Some("3305")
        );
        // The province was changed afterwards: the old city falls away.
        assert_eq!(
            place(&[
                ("s-province", "42"),
                ("s-city", "3305"),
                ("s-district", "330503")
            ]),
            None
        );
    }
}
