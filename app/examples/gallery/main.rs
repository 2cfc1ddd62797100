//! Draws every component in its states, and a few pages composed from them, as plain HTML files.
//!
//! `cargo run -p app --example gallery -- OUT_DIR` writes them; open them in a browser beside `style/`.

#![recursion_limit = "256"]
#![allow(clippy::wildcard_imports, reason = "a gallery uses every component")]

mod guardian;
mod parts;
mod screen;
mod teacher;

use app::tr::Lang;
use app::ui::StripDay;
use domain::{Code, Day};
use leptos::prelude::*;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let out = std::env::args()
        .nth(1)
        .map_or_else(|| PathBuf::from("target/gallery"), PathBuf::from);
    std::fs::create_dir_all(&out)?;
    let style = concat!(env!("CARGO_MANIFEST_DIR"), "/../style/main.css");
    for lang in Lang::ALL {
        for (name, class, body) in pages(lang) {
            let html = format!(
                "<!DOCTYPE html><html lang=\"{}\" class=\"{class}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{name}</title><link rel=\"stylesheet\" href=\"{style}\"><body>{body}</body></html>",
                lang.tag()
            );
            std::fs::write(out.join(format!("{name}-{}.html", lang.word())), html)?;
        }
    }
    Ok(())
}

/// Every page: its file's name, the class of its `html` element, its body.
fn pages(lang: Lang) -> Vec<(&'static str, &'static str, String)> {
    let pages: Vec<(&str, &str, AnyView)> = vec![
        ("parts", "", view! { <parts::Parts lang=lang /> }.into_any()),
        (
            "today",
            "",
            view! { <guardian::Today lang=lang /> }.into_any(),
        ),
        (
            "code-green",
            "",
            view! { <guardian::GreenCode lang=lang /> }.into_any(),
        ),
        (
            "code-yellow",
            "",
            view! { <guardian::FlaggedCode lang=lang code=Code::Yellow /> }.into_any(),
        ),
        (
            "code-red",
            "",
            view! { <guardian::FlaggedCode lang=lang code=Code::Red /> }.into_any(),
        ),
        (
            "code-grey",
            "",
            view! { <guardian::NoCode lang=lang /> }.into_any(),
        ),
        (
            "detail",
            "",
            view! { <guardian::Detail lang=lang /> }.into_any(),
        ),
        (
            "class",
            "",
            view! { <teacher::ClassPage lang=lang /> }.into_any(),
        ),
        (
            "slips",
            "",
            view! { <teacher::Slips lang=lang /> }.into_any(),
        ),
        (
            "school",
            "",
            view! { <screen::School lang=lang /> }.into_any(),
        ),
        (
            "screen",
            "screen",
            view! { <screen::Screen lang=lang /> }.into_any(),
        ),
    ];
    pages
        .into_iter()
        .map(|(name, class, page)| (name, class, Owner::new().with(|| page.to_html())))
        .collect()
}

/// The day of the drawings.
pub fn today() -> Day {
    Day::from_ymd(2020, 9, 17).unwrap_or(Day(0))
}

/// Fourteen days up to today, from letters: g, y, r, n (nothing reported), space (nothing due).
pub fn strip(letters: &str) -> Vec<StripDay> {
    let first = today().plus(1 - i32::try_from(letters.len()).unwrap_or(0));
    letters
        .chars()
        .zip(0..)
        .map(|(letter, i)| {
            let code = match letter {
                'g' => Some(Code::Green),
                'y' => Some(Code::Yellow),
                'r' => Some(Code::Red),
                'n' => Some(Code::Grey),
                _ => None,
            };
            (first.plus(i), code)
        })
        .collect()
}

/// A QR code as the server draws it.
pub fn qr(text: &str) -> String {
    qrcode::QrCode::new(text).map_or_else(
        |_| String::new(),
        |code| {
            let svg = code
                .render::<qrcode::render::svg::Color<'_>>()
                .quiet_zone(false)
                .build();
            svg.split_once("?>")
                .map_or(svg.clone(), |(_, rest)| rest.to_owned())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_needs_what_the_content_security_policy_forbids() {
        for lang in Lang::ALL {
            for (name, _, body) in pages(lang) {
                for forbidden in [" style=", "<style", " onclick=", "javascript:", "data:"] {
                    assert!(!body.contains(forbidden), "{name} has {forbidden}");
                }
            }
        }
    }

    #[test]
    fn every_shape_is_named_or_stands_beside_its_word() {
        for lang in Lang::ALL {
            for (name, _, body) in pages(lang) {
                for svg in body.split("<svg").skip(1) {
                    let tag = svg.split('>').next().unwrap_or_default();
                    // A QR code brings its own namespace; the picture around it has the name.
                    let ok = ["aria-hidden=\"true\"", "aria-label=", "xmlns="]
                        .iter()
                        .any(|mark| tag.contains(mark));
                    assert!(ok, "{name}: {tag}");
                }
            }
        }
    }

    #[test]
    fn english_pages_have_no_chinese_of_their_own() {
        let word = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
        let own = Owner::new().with(|| view! { <guardian::Today lang=Lang::En /> }.to_html());
        let rest: String = own.chars().filter(word).collect();
        assert_eq!(rest, "中文中", "only the language switch is Chinese");
    }
}
