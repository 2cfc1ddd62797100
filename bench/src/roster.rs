//! The import of a large roster by the command line, alone and while reports come in.

use crate::families::Families;
use crate::load;
use crate::load::loops::Done;
use crate::program::Program;
use crate::reports::{PACED_CONNECTIONS, at_a_pace};
use domain::Zone;
use services::school::{NewSchool, SchoolKind};
use services::{Actor, Services};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Children of one class in the file.
const CLASS: usize = 50;

/// A school whose roster is still to be imported.
#[derive(Debug, Clone, Copy)]
pub struct School(pub &'static str);

impl School {
    /// Creates it, without anybody.
    pub async fn create(self, services: &Services) {
        let new = NewSchool {
            code: self.0.into(),
            name: format!("第{}大学", self.0),
            name_en: String::new(),
            kind: SchoolKind::University,
            region: "330503".parse().unwrap(),
            zone: Zone::SHANGHAI,
        };
        services
            .create_school(&Actor::command(), &new)
            .await
            .unwrap();
    }

    /// Writes a roster of so many rows.
    pub fn write_roster(self, rows: usize, file: &Path) {
        let mut roster = "学号,姓名,性别,年级,班级,家长1姓名,家长1关系,家长1手机\n".to_owned();
        for row in 0..rows {
            let (class, grade) = (row / CLASS, row / CLASS % 4 + 1);
            let number = class / 4 + 1;
            writeln!(
                roster,
                "{}{row:06},张小雨,女,大学{grade}年级,{number}班,张丽华,母亲,199{row:08}",
                self.0
            )
            .unwrap();
        }
        std::fs::write(file, roster).unwrap();
    }

    /// Starts the import of a file beside the program.
    fn import(self, binary: &Path, data: &Path, file: &Path) -> Child {
        Command::new(binary)
            .env_clear()
            .args([
                "import-roster",
                "--log",
                "error",
                "--school",
                self.0,
                "--data",
            ])
            .arg(data)
            .arg(file)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// How long the import takes alone.
    pub fn alone(self, binary: &Path, data: &Path, file: &Path) -> Duration {
        let begun = Instant::now();
        let ended = self.import(binary, data, file).wait().unwrap();
        assert!(ended.success(), "every row is imported: {ended}");
        begun.elapsed()
    }

    /// How long the import takes while reports come in, and how these fare.
    pub fn beside_reports(
        self,
        binary: &Path,
        data: &Path,
        file: &Path,
        program: &Program,
        families: &Rc<Families>,
    ) -> (Duration, Done) {
        let done = load::run(async {
            let connections = load::open(program.address, PACED_CONNECTIONS).await;
            let import = RefCell::new(self.import(binary, data, file));
            let is_over = || {
                let ended = import.borrow_mut().try_wait().unwrap();
                assert!(
                    ended.is_none_or(|ended| ended.success()),
                    "every row is imported"
                );
                ended.is_some()
            };
            at_a_pace(connections, families, is_over, || ()).await
        });
        (done.took, done)
    }
}
