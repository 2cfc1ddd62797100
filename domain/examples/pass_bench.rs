//! How long a pass takes, as JSON lines: signing and encoding it, verifying and parsing it, and bare Ed25519 in
//! the same run for comparison. Each line has its floor, where one is promised: the figure that must not be
//! exceeded. Run with `cargo run --release -p domain --example pass_bench`.

use domain::pass::{IssuerId, KeyRing, KeyScope, Kind, LIVE_FOR, Pass, PassSigner, Says};
use domain::pass::{TrustedKey, verify};
use domain::{Code, Day, Millis};
use ed25519_dalek::{Signer as _, SigningKey};
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

const BATCHES: u32 = 250;
const PER_BATCH: u32 = 20;
const SIGN_FLOOR_NS: u128 = 50_000;
const VERIFY_FLOOR_NS: u128 = 100_000;
const NOW: Millis = Millis(1_600_298_072_000);

fn main() -> Result<(), Box<dyn Error>> {
    let secret = [7; 32];
    let signer = PassSigner::from_secret(&secret);
    let issuer = IssuerId::draw(7);
    let pass = Pass {
        issuer,
        school: u32::MAX,
        class: u32::MAX,
        holder: u64::MAX,
        name: "欧阳*辰".into(),
        says: Says::Live {
            code: Code::Green,
            day: Day(18_522),
        },
        issued: NOW,
        expires: Millis(NOW.0 + LIVE_FOR.0),
    };
    let ring = KeyRing::new([TrustedKey {
        public: signer.public(),
        issuer,
        scope: KeyScope::of(Kind::ALL),
        from: NOW,
        until: pass.expires,
        revoked: None,
    }]);
    let text = signer.sign(&pass)?;
    verify(&text, &ring, NOW)?;

    let bare = SigningKey::from_bytes(&secret);
    let message = [3_u8; 120];
    let signature = bare.sign(&message);
    let public = bare.verifying_key();
    public.verify_strict(&message, &signature)?;

    measure("ed25519, bare signature", None, || {
        black_box(bare.sign(black_box(&message)));
    });
    measure("pass, sign and encode", Some(SIGN_FLOOR_NS), || {
        let _ = black_box(signer.sign(black_box(&pass)));
    });
    measure("ed25519, bare verification", None, || {
        let _ = black_box(public.verify_strict(black_box(&message), &signature));
    });
    measure("pass, verify and parse", Some(VERIFY_FLOOR_NS), || {
        let _ = black_box(verify(black_box(&text), &ring, NOW));
    });
    Ok(())
}

/// Prints the mean time of `run` in the best of many batches: what it costs while nothing else is running.
fn measure(name: &str, floor: Option<u128>, run: impl Fn()) {
    let mut best = u128::MAX;
    for _ in 0..BATCHES {
        #[expect(
            clippy::disallowed_methods,
            reason = "measuring is about the real clock"
        )]
        let begun = Instant::now();
        (0..PER_BATCH).for_each(|_| run());
        best = best.min(begun.elapsed().as_nanos());
    }
    let value = (best / u128::from(PER_BATCH)).max(1);
    let (floor, ratio) = match floor {
        Some(floor) => (
            floor.to_string(),
            format!("{}.{:02}", floor / value, floor * 100 / value % 100),
        ),
        None => ("null".into(), "null".into()),
    };
    println!(r#"{{"name":"{name}","value":{value},"unit":"ns","floor":{floor},"ratio":{ratio}}}"#);
}
