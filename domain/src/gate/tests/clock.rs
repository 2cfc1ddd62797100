//! What a device may believe about time.

use super::*;
use proptest::prelude::*;

fn tick(counted: i64, system: i64) -> Tick {
    Tick {
        counted,
        system: Millis(system),
    }
}

fn at(now: Option<Now>) -> (i64, ClockTrust) {
    let now = now.unwrap();
    (now.at.0, now.trust)
}

#[test]
fn a_device_counts_on_from_the_signed_time_whatever_its_own_clock_says() {
    let mut clock = GateClock::started(None, tick(0, 5_000));
    assert_eq!(clock.now(tick(1, 5_001)), None, "no contact was ever made");
    clock.contact(NOW, tick(100, 5_100));
    let counted = (NOW.0 + 900, ClockTrust::Counted);
    assert_eq!(at(clock.now(tick(1_000, 6_000))), counted);
    assert_eq!(
        at(clock.now(tick(1_000, 0))),
        counted,
        "the system's clock was put back"
    );
}

#[test]
fn a_restart_goes_by_the_systems_clock_unless_that_went_back() {
    let seen = Some(LastSeen {
        signed: NOW,
        latest: Millis(NOW.0 + 500),
    });
    let mut later = GateClock::started(seen, tick(0, NOW.0 + 500));
    assert_eq!(
        at(later.now(tick(20, NOW.0 + 520))),
        (NOW.0 + 520, ClockTrust::Restarted)
    );
    let mut behind = GateClock::started(seen, tick(0, NOW.0 + 499));
    assert_eq!(behind.now(tick(20, NOW.0 + 519)), None);
    behind.contact(Millis(NOW.0 + 9_000), tick(30, NOW.0 + 530));
    assert_eq!(
        at(behind.now(tick(30, NOW.0 + 530))),
        (NOW.0 + 9_000, ClockTrust::Counted)
    );
}

#[test]
fn sleep_is_seen_and_put_in_doubt() {
    let mut clock = GateClock::started(None, tick(0, NOW.0));
    clock.contact(NOW, tick(0, NOW.0));
    let hour = 3_600_000;
    assert_eq!(
        at(clock.now(tick(1_000, NOW.0 + hour))),
        (NOW.0 + hour, ClockTrust::Restarted)
    );
    let after = at(clock.now(tick(2_000, NOW.0 + hour + 1_000)));
    assert_eq!(after, (NOW.0 + hour + 1_000, ClockTrust::Restarted));
}

#[test]
fn an_old_message_says_nothing_and_a_new_one_mends_a_wrong_clock() {
    let mut clock = GateClock::started(None, tick(0, 0));
    clock.contact(NOW, tick(0, 0));
    clock.contact(Millis(NOW.0 - 1), tick(10, 10));
    assert_eq!(at(clock.now(tick(10, 10))).0, NOW.0 + 10);

    let ahead = 40 * MINUTE;
    let mut clock = GateClock::started(clock.seen(), tick(0, NOW.0 + ahead));
    assert_eq!(at(clock.now(tick(0, NOW.0 + ahead))).0, NOW.0 + ahead);
    let signed = Millis(NOW.0 + MINUTE);
    clock.contact(signed, tick(10, NOW.0 + ahead + 10));
    assert_eq!(
        at(clock.now(tick(10, NOW.0 + ahead + 10))),
        (signed.0, ClockTrust::Counted)
    );
}

#[test]
fn days_and_minutes_are_the_schools_own() {
    assert_eq!(day_at(NOW, 480), TODAY);
    assert_eq!(minute_at(NOW, 480), 7 * 60 + 14);
    let before_midnight = Millis(i64::from(TODAY.0) * 86_400_000 - 480 * MINUTE - 1);
    assert_eq!(day_at(before_midnight, 480), TODAY.plus(-1));
    assert_eq!(minute_at(before_midnight, 480), 24 * 60 - 1);
}

proptest! {
    /// Whatever the system's clock does, and however late signed times arrive, time never goes back while it is
    /// counted, and never behind the last signed time.
    #[test]
    fn time_never_goes_back(steps in prop::collection::vec((0_i64..50_000, -200_000_i64..200_000, prop::option::of(0_i64..3_000)), 1..60)) {
        let mut clock = GateClock::started(None, tick(0, NOW.0));
        clock.contact(NOW, tick(0, NOW.0));
        let (mut counted, mut system) = (0, NOW.0);
        let mut last = NOW;
        for (gone, shift, message) in steps {
            counted += gone;
            system += gone + shift;
            let tick = tick(counted, system);
            if let Some(delay) = message {
                let signed = Millis(NOW.0 + counted - delay);
                let before = clock.now(tick).unwrap();
                clock.contact(signed, tick);
                let after = clock.now(tick).unwrap();
                prop_assert!(after.at >= signed.min(before.at));
                prop_assert!(before.trust == ClockTrust::Restarted || after.at >= before.at);
                last = after.at;
            }
            let now = clock.now(tick).unwrap();
            prop_assert!(now.at >= last);
            prop_assert!(now.at >= clock.seen().unwrap().signed);
            last = now.at;
        }
    }

    /// A system's clock that is behind what was ever seen is never believed.
    #[test]
    fn a_clock_behind_is_unknown(behind in 1_i64..1 << 40) {
        let seen = LastSeen { signed: Millis(NOW.0 - 5), latest: NOW };
        let mut clock = GateClock::started(Some(seen), tick(0, NOW.0 - behind));
        prop_assert_eq!(clock.now(tick(10_000, NOW.0 + 10_000)), None);
    }
}
