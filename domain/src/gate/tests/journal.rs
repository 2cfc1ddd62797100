//! What a device remembers of its day.

use super::*;

fn journal(acts: impl IntoIterator<Item = Act>) -> Journal {
    let mut journal = Journal::default();
    for (seq, act) in (1..).zip(acts) {
        let at = Millis(NOW.0 + i64::try_from(seq).unwrap() * MINUTE);
        journal.push(entry(seq, at, act));
    }
    journal
}

fn id(seq: u64) -> EntryId {
    EntryId(format!("{seq:032x}"))
}

fn reading(holder: u64, tenths: u16, first: Option<EntryId>) -> Act {
    Act::Reading {
        holder,
        tenths,
        first,
        by: "周敏".into(),
    }
}

#[test]
fn each_person_counts_once_by_their_last_verdict() {
    let journal = journal([
        scan(1, Verdict::Admit),
        scan(1, Verdict::Admit),
        scan(2, Verdict::ReportFirst),
        Act::Slip {
            holder: 2,
            tenths: 366,
        },
        scan(3, Verdict::Refuse),
        scan(5, Verdict::ReportFirst),
        Act::Refused {
            why: "expired".into(),
        },
        scan(6, Verdict::Admit),
        Act::Undo { of: id(8) },
        Act::Scan {
            holder: 7,
            shown: Shown::Card,
            direction: Direction::Out,
            verdict: Verdict::Admit,
        },
    ]);
    let counts = Counts {
        admitted: 2,
        refused: 1,
        report_first: 1,
        left: 1,
    };
    assert_eq!(journal.counts(), counts);
}

#[test]
fn an_undone_scan_takes_slip_and_readings_with_it() {
    let journal = journal([
        scan(2, Verdict::ReportFirst),
        reading(2, 378, None),
        reading(2, 366, Some(id(2))),
        Act::Slip {
            holder: 2,
            tenths: 366,
        },
        Act::Undo { of: id(1) },
    ]);
    assert!(journal.latest(10).is_empty());
    assert!(!journal.has_slip(2));
    assert_eq!(journal.came(2), None);
    assert_eq!(journal.measured(2, Span(MINUTE), 373), None);
}

#[test]
fn a_scan_of_before_stays_when_a_later_one_is_undone() {
    let journal = journal([
        scan(2, Verdict::ReportFirst),
        Act::Slip {
            holder: 2,
            tenths: 366,
        },
        scan(2, Verdict::Admit),
        Act::Undo { of: id(3) },
    ]);
    assert!(journal.has_slip(2));
    assert_eq!(journal.came(2), Some(Millis(NOW.0 + 2 * MINUTE)));
}

#[test]
fn those_who_wait_come_in_the_order_in_which_they_are_due() {
    let journal = journal([
        scan(2, Verdict::Admit),
        reading(2, 378, None),
        scan(1, Verdict::Admit),
        reading(1, 374, None),
        scan(3, Verdict::Admit),
        reading(3, 380, None),
        reading(3, 381, Some(id(6))),
    ]);
    let waiting = journal.waiting(Span(10 * MINUTE), 373);
    let holders: Vec<_> = waiting.iter().map(|w| (w.holder, w.due)).collect();
    assert_eq!(
        holders,
        [
            (2, Millis(NOW.0 + 12 * MINUTE)),
            (1, Millis(NOW.0 + 14 * MINUTE))
        ]
    );
    assert_eq!(journal.measured(3, Span(MINUTE), 373), Some(Measured::High));
}

#[test]
fn a_new_day_begins_with_an_empty_journal() {
    let yesterday = entry(1, Millis(NOW.0 - 86_400_000), scan(1, Verdict::Admit));
    let today = entry(2, NOW, scan(2, Verdict::Admit));
    let journal = Journal::of_day([yesterday, today.clone()], TODAY, 480);
    assert_eq!(journal.entries(), [today]);
}

#[test]
fn only_a_receipt_takes_an_entry_off_the_queue() {
    let waiting: Vec<_> = (1..=450)
        .map(|seq| entry(seq, NOW, scan(seq, Verdict::Admit)))
        .collect();
    let lot = next_lot(&waiting);
    assert_eq!((lot.len(), lot[0].seq), (LOT, 1));
    let receipt = |seq, state| Receipt { id: id(seq), state };
    let receipts = [
        receipt(1, ReceiptState::Kept),
        receipt(2, ReceiptState::Flagged),
        receipt(3, ReceiptState::Refused),
        receipt(449, ReceiptState::Kept),
    ];
    let settled: Vec<_> = settled(lot, &receipts).cloned().collect();
    assert_eq!(settled, [id(1), id(2), id(3)]);
    assert!(next_lot(&[]).is_empty());
}

#[test]
fn the_pause_grows_to_two_minutes_and_no_further() {
    let pauses: Vec<_> = (0..8).map(|n| pause(n).0 / 1_000).collect();
    assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 120, 120]);
    assert_eq!(pause(u32::MAX), Span(120_000));
}
