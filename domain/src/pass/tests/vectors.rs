//! Published examples, the longest pass, and the document.

use super::*;
use base64::Engine as _;
use coset::{CoseSign1, TaggedCborSerializable as _};

/// The longest that each field can be.
fn longest() -> [Pass; 3] {
    let wide = Pass {
        issuer: IssuerId::draw(899_999_999),
        school: u32::MAX,
        class: u32::MAX,
        holder: u64::MAX,
        name: "𠮷𠮷𠮷".into(),
        issued: Millis(4_200_000_000_000),
        ..live()
    };
    [
        Says::Card { serial: u32::MAX },
        Says::Live {
            code: Code::Red,
            day: Day(65_535),
        },
        Says::DayLetter {
            code: Code::Red,
            day: Day(65_535),
        },
    ]
    .map(|says| Pass {
        says,
        expires: Millis(wide.issued.0 + says.kind().longest().0),
        ..wide.clone()
    })
}

#[test]
fn the_longest_pass_fits_version_11_with_correction_q() {
    for pass in longest() {
        assert_eq!(pass.name.len(), crate::identity::MASKED_NAME_MAX);
        let text = signer().sign(&pass).unwrap();
        assert!(text.len() <= CHARACTERS_MAX, "{}", text.len());
        let version = qrcode::Version::Normal(11);
        qrcode::QrCode::with_version(&text, version, qrcode::EcLevel::Q).unwrap();
    }
}

#[test]
fn a_reader_of_qr_codes_reads_each_kind_back() {
    for pass in longest().into_iter().chain([live(), card(1), letter()]) {
        let text = signer().sign(&pass).unwrap();
        let code = qrcode::QrCode::with_error_correction_level(&text, qrcode::EcLevel::Q).unwrap();
        let (side, quiet, scale) = (code.width(), 4, 4);
        let size = (side + 2 * quiet) * scale;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, |x, y| {
            let at = |v: usize| (v / scale).checked_sub(quiet).filter(|v| *v < side);
            match (at(x), at(y)) {
                (Some(x), Some(y)) if code[(x, y)] == qrcode::Color::Dark => 0,
                _ => 255,
            }
        });
        let grids = image.detect_grids();
        assert_eq!(grids[0].decode().unwrap().1, text);
    }
}

#[test]
fn the_examples_of_base45_hold() {
    // RFC 9285, sections 4.3, 4.4 and 6.
    for (plain, encoded) in [
        ("AB", "BB8"),
        ("Hello!!", "%69 VD92EX0"),
        ("base-45", "UJCLQE7W581"),
        ("ietf!", "QED8WEX0"),
    ] {
        assert_eq!(base45::encode(plain), encoded);
        assert_eq!(base45::decode(encoded).unwrap(), plain.as_bytes());
    }
    assert_eq!(base45::decode("FGW").unwrap(), [0xff, 0xff]);
    assert_eq!(refusal("FX1:GGW", &ring(), NOW), PassRefusal::Malformed);
    // Two characters that stand for more than one byte, which some decoders read.
    assert_eq!(refusal("FX1:::", &ring(), NOW), PassRefusal::Malformed);
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn the_examples_of_cose_hold() {
    // RFC 9052, appendix C.2.1: well formed, signed with ES256, and therefore not accepted as a pass.
    let es256 = hex(
        "d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c
         083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36",
    );
    let sign1 = CoseSign1::from_tagged_slice(&es256).unwrap();
    assert_eq!(
        sign1.tbs_data(&[]),
        hex("846a5369676e61747572653143a101264054546869732069732074686520636f6e74656e742e")
    );
    assert_eq!(
        refusal(&text_of(&es256), &ring(), NOW),
        PassRefusal::WrongAlgorithm
    );
    // The working group's example eddsa-sig-01, with the first key of RFC 8032, section 7.1: our signer gives the
    // very same signature.
    let key = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let signer = PassSigner::from_secret(key.as_slice().try_into().unwrap());
    let eddsa = hex(
        "d28445a201270300a10442313154546869732069732074686520636f6e74656e742e58407142fd2ff96d56db85bee905a76ba1d0b7321a95
         c8c4d3607c5781932b7afb8711497dfa751bf40b58b3bcc32300b1487f3db34085eef013bf08f4a44d6fef0d",
    );
    let sign1 = CoseSign1::from_tagged_slice(&eddsa).unwrap();
    assert_eq!(
        signer.sign_bytes(&sign1.tbs_data(&[])).as_slice(),
        sign1.signature
    );
}

#[test]
fn the_example_of_cwt_is_read_and_is_no_pass() {
    // RFC 8392, appendix A.1.
    let claims = hex(
        "a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a2f2f6c696768742e6578616d706c
         652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b71",
    );
    assert_eq!(
        crate::pass::claims::read(&claims),
        Err(PassRefusal::OtherAudience)
    );
}

#[test]
fn a_key_has_the_thumbprint_of_rfc_8037() {
    // RFC 8037, appendix A.3.
    let key = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let key = ed25519_dalek::VerifyingKey::from_bytes(key.as_slice().try_into().unwrap()).unwrap();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    assert_eq!(
        engine.encode(crate::pass::keys::thumbprint(&key)),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
    assert_eq!(KeyId::of(&key).to_string().parse(), Ok(KeyId::of(&key)));
}

/// `docs/PASS.md` shows a pass, its bytes, its key and every refusal: they are those of this program.
#[test]
fn the_document_shows_what_the_program_does() {
    let document = include_str!("../../../../docs/PASS.md");
    let text = signer().sign(&live()).unwrap();
    assert!(document.contains(&text), "{text}");
    let hex: String = bytes_of(&text).iter().map(|b| format!("{b:02x}")).collect();
    let lines: Vec<_> = hex
        .as_bytes()
        .chunks(96)
        .map(String::from_utf8_lossy)
        .collect();
    assert!(document.contains(&lines.join("\n")), "{}", lines.join("\n"));
    let jwk = serde_json::to_string_pretty(&Jwk::from(&key(&signer()))).unwrap();
    assert!(document.contains(&jwk), "{jwk}");
    let refusals: Vec<_> = PassRefusal::ALL
        .iter()
        .map(|r| {
            let (zh, en) = (r.text(crate::Lang::Zh), r.text(crate::Lang::En));
            format!("| `{}` | {en} | {zh} |", r.code())
        })
        .collect();
    assert!(
        document.contains(&refusals.join("\n")),
        "{}",
        refusals.join("\n")
    );
}
