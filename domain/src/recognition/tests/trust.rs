//! Several regions' lists as one.

use super::*;

fn kinds_of(combined: &[crate::gate::TrustedIssuer]) -> Vec<Vec<Kind>> {
    let keys = combined.iter().flat_map(|issuer| &issuer.keys.keys);
    keys.map(|key| key.fx_kinds.iter().copied().collect())
        .collect()
}

#[test]
fn live_passes_and_day_letters_are_handed_on_and_nothing_else() {
    let mut list = trust();
    list.scope = KeyScope::of(Kind::ALL);
    let combined = combined(vec![list]);
    assert_eq!(
        kinds_of(&combined),
        [vec![], vec![Kind::Live, Kind::DayLetter]]
    );
    assert!(
        combined[0]
            .keys
            .keys
            .iter()
            .all(|key| key.kid != vouching().id().to_string()),
        "the key that vouches for the others signs no passes"
    );
}

#[test]
fn an_issuer_in_two_lists_is_trusted_as_far_as_both_go() {
    let district = Trust {
        scope: KeyScope {
            kinds: [Kind::Live].into(),
            schools: Some([12, 13].into()),
        },
        until: Millis(NOW.0 + DAY),
        ..trust()
    };
    let city = Trust {
        scope: KeyScope {
            schools: Some([13, 14].into()),
            ..trust().scope
        },
        from: Millis(NOW.0 - 60_000),
        name: "吴兴".into(),
        made: trust().made + 60,
        ..trust()
    };
    for lists in [vec![district.clone(), city.clone()], vec![city, district]] {
        let combined = combined(lists);
        let [issuer] = combined.as_slice() else {
            panic!("one issuer");
        };
        assert_eq!(issuer.name, "吴兴", "as the newer file's list calls it");
        assert_eq!(
            (issuer.from.0, issuer.until.0),
            (NOW.0 - 60_000, NOW.0 + DAY)
        );
        let key = &issuer.keys.keys[1];
        assert_eq!(key.fx_kinds, [Kind::Live].into());
        assert_eq!(key.fx_schools, Some([13].into()));
    }
}

#[test]
fn two_lists_that_compared_different_fingerprints_trust_nobody() {
    let other = Trust {
        fingerprint: screens().fingerprint(),
        ..trust()
    };
    assert_eq!(combined(vec![trust(), other]), []);
}

#[test]
fn what_one_list_knows_to_be_revoked_is_revoked() {
    let mut known = keys();
    known[2].revoked = Some(NOW);
    let older = Trust {
        made: trust().made - 60,
        keys: JwkSet::new(&known),
        ..trust()
    };
    let combined = combined(vec![trust(), older]);
    assert!(combined[0].keys.keys[1].revoked.is_some());
    let taken = combined[0].clone().without_revoked();
    assert_eq!(taken.keys.keys.len(), 1);
}

#[test]
fn entries_and_keys_out_of_their_time_are_left_out() {
    for (from, until, count) in [(1, 2, 0), (-2, -1, 0), (0, 1, 1), (-1, 0, 0)] {
        let list = Trust {
            from: Millis(NOW.0 + from * DAY),
            until: Millis(NOW.0 + until * DAY),
            ..trust()
        };
        assert_eq!(combined(vec![list]).len(), count, "{from} {until}");
    }
    // An entry that has ended says nothing: the other one stands alone.
    let ended = Trust {
        until: Millis(NOW.0 - 1),
        scope: KeyScope::of([]),
        ..trust()
    };
    assert_eq!(combined(vec![trust(), ended]), combined(vec![trust()]));
    let mut keys = keys();
    keys[2].until = NOW;
    let list = Trust {
        keys: JwkSet::new(&keys),
        ..trust()
    };
    assert_eq!(kinds_of(&combined(vec![list])), [vec![]]);
}

#[test]
fn our_own_number_and_keys_are_never_a_foreign_issuers() {
    let swapped = Trust {
        issuer: us(),
        ..trust()
    };
    assert_eq!(combined(vec![swapped]), []);
    let ours = KeyRing::new([TrustedKey {
        issuer: us(),
        ..key(&screens(), &[Kind::Live])
    }]);
    let combined = combine([trust()], (us(), &ours), NOW);
    assert_eq!(kinds_of(&combined), [vec![]], "only the card key is left");
    let mut keys = keys();
    keys[2].issuer = issuer(330_521_000);
    let list = Trust {
        keys: JwkSet::new(&keys),
        ..trust()
    };
    assert_eq!(kinds_of(&super::combined(vec![list])), [vec![]]);
}
