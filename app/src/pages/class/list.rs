//! The class as a list for paper.

use super::shell::{ClassShell, Frame, Tab};
use super::words::{course, seat};
use crate::islands::class::PrintButton;
use crate::tr;
use crate::ui::words::{day_full, time};
use crate::ui::{
    Button, CellKind, Column, DataCell, DataRow, DataTable, DayDots, DayDotsHead, Dot, IconName,
    Legend, PageHead, StatusChip,
};
use crate::web::{Answer, Ctx, Islands};
use axum::extract::Path;
use domain::ids::ClassId;
use leptos::prelude::*;
use services::classroom::ClassView;

/// The page.
pub async fn show(ctx: Ctx, Path(class): Path<ClassId>) -> Answer {
    let model = ctx.services().class_view(ctx.actor()?, class).await?;
    let frame = Frame::new(&ctx, &model.frame);
    let title = tr!(
        ctx.lang,
        "{label} 名单",
        "List of class {label}",
        label = frame.label()
    );
    let heading = title.clone();
    ctx.ok(&title, Islands::Yes, move || page(&frame, heading, model))
}

fn page(frame: &Frame, title: String, model: ClassView) -> impl IntoView + use<> {
    let lang = frame.lang;
    let (shell, home) = (frame.clone(), frame.at(""));
    let today = model.frame.today;
    let at = time(model.frame.minute);
    let days: Vec<_> = model
        .pupils
        .first()
        .map(|p| p.strip.iter().map(|(day, _)| *day).collect())
        .unwrap_or_default();
    let rows = model
        .pupils
        .into_iter()
        .map(|pupil| {
            let until = pupil
                .flag
                .map(|flag| course(lang, flag.nth, flag.until))
                .unwrap_or_default();
            view! {
                <DataRow code=pupil.code>
                    <DataCell kind=CellKind::Mute>{seat(lang, pupil.seat)}</DataCell>
                    <DataCell kind=CellKind::Name>{pupil.name}</DataCell>
                    <DataCell><StatusChip lang=lang code=pupil.code /></DataCell>
                    <DataCell>{until}</DataCell>
                    <DataCell kind=CellKind::Wide><DayDots lang=lang days=pupil.strip /></DataCell>
                </DataRow>
            }
        })
        .collect_view();
    view! {
        <ClassShell frame=shell tab=Tab::Today>
            <PageHead
                title=title
                sub=view! { {day_full(lang, today)} <Dot /> {tr!(lang, "{at} 的情况", "as of {at}")} }
            >
                <Button icon=IconName::ChevronLeft href=home>{tr!(lang, "今日进度", "Today")}</Button>
                <PrintButton label=tr!(lang, "打印", "Print") />
            </PageHead>
            <section class="card flush">
                <DataTable
                    caption=tr!(lang, "全班名单", "The class")
                    columns=vec![
                        Column::new(tr!(lang, "座号", "Seat")),
                        Column::new(tr!(lang, "姓名", "Name")),
                        Column::new(tr!(lang, "今天", "Today")),
                        Column::new(tr!(lang, "到哪天", "Until")),
                        Column::drawn(
                            tr!(lang, "近 14 天", "Last 14 days"),
                            view! { <DayDotsHead lang=lang days=days today=today /> },
                        ),
                    ]
                >
                    {rows}
                </DataTable>
                <div class="card-foot"><Legend lang=lang bare=true /></div>
            </section>
        </ClassShell>
    }
}
