//! What holds for every pass and for any bytes.

use super::*;
use crate::pass::claims;
use proptest::prelude::*;

prop_compose! {
    fn passes()(
        issuer in any::<u32>(), school in any::<u32>(), class in any::<u32>(), holder in any::<u64>(),
        name in "\\PC{0,3}", code in 0..4_i64, day in 0..=65_535_i32, serial in any::<u32>(),
        kind in 0..3_usize, issued in 0..4_200_000_000_i64, life in 1..=180_i64,
    ) -> Pass {
        let (code, day) = (Code::from_number(code), Day(day));
        Pass {
            issuer: IssuerId::draw(issuer), school, class, holder, name,
            says: [Says::Card { serial }, Says::Live { code, day }, Says::DayLetter { code, day }][kind],
            issued: Millis(issued * 1_000), expires: Millis((issued + life) * 1_000),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_was_signed_reads_back(pass in passes()) {
        let text = signer().sign(&pass).unwrap();
        let trusted = TrustedKey {
            issuer: pass.issuer, from: Millis(0), until: Millis(i64::MAX), ..key(&signer())
        };
        let verified = verify(&text, &KeyRing::new([trusted]), pass.issued).unwrap();
        prop_assert_eq!(verified.pass(), &pass);
    }

    #[test]
    fn nothing_that_is_read_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,300}") {
        prop_assert!(verify(&text_of(&bytes), &ring(), NOW).is_err());
        let behind_prefix = format!("{PREFIX}{text}");
        prop_assert!(verify(&behind_prefix, &ring(), NOW).is_err());
        prop_assert!(KeyExchange::open(&text, NOW).is_err());
    }

    /// Claims reach the reader only when signed; it must not fall over whatever a known issuer signs.
    #[test]
    fn strange_claims_are_malformed(payload in proptest::collection::vec(any::<u8>(), 0..90)) {
        prop_assert!(claims::read(&payload).is_err());
    }
}
