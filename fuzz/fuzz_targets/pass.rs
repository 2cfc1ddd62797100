//! Whatever somebody holds before a scanner: the decoder of passes answers with a reason and never panics.
#![no_main]

use domain::Millis;
use domain::pass::{Envelope, IssuerId, KeyExchange, KeyRing, KeyScope, Kind, PREFIX, PassSigner, TrustedKey, verify};
use libfuzzer_sys::fuzz_target;

const NOW: Millis = Millis(1_600_298_072_000);

fuzz_target!(|bytes: &[u8]| {
    let signer = PassSigner::from_secret(&[7; 32]);
    let ring = KeyRing::new([TrustedKey {
        public: signer.public(),
        issuer: IssuerId::draw(1),
        scope: KeyScope::of(Kind::ALL),
        from: Millis(0),
        until: Millis(i64::MAX),
        revoked: None,
    }]);
    // As text, and as the bytes behind a text that is spelled well.
    let spelled = format!("{PREFIX}{}", base45::encode(bytes));
    let _ = Envelope::parse(&spelled);
    assert!(verify(&spelled, &ring, NOW).is_err());
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(verify(text, &ring, NOW).is_err());
        let _ = KeyExchange::open(text, NOW);
    }
});
