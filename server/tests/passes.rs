//! Looking after keys and passes from the command line.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{EcLevel, QrCode};
use services::clock::{SystemClock, SystemEntropy};
use services::open::Location;
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use support::{run, text};

const SCHOOL: &str = "3305020001";
const ROSTER: &str = "学号,姓名,出生日期,年级,班级,家长1姓名,家长1手机\n900001,沈雯,2012-11-27,一年级,1班,沈国,19900000001\n";

/// The numbers of the keys that stand so, for a purpose.
fn keys(data: &Path, purpose: &str, state: &str) -> Vec<String> {
    let listed = run(data, &["keys", "list"]);
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    text(&listed.stdout)
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.get(1..3) == Some(&[purpose, state]))
        .map(|words| words[0].to_owned())
        .collect()
}

/// A school with one pupil, whose card is printed; gives its text.
fn card(data: &Path) -> String {
    let regions = run(data, &["import-regions", "reference/regions-cn.csv"]);
    assert!(regions.status.success());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let location = Location::in_folder(data.into(), false);
        let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let command = Actor::command();
        let new = NewSchool {
            code: SCHOOL.into(),
            name: "邻区小学".into(),
            name_en: String::new(),
            kind: SchoolKind::Primary,
            region: "330502001".parse().unwrap(),
            zone: domain::Zone::SHANGHAI,
        };
        let school = services.create_school(&command, &new).await.unwrap();
        services
            .import_roster_file(&command, SCHOOL, "roster.csv", ROSTER.into(), false)
            .await
            .unwrap();
        let mut tx = services.store.read().await.unwrap();
        let class = tx.classes_of(school).await.unwrap()[0].class_id;
        drop(tx);
        let cards = services.print_cards(&command, class, &[]).await.unwrap();
        services.store.close().await;
        cards[0].pass.text.clone()
    })
}

/// A picture of a QR code, as a phone would take one: with a quiet zone, five pixels a module.
fn picture(text: &str, to: &Path, format: ImageFormat) {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).unwrap();
    let (side, quiet, scale) = (code.width(), 4, 5);
    let size = u32::try_from((side + 2 * quiet) * scale).unwrap();
    let image = GrayImage::from_fn(size, size, |x, y| {
        let at = |v: u32| {
            (usize::try_from(v).unwrap() / scale)
                .checked_sub(quiet)
                .filter(|v| *v < side)
        };
        match (at(x), at(y)) {
            (Some(x), Some(y)) if code[(x, y)] == qrcode::Color::Dark => Luma([20]),
            _ => Luma([240]),
        }
    });
    image.save_with_format(to, format).unwrap();
}

#[test]
fn keys_are_listed_rotated_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(text(&run(&data, &["keys", "list"]).stderr).contains("no database"));
    std::fs::create_dir(&data).unwrap();
    assert!(
        run(&data, &["import-regions", "reference/regions-cn.csv"])
            .status
            .success()
    );
    let first = keys(&data, "screens", "signing");
    assert_eq!((first.len(), keys(&data, "cards", "signing").len()), (1, 1));
    assert!(run(&data, &["keys", "rotate", "screens"]).status.success());
    assert_eq!(keys(&data, "screens", "signing"), first);
    assert_eq!(keys(&data, "screens", "coming").len(), 1);
    let revoked = run(&data, &["keys", "revoke", &first[0]]);
    assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    assert_eq!(keys(&data, "screens", "revoked"), first);
    assert_eq!(keys(&data, "screens", "signing").len(), 1);
    let again = run(&data, &["keys", "revoke", &first[0]]);
    assert_eq!(again.status.code(), Some(1));
    let unknown = run(&data, &["keys", "revoke", "0123456789abcdef"]);
    assert!(text(&unknown.stderr).contains("no key of this number"));
    assert!(run(&data, &["audit", "verify"]).status.success());
}

#[test]
fn the_key_file_can_be_made_before_the_first_start_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["keys", "init"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let key = std::fs::read(folder.path().join("fuxue.key")).unwrap();
    assert!(!run(folder.path(), &["keys", "init"]).status.success());
    assert!(run(folder.path(), &["migrate"]).status.success());
    assert_eq!(std::fs::read(folder.path().join("fuxue.key")).unwrap(), key);
    let late = run(folder.path(), &["keys", "init"]);
    assert!(text(&late.stderr).contains("encrypted with a key already"));
}

#[test]
fn two_issuers_compare_the_fingerprint_of_their_files() {
    let folder = tempfile::tempdir().unwrap();
    card(folder.path());
    let file = folder.path().join("keys.jws");
    let to = file.to_str().unwrap();
    let written = run(folder.path(), &["keys", "file", "--to", to]);
    assert!(written.status.success(), "{}", text(&written.stderr));
    let fingerprint = |output: &Output| {
        let out = text(&output.stdout);
        let line = out.lines().find(|l| l.starts_with("fingerprint"));
        line.expect("a fingerprint").to_owned()
    };
    let checked = Command::new(env!("CARGO_BIN_EXE_server"))
        .args(["keys", "check", to])
        .output()
        .unwrap();
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    assert_eq!(fingerprint(&checked), fingerprint(&written));
    let mut torn = std::fs::read(&file).unwrap();
    let middle = torn.len() / 2;
    torn[middle] = if torn[middle] == b'A' { b'B' } else { b'A' };
    std::fs::write(&file, torn).unwrap();
    let checked = Command::new(env!("CARGO_BIN_EXE_server"))
        .args(["keys", "check", to])
        .output()
        .unwrap();
    assert!(!checked.status.success());
}

#[test]
fn a_pass_is_explained_from_its_text_and_from_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let pass = card(folder.path());
    let inspect = |what: &str| {
        let output = run(folder.path(), &["pass", "inspect", what]);
        (
            output.status.code(),
            text(&output.stdout) + &text(&output.stderr),
        )
    };
    let (code, said) = inspect(&pass);
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "this installation",
        "邻区小学",
        "沈*",
        "printed card no. 1",
        "accepted",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for (name, format) in [
        ("card.png", ImageFormat::Png),
        ("card.jpg", ImageFormat::Jpeg),
    ] {
        let to = folder.path().join(name);
        picture(&pass, &to, format);
        let (code, said) = inspect(to.to_str().unwrap());
        assert_eq!(code, Some(0), "{name}: {said}");
        assert!(said.contains("沈*"), "{said}");
    }
    let mut forged = pass.clone().into_bytes();
    // The least of the three characters that stand for two of the last bytes, which are the signature's.
    let last = 4 + ((forged.len() - 4) / 3 - 1) * 3;
    forged[last] = if forged[last] == b'1' { b'2' } else { b'1' };
    let (code, said) = inspect(&String::from_utf8(forged).unwrap());
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("bad_signature") && !said.contains("沈*"),
        "{said}"
    );
    let (code, said) = inspect("https://school.example/join");
    assert!(code == Some(3) && said.contains("not_ours"), "{said}");
    let nothing = folder.path().join("empty.png");
    GrayImage::from_pixel(60, 60, Luma([255]))
        .save(&nothing)
        .unwrap();
    let (code, said) = inspect(nothing.to_str().unwrap());
    assert!(code == Some(1) && said.contains("no QR code"), "{said}");
    // A pass of another installation is unknown until its file of keys is given.
    let other = tempfile::tempdir().unwrap();
    let foreign = card(other.path());
    let (code, said) = inspect(&foreign);
    assert!(code == Some(3) && said.contains("unknown_key"), "{said}");
    let file = other.path().join("keys.jws");
    let to = file.to_str().unwrap();
    assert!(
        run(other.path(), &["keys", "file", "--to", to])
            .status
            .success()
    );
    let known = run(folder.path(), &["pass", "inspect", "--keys", to, &foreign]);
    assert_eq!(known.status.code(), Some(0));
    assert!(text(&known.stdout).contains("another issuer"));
}
