//! The program as an operator runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use services::clock::{SystemClock, SystemEntropy};
use services::open::{Location, open_store};
use services::{Actor, Services};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;
use support::{Running, run, text};

fn get(address: SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_serves_says_how_it_is_and_ends_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let running = Running::start(folder.path(), &["--metrics-listen", &free.to_string()]);
    assert!(get(running.address, "/healthz").ends_with("ok\n"));
    assert!(get(running.address, "/readyz").ends_with("ready\n"));
    assert!(get(running.address, "/no/such/page").starts_with("HTTP/1.1 404"));
    let page = get(running.address, "/signin");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("cache-control: no-store"));
    assert!(
        page.contains("script-src 'nonce-") && !page.contains("unsafe-inline"),
        "{page}"
    );
    let numbers = get(free, "/metrics");
    assert!(
        numbers.contains("fuxue_up{version=")
            && numbers.contains(
                r#"fuxue_http_requests_total{method="GET",path="/healthz",status="200"} 1"#
            ),
        "{numbers}"
    );
    assert!(!numbers.contains("/no/such/page"));
    assert_eq!(running.terminate(), Some(0));
}

#[test]
fn it_refuses_a_key_that_does_not_fit_and_changes_nothing() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for data in [&folder, &other] {
        assert!(run(data.path(), &["migrate"]).status.success());
    }
    let foreign = other.path().join("fuxue.key");
    let refused = run(
        folder.path(),
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--key-file",
            foreign.to_str().unwrap(),
        ],
    );
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stderr).contains("--key-file")
            && text(&refused.stderr).contains("Nothing was changed"),
        "{}",
        text(&refused.stderr)
    );
    std::fs::rename(folder.path().join("fuxue.key"), folder.path().join("away")).unwrap();
    let missing = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        !missing.status.success() && text(&missing.stderr).contains("no key file"),
        "{}",
        text(&missing.stderr)
    );
    assert!(
        !folder.path().join("fuxue.key").exists(),
        "no new key is made for old data"
    );
}

#[test]
fn it_refuses_to_send_health_data_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let refused = run(folder.path(), &["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stderr).contains("--behind-proxy"),
        "{}",
        text(&refused.stderr)
    );
    let demo = run(folder.path(), &["demo", "--listen", "0.0.0.0:0"]);
    assert!(
        text(&demo.stderr).contains("this machine only"),
        "{}",
        text(&demo.stderr)
    );
}

#[test]
fn a_new_bureau_is_set_up_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let create = [
        "account",
        "create",
        "--role",
        "bureau_admin",
        "--region",
        "330503",
        "--login",
        "zhou.min",
        "--name",
        "周敏",
    ];
    let too_early = run(folder.path(), &create);
    assert!(
        text(&too_early.stderr).contains("import the regions first"),
        "{}",
        text(&too_early.stderr)
    );
    let regions = run(
        folder.path(),
        &["import-regions", "reference/regions-cn.csv"],
    );
    assert_eq!(
        text(&regions.stdout),
        "4739 regions new or changed, 0 unchanged, 0 lines left out\n"
    );
    let created = run(folder.path(), &create);
    assert!(
        text(&created.stdout).starts_with("link  http://127.0.0.1:3000/activate/"),
        "{}",
        text(&created.stderr)
    );
    let recovered = run(
        folder.path(),
        &[
            "account",
            "recover",
            "--login",
            "Zhou.Min",
            "--address",
            "https://school.example/",
        ],
    );
    assert!(
        text(&recovered.stdout).starts_with("link  https://school.example/activate/"),
        "{}",
        text(&recovered.stderr)
    );
    let unknown = run(folder.path(), &["account", "recover", "--login", "nobody"]);
    assert_eq!(unknown.status.code(), Some(1));
    let verified = run(folder.path(), &["audit", "verify"]);
    assert!(verified.status.success());
    assert!(
        text(&verified.stdout).contains("2 chains, 6 rows")
            && text(&verified.stdout).contains(" 0 faults"),
        "{}",
        text(&verified.stdout)
    );
}

#[test]
fn a_faulty_list_of_regions_exits_with_3_and_names_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    std::fs::write(
        &list,
        "code,parent,level,name\nCN,,country,中国\n3x,CN,province,某省\n",
    )
    .unwrap();
    let import = run(folder.path(), &["import-regions", list.to_str().unwrap()]);
    assert_eq!(import.status.code(), Some(3));
    assert!(
        text(&import.stderr).contains("line 3"),
        "{}",
        text(&import.stderr)
    );
}

#[test]
fn a_demo_is_never_served_as_real() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::in_folder(folder.path().into(), true);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (store, _) = open_store(&location, &SystemEntropy).await.unwrap();
        store.close().await;
    });
    let refused = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        text(&refused.stderr).contains("invented people"),
        "{}",
        text(&refused.stderr)
    );
    assert!(
        run(folder.path(), &["audit", "verify"]).status.success(),
        "looking at it is allowed"
    );
}

#[test]
fn a_backup_is_private_opens_with_the_same_key_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy"));
    std::fs::create_dir(&copy).unwrap();
    let to = copy.join("fuxue.db");
    let backup = ["backup", "--to", to.to_str().unwrap()];
    assert!(
        text(&run(&data, &backup).stderr).contains("no database"),
        "nothing is made by looking"
    );
    assert!(!data.exists());
    let running = Running::start(&data, &[]);
    let written = run(&data, &backup);
    assert!(written.status.success(), "{}", text(&written.stderr));
    assert!(text(&written.stdout).contains("opens only with key"));
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&to).unwrap().permissions())
            & 0o777,
        0o600
    );
    assert!(
        !run(&data, &backup).status.success(),
        "an existing file is never overwritten"
    );
    assert_eq!(running.terminate(), Some(0));
    let key = data.join("fuxue.key");
    let restored = run(
        &copy,
        &["audit", "verify", "--key-file", key.to_str().unwrap()],
    );
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    assert!(
        !run(&copy, &["audit", "verify"]).status.success(),
        "the key is not in the backup"
    );
}

#[test]
fn a_roster_is_imported_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let roster = "services/tests/data/roster-primary.xlsx";
    let import = |more: &[&str]| {
        run(
            folder.path(),
            &[&["import-roster", roster, "--school", "3305030002"], more].concat(),
        )
    };
    assert!(text(&import(&[]).stderr).contains("no database"));
    assert!(
        run(
            folder.path(),
            &["import-regions", "reference/regions-cn.csv"]
        )
        .status
        .success()
    );
    assert!(text(&import(&[]).stderr).contains("no school with the code 3305030002"));
    let schools = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../reference/schools-nanxun-sample.csv"
    ))
    .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let location = Location::in_folder(folder.path().into(), false);
        let services = Services::open(&location, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .unwrap();
        let created = services
            .create_schools_from_csv(&Actor::command(), &schools)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(created.created, 44);
        services.store.close().await;
    });
    let counts = |output: &Output| {
        let json: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("nothing but JSON on standard output");
        for fault in json["faults"].as_array().unwrap() {
            assert!(
                fault["row"].is_u64() && fault["column"].is_string() && fault["reason"].is_string(),
                "{fault}"
            );
        }
        (
            json["new"].as_u64().unwrap(),
            json["changed"].as_u64().unwrap(),
            json["unchanged"].as_u64().unwrap(),
            json["faults"].as_array().unwrap().len(),
        )
    };
    let dry = import(&["--dry-run", "--json"]);
    let (new, ..) = counts(&dry);
    assert_eq!(dry.status.code(), Some(0));
    assert!(new > 500, "{new}");
    assert_eq!(
        counts(&import(&["--json"])),
        (new, 0, 0, 0),
        "the dry run changed nothing"
    );
    assert_eq!(
        counts(&import(&["--json"])),
        (0, 0, new, 0),
        "the same file again changes nothing"
    );
    let faulty = folder.path().join("faulty.csv");
    std::fs::write(
        &faulty,
        "学号,姓名,年级,班级\n2020990001,张小雨,一年级,1班\n2020990002,,一年级,1班\n",
    )
    .unwrap();
    let import = |more: &[&str]| {
        run(
            folder.path(),
            &[
                &[
                    "import-roster",
                    faulty.to_str().unwrap(),
                    "--school",
                    "3305030002",
                ],
                more,
            ]
            .concat(),
        )
    };
    let json = import(&["--json"]);
    let (new, _, _, faults) = counts(&json);
    assert_eq!(
        (json.status.code(), new, faults),
        (Some(3), 1, 1),
        "a faulty row does not stop a good one"
    );
    let words = import(&["--dry-run"]);
    assert!(
        text(&words.stdout).starts_with("row 3, 姓名: "),
        "{}",
        text(&words.stdout)
    );
    assert!(
        text(&words.stdout).contains("would be imported: 0 new, 0 changed, 1 unchanged"),
        "{}",
        text(&words.stdout)
    );
}

#[test]
fn two_servers_share_a_postgresql_database_and_nothing_tells_its_password() {
    let address = testing::Cluster::shared()
        .database(None)
        .replace("postgres@localhost", "postgres:geheim@localhost");
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let url = ["--database-url", address.as_str()];
    let with = |command: &'static str| [command, url[0], url[1]];
    let told = |output: &Output| {
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(!told.contains("geheim"), "{told}");
        told
    };

    let made = run(first.path(), &with("migrate"));
    let said = told(&made);
    assert!(
        made.status.success() && said.contains("PostgreSQL database test_"),
        "{said}"
    );
    let foreign = run(second.path(), &with("migrate"));
    let said = told(&foreign);
    assert!(!foreign.status.success(), "without the key");
    assert!(said.contains("copy it from another server"), "{said}");
    std::fs::copy(
        first.path().join("fuxue.key"),
        second.path().join("fuxue.key"),
    )
    .unwrap();

    let regions = ["import-regions", "reference/regions-cn.csv", url[0], url[1]];
    let imported = run(second.path(), &regions);
    assert!(imported.status.success(), "{}", told(&imported));
    let servers = [&first, &second].map(|folder| Running::start(folder.path(), &url));
    for server in &servers {
        assert!(get(server.address, "/readyz").ends_with("ready\n"));
        assert!(get(server.address, "/signin").starts_with("HTTP/1.1 200"));
    }
    let verified = run(first.path(), &["audit", "verify", url[0], url[1]]);
    assert!(verified.status.success(), "{}", told(&verified));

    let copy = first.path().join("copy.db");
    let refused = run(
        first.path(),
        &["backup", "--to", copy.to_str().unwrap(), url[0], url[1]],
    );
    let said = told(&refused);
    assert!(
        !refused.status.success() && said.contains("pg_dump"),
        "{said}"
    );
    assert!(!copy.exists());
    for server in servers {
        assert_eq!(server.terminate(), Some(0));
    }
}
