//! Turns bytes into text, whatever their encoding: byte order mark, UTF-8, declaration, then a guess.
//!
//! Bytes come in, text goes out, and whether some bytes fitted no encoding. No byte loses a file: what is no
//! UTF-8 in a UTF-8 text is read as Windows-1252, which is what mixed-up templates leave there.
//!
//! ```
//! use veille::extract::encoding::decode;
//! assert_eq!(decode("déjà".as_bytes()).text, "déjà");
//! assert_eq!(decode(b"le c\xbdur du r\xe9seau co\xfbte 10 \xa4").text, "le cœur du réseau coûte 10 €");
//! ```
//!
//! UTF-8 that is valid wins over any declaration: servers and templates declare ISO-8859-1 out of habit, and no
//! French text in that encoding is valid UTF-8 by accident.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Encoding, ISO_8859_15, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How far a declaration may stand from the beginning; browsers look at 1,024 bytes, saved pages put comments first.
const DECLARATION_BYTES: usize = 4_096;

/// What was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// Some bytes did not fit and were replaced one by one.
    pub damaged: bool,
}

/// Returns the text of `bytes`, without byte order mark.
pub fn decode(bytes: &[u8]) -> Decoded {
    // Before the byte order mark: that of UTF-16 opens that of UTF-32.
    if let Some(order) = utf32(bytes) {
        return decode_utf32(bytes, order);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return decode_as(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: unmangle(text).into_owned(), damaged: false },
        Err(_) if is_nearly_utf8(bytes) => decode_as(UTF_8, bytes),
        Err(_) => decode_as(declared(bytes).unwrap_or_else(|| guess(bytes)), bytes),
    }
}

/// Returns the text of one line or cell of a stream whose encoding nobody declares.
pub fn decode_piece(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(decode(bytes).text),
    }
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    if encoding == UTF_8 {
        return utf8_with_strays(bytes);
    }
    let (text, damaged) = between_latins(encoding, bytes).decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), damaged }
}

/// UTF-8 with its stray bytes read as Windows-1252.
fn utf8_with_strays(bytes: &[u8]) -> Decoded {
    let mut text = String::with_capacity(bytes.len());
    let mut damaged = false;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
        damaged |= !chunk.invalid().is_empty();
    }
    Decoded { text, damaged }
}

/// How many letters of UTF-8 there must be for each stray byte to call a text damaged UTF-8.
const UTF8_LETTERS_PER_STRAY: usize = 3;

fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (letters, strays) = bytes.utf8_chunks().fold((0, 0), |(letters, strays), chunk| {
        let long = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (letters + long, strays + usize::from(!chunk.invalid().is_empty()))
    });
    letters >= UTF8_LETTERS_PER_STRAY * strays
}

/// Western text in UTF-16 has a zero in every second byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(512)];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = head.len() / 3;
    if head.len() < 8 {
        None
    } else if odd > many && even == 0 {
        Some(UTF_16LE)
    } else if even > many && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// How four bytes make a character.
type Order = fn([u8; 4]) -> u32;

/// UTF-32 has a byte order mark, or text of which the two bytes above U+FFFF are always zero, the others never both.
fn utf32(bytes: &[u8]) -> Option<Order> {
    let head = &bytes[..bytes.len().min(512) & !3];
    let all = |high: usize, low: usize| {
        let fits = |four: &[u8]| four[high..high + 2] == [0, 0] && four[low..low + 2] != [0, 0];
        head.len() >= 8 && head.chunks(4).all(fits)
    };
    if bytes.starts_with(b"\xff\xfe\0\0") || all(2, 0) {
        Some(u32::from_le_bytes)
    } else if bytes.starts_with(b"\0\0\xfe\xff") || all(0, 2) {
        Some(u32::from_be_bytes)
    } else {
        None
    }
}

fn decode_utf32(bytes: &[u8], order: Order) -> Decoded {
    let code = |four: &[u8]| order(four.try_into().expect("chunks of four"));
    let char_of = |four| char::from_u32(code(four)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let text: String = bytes.chunks_exact(4).map(char_of).collect();
    let damaged = !bytes.len().is_multiple_of(4) || text.contains(char::REPLACEMENT_CHARACTER);
    Decoded { text: text.trim_start_matches('\u{feff}').to_owned(), damaged }
}

/// The encoding that an HTML or XML head declares.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_BYTES)]).to_ascii_lowercase();
    let label = |key: &str| {
        let after = head.split_once(key)?.1.trim_start_matches([' ', '=', '"', '\'']);
        let label = after.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))).next()?;
        Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_8)
    };
    label("charset").or_else(|| label("encoding="))
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if is_macintosh(bytes) {
        return MACINTOSH;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(Some(b"fr"), chardetng::Utf8Detection::Deny);
    // A short text proves nothing; here it is French.
    if bytes.iter().filter(|byte| !byte.is_ascii()).count() < MIN_GUESS_BYTES { WINDOWS_1252 } else { guessed }
}

/// Fewer bytes above 127 prove no exotic encoding.
const MIN_GUESS_BYTES: usize = 6;

/// é, è, ê, à, ç, ù, ô of old Macintosh files lie where Windows-1252 has rare signs.
fn is_macintosh(bytes: &[u8]) -> bool {
    let between_letters = |set: &[u8]| {
        let middle = |w: &&[u8]| w[0].is_ascii_alphabetic() && set.contains(&w[1]) && w[2].is_ascii_alphabetic();
        bytes.windows(3).filter(middle).count()
    };
    between_letters(b"\x8e\x8f\x90\x88\x8d\x9d\x99") > 2 * between_letters(b"\xe9\xe8\xea\xe0\xe7\xf9\xf4")
}

/// ISO-8859-15 is Windows-1252 but for eight signs: where these stand as French letters or as the euro, and
/// nothing stands where only Windows has signs, it is ISO-8859-15. Nobody writes ¤, nor ½ beside a letter.
fn between_latins(encoding: &'static Encoding, bytes: &[u8]) -> &'static Encoding {
    let windows_only = || bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
    let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let latin9 = |at: usize| match bytes[at] {
        0xa4 => true,
        0xbc | 0xbd => letter(bytes.get(at + 1)),
        _ => false,
    };
    if encoding == WINDOWS_1252 && !windows_only() && (0..bytes.len()).any(latin9) { ISO_8859_15 } else { encoding }
}

/// `Ã©` for `é`: UTF-8 read as Windows-1252 and written again. Undone in the whole text, else in the lines that
/// allow it.
fn unmangle(text: &str) -> Cow<'_, str> {
    let suspect =
        ["Ã©", "Ã¨", "Ã ", "Ã\u{a0}", "â€™", "Ãª"].iter().map(|sign| text.matches(sign).count()).sum::<usize>();
    if suspect < MIN_MANGLED {
        return Cow::Borrowed(text);
    }
    match read_again(text) {
        Some(restored) => Cow::Owned(restored),
        // A page put together of two: each line for itself.
        None => Cow::Owned(
            text.split_inclusive('\n').map(|line| read_again(line).map_or(Cow::Borrowed(line), Cow::Owned)).collect(),
        ),
    }
}

/// What the bytes of a text in Windows-1252 say in UTF-8, if they are that.
fn read_again(text: &str) -> Option<String> {
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    String::from_utf8(bytes.into_owned()).ok().filter(|_| !unmappable)
}

/// Fewer mangled letters may be an example in a text about encodings.
const MIN_MANGLED: usize = 3;

/// Wraps a stream in UTF-16 or UTF-32 so that it reads as UTF-8, and takes a byte order mark away; other streams pass.
pub(crate) fn utf8_stream<'a>(input: &'a mut dyn BufRead) -> io::Result<Box<dyn BufRead + 'a>> {
    let head = input.fill_buf()?;
    if let Some(order) = utf32(head) {
        return Ok(Box::new(BufReader::new(Utf32 { input, order, ready: Vec::new(), given: 0 })));
    }
    let (encoding, mark) = match Encoding::for_bom(head) {
        Some(found) => found,
        None => (utf16_without_mark(head).unwrap_or(UTF_8), 0),
    };
    input.consume(mark);
    if encoding == UTF_8 {
        return Ok(Box::new(input));
    }
    let decoder = encoding.new_decoder_without_bom_handling();
    Ok(Box::new(BufReader::new(Transcoded { input, decoder, ready: Vec::new(), given: 0, ended: false })))
}

struct Utf32<'a> {
    input: &'a mut dyn BufRead,
    order: Order,
    ready: Vec<u8>,
    given: usize,
}

impl Read for Utf32<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            let mut bytes = Vec::new();
            (&mut *self.input).take(UTF32_CHUNK_BYTES).read_to_end(&mut bytes)?;
            self.ready = decode_utf32(&bytes, self.order).text.into_bytes();
            self.given = 0;
        }
        let given = (&self.ready[self.given..]).read(out)?;
        self.given += given;
        Ok(given)
    }
}

/// Bytes of UTF-32 that are decoded at once: a multiple of four.
const UTF32_CHUNK_BYTES: u64 = 1 << 16;

struct Transcoded<'a> {
    input: &'a mut dyn BufRead,
    decoder: encoding_rs::Decoder,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl Read for Transcoded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            self.refill()?;
        }
        let given = (&self.ready[self.given..]).read(out)?;
        self.given += given;
        Ok(given)
    }
}

impl Transcoded<'_> {
    fn refill(&mut self) -> io::Result<()> {
        let bytes = self.input.fill_buf()?;
        self.ended = bytes.is_empty();
        let room = self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
        self.ready.resize(room, 0);
        let (_, read, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.ready, self.ended);
        self.ready.truncate(written);
        self.given = 0;
        self.input.consume(read);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "L’été, le cœur du réseau a coûté 10 € à l’État : « déjà trop », dit Noël.";

    #[track_caller]
    fn case(bytes: &[u8], expected: &str, damaged: bool) {
        assert_eq!(decode(bytes), Decoded { text: expected.into(), damaged });
    }

    fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn utf32_bytes(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
        text.chars().flat_map(|c| bytes(u32::from(c))).collect()
    }

    #[test]
    fn encodings_are_told_apart() {
        case(TEXT.as_bytes(), TEXT, false);
        case(&[b"\xef\xbb\xbf", TEXT.as_bytes()].concat(), TEXT, false);
        case(&utf16(&format!("\u{feff}{TEXT}"), u16::to_le_bytes), TEXT, false);
        case(&utf16(&format!("\u{feff}{TEXT}"), u16::to_be_bytes), TEXT, false);
        case(&utf16(TEXT, u16::to_le_bytes), TEXT, false);
        case(&utf32_bytes(&format!("\u{feff}{TEXT}"), u32::to_le_bytes), TEXT, false);
        case(&utf32_bytes(&format!("\u{feff}{TEXT}"), u32::to_be_bytes), TEXT, false);
        case(&utf32_bytes(TEXT, u32::to_be_bytes), TEXT, false);
        case(b"\xff\xfe\0\0a\0\0\0\0\0\0\xff\0", "a\u{fffd}", true);
        case(&encoded(WINDOWS_1252, TEXT), TEXT, false);
        let straight = TEXT.replace('’', "'");
        case(&encoded(ISO_8859_15, &straight), &straight, false);
    }

    #[test]
    fn macintosh_files_are_read() {
        let bytes = b"Le minist\x8fre a d\x8ecid\x8e de crit\x8fres pr\x8ecis et de d\x8elais";
        case(bytes, "Le ministère a décidé de critères précis et de délais", false);
    }

    #[test]
    fn a_declaration_is_believed_where_the_bytes_allow_it() {
        case(b"<meta charset=\"iso-8859-2\"><p>\xb1", "<meta charset=\"iso-8859-2\"><p>ą", false);
        case(
            b"<?xml version='1.0' encoding='ISO-8859-1'?><p>\xe9t\xe9",
            "<?xml version='1.0' encoding='ISO-8859-1'?><p>été",
            false,
        );
        case("<meta charset=iso-8859-1><p>été".as_bytes(), "<meta charset=iso-8859-1><p>été", false);
    }

    #[test]
    fn declarations_that_lie_lose_nothing() {
        const BODY: &str = "<p>L’été dernier, la société a coûté 10 € à l’État";
        for (bytes, head) in [
            (encoded(WINDOWS_1252, BODY), "<meta charset=utf-8>"),
            (encoded(WINDOWS_1252, BODY), "<?xml version='1.0' encoding='UTF-8'?><meta charset=iso-8859-1>"),
            (encoded(WINDOWS_1252, BODY), "<?xml version='1.0' encoding='ISO-8859-1'?><script charset=utf-8></script>"),
            (encoded(WINDOWS_1252, BODY), ""),
            (BODY.into(), "<meta http-equiv=content-type content='text/html; charset=windows-1252'>"),
            (BODY.into(), "<?xml version='1.0' encoding='ISO-8859-15'?>"),
            (BODY.into(), ""),
        ] {
            case(&[head.as_bytes(), &bytes].concat(), &format!("{head}{BODY}"), false);
        }
    }

    #[test]
    fn one_bad_byte_loses_nothing() {
        case(b"\xc3\xa9t\xc3\xa9 \xc3\xa0 caf\xe9", "été à café", true);
    }

    #[test]
    fn a_text_encoded_twice_is_restored() {
        let twice = WINDOWS_1252.decode_without_bom_handling("L’été a été très chaud, déjà".as_bytes()).0.into_owned();
        case(twice.as_bytes(), "L’été a été très chaud, déjà", false);
        let mixed = format!("Déjà lu ✓\n{twice}\n");
        case(mixed.as_bytes(), "Déjà lu ✓\nL’été a été très chaud, déjà\n", false);
    }

    #[test]
    fn a_stream_in_utf16_reads_as_utf8() {
        let bytes = utf16(&format!("\u{feff}{}", TEXT.repeat(300)), u16::to_be_bytes);
        let mut input = BufReader::with_capacity(7, &bytes[..]);
        let mut text = String::new();
        utf8_stream(&mut input).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, TEXT.repeat(300));
        let bytes = utf32_bytes(&format!("\u{feff}{}", TEXT.repeat(3_000)), u32::to_le_bytes);
        let mut input = BufReader::with_capacity(1_000, &bytes[..]);
        let mut text = String::new();
        utf8_stream(&mut input).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, TEXT.repeat(3_000));
    }

    proptest! {
        #[test]
        fn bytes_never_panic_and_utf8_is_kept(bytes in any::<Vec<u8>>(), text in "[a-zé’ ]{0,60}") {
            let _ = decode(&bytes);
            prop_assert_eq!(decode(text.as_bytes()).text, text);
        }
    }
}
