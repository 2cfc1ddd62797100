//! A look without script: the same verdict, decided by the same code, here on the server.

use crate::islands::gate::words::{leaving_word, steps, verdict_word};
use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, time};
use crate::ui::{Button, ButtonKind, Choice as Way, Dot, PhoneShell, Select, TextInput};
use crate::web::{Answer, AtGate, Ctx, Fields, Islands, see_other};
use domain::gate::{
    ClockTrust, Device, Direction, Entry, EntryId, Journal, Kit, Look, Outcome, Shown, Verdict,
    Why, minute_at,
};
use http::StatusCode;
use leptos::prelude::*;
use services::Error;
use services::gates::{Device as Enrolled, Told};

/// What was looked at, and how it looks here.
struct Seen {
    kit: Kit,
    direction: Direction,
    look: Look,
}

/// Looks, writes it down, and tells.
pub async fn submit(ctx: Ctx, AtGate(device): AtGate, fields: Fields) -> Answer {
    let Some(device) = device.filter(|device| !device.is_cut_off()) else {
        return Ok(see_other("/gate"));
    };
    let seen = look(&ctx, &device, &fields).await?;
    if let Look::Decided(outcome) = &seen.look {
        write_down(&ctx, &device, outcome).await?;
    }
    let (lang, demo) = (ctx.lang, ctx.demo());
    let title = tr!(lang, "校门", "Gate");
    let heading = seen.kit.stamp().gate.name.clone();
    Ok(ctx.html(StatusCode::OK, &title, Islands::No, move || {
        view! {
            <PhoneShell lang=lang here="/gate" title=heading demo=demo>
                {told(lang, &seen)}
                {again(lang, seen.direction)}
            </PhoneShell>
        }
    }))
}

async fn look(ctx: &Ctx, device: &Enrolled, fields: &Fields) -> Result<Seen, Error> {
    let services = ctx.services();
    let taken = services.take_along(device, "", &Told::default()).await?;
    let kit = Kit::first(&taken.stamp, taken.roll.as_deref())
        .map_err(|error| Error::internal(error.to_string()))?;
    let direction = match fields.get("direction") {
        "out" => Direction::Out,
        _ => Direction::In,
    };
    let journal = Journal::default();
    let device = Device {
        kit: Some(&kit),
        now: Some(services.clock.now()),
        journal: &journal,
    };
    let look = match fields.get("holder").parse() {
        Ok(holder) => {
            let outcome = device.look_at(holder, Shown::ShortCode, direction);
            Look::Decided(Box::new(outcome))
        }
        Err(_) => device.look(fields.get("code"), direction),
    };
    Ok(Seen {
        kit,
        direction,
        look,
    })
}

async fn write_down(ctx: &Ctx, device: &Enrolled, outcome: &Outcome) -> Result<(), Error> {
    let Some(act) = outcome.act.clone() else {
        return Ok(());
    };
    let services = ctx.services();
    let id: [u8; 16] = services::clock::bytes(&*services.entropy);
    let entry = Entry {
        id: EntryId(id.iter().map(|byte| format!("{byte:02x}")).collect()),
        seq: device.next_seq(),
        at: services.clock.now(),
        clock: ClockTrust::Counted,
        act,
    };
    services.hand_in(device, &[entry]).await.map(|_| ())
}

fn told(lang: Lang, seen: &Seen) -> AnyView {
    match &seen.look {
        Look::Decided(outcome) => verdict(lang, outcome, seen.kit.stamp().offset_minutes),
        Look::Choose(choices) => {
            let direction = word(seen.direction);
            let buttons = choices
                .iter()
                .cloned()
                .map(|choice| {
                    let class = choice.class.map(|class| class.label(lang));
                    view! { <Button name="holder" value=choice.holder.to_string() wide=true>{choice.name.clone()} " " {class}</Button> }
                })
                .collect_view();
            view! {
                <form class="card stack" method="post" action="/gate/look">
                    <h2>{tr!(lang, "是哪一位？", "Which of them?")}</h2>
                    <input type="hidden" name="direction" value=direction />
                    {buttons}
                </form>
            }
            .into_any()
        }
    }
}

fn verdict(lang: Lang, outcome: &Outcome, offset: i32) -> AnyView {
    let class = match outcome.verdict {
        Verdict::Admit => "g-verdict admit",
        Verdict::Refuse => "g-verdict refuse",
        Verdict::ReportFirst => "g-verdict first",
    };
    let word = if outcome.why == Why::Leaving {
        leaving_word(lang)
    } else {
        verdict_word(lang, outcome.verdict)
    };
    let who = outcome.who.clone().map(|who| {
        let place = who.class.map(|class| class.label(lang)).or(who.issuer);
        let until = who.until.map(|day| {
            let day = day_short(lang, day);
            tr!(lang, "到 {day}", "until {day}")
        });
        view! {
            <p class="g-who">{who.name}{place.map(|place| view! { " " <Dot /> " " {place} })}</p>
            <p>{until}</p>
        }
    });
    let came = outcome.came.as_ref().map(|(at, place)| {
        let at = time(minute_at(*at, offset));
        view! { <p class="g-came">{tr!(lang, "{at} 已从{place}入校", "Already let in {at}, {place}")}</p> }
    });
    let steps = steps(lang, &outcome.why);
    let steps = (!steps.is_empty()).then(|| {
        let items = steps.into_iter().map(|step| view! { <li>{step}</li> });
        view! { <ol class="prose">{items.collect_view()}</ol> }
    });
    view! {
        <section class=class aria-label=tr!(lang, "结果", "Verdict")>
            <div>
                <b>{word}</b>
                {who}
                <p>{outcome.why.text(lang)}</p>
                {came}
            </div>
        </section>
        {steps}
    }
    .into_any()
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}

/// The form for the next one.
fn again(lang: Lang, direction: Direction) -> AnyView {
    let ways = vec![
        Way::new("in", tr!(lang, "进校", "In")),
        Way::new("out", tr!(lang, "出校", "Out")),
    ];
    view! {
        <form class="card stack" method="post" action="/gate/look">
            <TextInput name="code" label=tr!(lang, "短码", "Short code") maxlength=300u32 autocomplete="off" required=true />
            <Select name="direction" label=tr!(lang, "方向", "Direction") options=ways value=word(direction).to_owned() />
            <Button kind=ButtonKind::Primary wide=true>{tr!(lang, "查", "Look up")}</Button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_list_of_steps_only_where_there_are_steps() {
        let lists = |verdict, why| {
            let outcome = Outcome {
                verdict,
                why,
                who: None,
                came: None,
                act: None,
            };
            let html = super::verdict(Lang::En, &outcome, 480).to_html();
            html.matches("<ol").count()
        };
        assert_eq!(lists(Verdict::Admit, Why::Green), 0);
        assert_eq!(lists(Verdict::ReportFirst, Why::NotReported), 1);
    }
}
