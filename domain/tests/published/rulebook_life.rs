//! `docs/RULEBOOK-LIFE.md`: the steps of a rulebook's life.

use super::assert_current;
use domain::rulebook::life::table;

const HEAD: &str = "# The life of a rulebook

<!-- Written by `UPDATE=1 cargo test -p domain --test published`; do not edit. -->

Where a version stands, and where each step leads. An empty cell: the step is refused. *submit* comes from the author;
*approve*, *urgent* and *ratify* each from one more person; *propose* and *retire* from two people, but an emergency's
*retire* from one; *begin*, *lapse* and *overtake* from time alone. See `RULES.md`.

";

#[test]
fn the_life_of_a_rulebook_is_published() {
    assert_current("RULEBOOK-LIFE.md", &format!("{HEAD}{}", table()));
}
