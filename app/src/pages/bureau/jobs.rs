//! How far the re-decisions of a region have come.

use crate::tr;
use crate::tr::Lang;
use crate::ui::words::{day_short, number, time};
use crate::ui::*;
use domain::Zone;
use leptos::prelude::*;
use services::redecide::RedecisionProgress;

/// What a re-decision follows from.
fn cause(lang: Lang, word: &str) -> String {
    match word {
        "risk_area" => tr!(lang, "风险地区有变化", "Risk areas changed"),
        "record" => tr!(lang, "导入了官方记录", "Official records came in"),
        "rulebook" => tr!(lang, "规则有变化", "The rules changed"),
        "settings" => tr!(lang, "学校设置有变化", "A school's settings changed"),
        other => other.to_owned(),
    }
}

/// The latest re-decisions, with what is done of each; nothing where there is none.
#[component]
pub(super) fn Jobs(lang: Lang, jobs: Vec<RedecisionProgress>) -> AnyView {
    if jobs.is_empty() {
        return ().into_any();
    }
    let is_running = jobs.iter().any(|job| !job.is_finished);
    let rows = jobs.into_iter().map(|job| row(lang, job)).collect_view();
    let hint = is_running.then(|| {
        view! { <p class="hint">{tr!(lang, "正在后台进行；报告照常。重新打开本页可看到进度。", "This goes on in the background while reports come in. Open this page again to see how far it is.")}</p> }
    });
    view! {
        <Card title=tr!(lang, "重新判定", "Decided anew")>
            <ul class="jobs">{rows}</ul>
            {hint}
        </Card>
    }
    .into_any()
}

fn row(lang: Lang, job: RedecisionProgress) -> AnyView {
    let zone = Zone::SHANGHAI;
    let at = format!(
        "{} {}",
        day_short(lang, zone.day_of(job.at)),
        time(zone.minute_of(job.at))
    );
    let (done, total, changed) = (number(job.done), number(job.total), number(job.changed));
    let label = tr!(lang, "进度", "Progress");
    let state = if job.is_finished {
        tr!(
            lang,
            "已完成：{total} 人，{changed} 人有新的判定",
            "Done: {total} people, {changed} with a new decision"
        )
    } else {
        tr!(lang, "{done} / {total} 人", "{done} of {total} people")
    };
    let bar = (!job.is_finished).then(|| {
        view! { <progress max=job.total.max(1).to_string() value=job.done.to_string() aria-label=label></progress> }
    });
    let subject = (!job.subject.is_empty()).then(|| view! { <small>{job.subject}</small> });
    view! {
        <li>
            <div><b>{cause(lang, &job.cause)}</b> " " {subject}</div>
            <div class="sub"><span>{at}</span> " " <span>{state}</span></div>
            {bar}
        </li>
    }
    .into_any()
}
