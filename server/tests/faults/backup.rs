//! The data are copied while programs send.

use crate::kept::{kept, must_count, must_hold, must_verify};
use crate::load::{SERVE, School, Trouble};
use crate::support::{Running, run, text};
use services::open::Location;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_in_mid_load_opens_and_is_whole() {
    let school = School::in_file().await;
    let (data, copy) = (school.data(), school.folder.path().join("copy"));
    std::fs::create_dir(&copy).unwrap();
    let running = school.serve();
    let (_address, at) = watch::channel(Some(running.address));
    let enough = CancellationToken::new();
    let mut load = school.send(&at, &enough, Trouble::None);
    load.hear(20).await;
    load.catch_up();
    let before = load.taken.clone();
    let to = copy.join("fuxue.db");
    let written = run(&data, &["backup", "--to", to.to_str().unwrap()]);
    load.catch_up();
    assert!(written.status.success(), "{}", text(&written.stderr));
    assert!(
        load.taken.len() > before.len(),
        "the backup keeps nobody waiting to its end"
    );
    enough.cancel();
    load.end().await;
    drop(running);

    let mut location = Location::in_folder(copy.clone(), false);
    location.key_file = data.join("fuxue.key");
    let copied = kept(&location, school.day).await;
    must_hold(&copied, &before);
    must_count(&location, school.day, &copied).await;
    let key = ["--key-file", location.key_file.to_str().unwrap()];
    must_verify(&copy, &key);
    // The copy is served, and knows what was sent before it was made.
    let restored = Running::start(&copy, &[&SERVE[..], &key].concat());
    let (_address, at) = watch::channel(Some(restored.address));
    for mut client in school.clients(&at) {
        let own: Vec<_> = (before.iter())
            .filter(|taken| client.has_sent(taken.id))
            .collect();
        assert!(!own.is_empty());
        let sent: Vec<_> = own.iter().map(|taken| taken.again()).collect();
        let again = client.deliver(&sent).await.taken;
        // A family is told of no revision; that the copy has not changed is looked at below.
        for (first, again) in own.iter().zip(again) {
            assert_eq!(again.revision, first.revision, "{first:?}");
        }
    }
    drop(restored);
    assert_eq!(kept(&location, school.day).await, copied);
}
