//! Reads mails and mailboxes (EML, mbox), and web pages saved as mails (MHTML): one article a mail.
//!
//! Bytes come in, [`Record`]s go out: each part of a mail has an encoding of its own. The text is that of the HTML
//! part where there is one (the plain part of newsletters is made for machines that show none, and full of
//! addresses), else of the plain part. The sender is the outlet, the subject the title. Attachments are not read.
//!
//! ```
//! let mail = b"From: La Lettre <lettre@example.org>\nSubject: =?utf-8?q?Un_accord_sign=C3=A9?=\n\
//!     Date: Fri, 22 Aug 2025 00:30:00 +0200\nContent-Type: text/plain; charset=iso-8859-1\n\nMeta \xe9tend son contrat.\n";
//! let (record, _) = &veille::extract::eml::read(mail)[0];
//! let record = record.as_ref().unwrap();
//! assert_eq!((record.title.as_str(), record.source.as_str()), ("Un accord signé", "La Lettre"));
//! ```

use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::record::{Record, RecordText, short_hash};
use super::text::clean_line;
use super::{MAX_ENTRIES, Page, encoding, html, plain};
use crate::corpus::Reason;

/// Headers that open a mail, whatever comes before them; a page saved with the headers of its server has none.
const SIGNS: [&str; 8] =
    ["from", "subject", "message-id", "mime-version", "received", "return-path", "delivered-to", "x-mozilla-status"];

/// Headers looked at to tell a mail.
const HEAD_LINES: usize = 40;

/// How many of [`SIGNS`] there must be: a text may well begin with « From: ».
const MIN_SIGNS: usize = 2;

/// Tells whether a text begins like a mail: lines of headers, at least two of them a mail's own.
pub(crate) fn looks_like_mail(head: &str) -> bool {
    let lines = head.lines().skip_while(|line| line.starts_with("From ") || line.is_empty()).take(HEAD_LINES);
    let mut signs = Vec::new();
    for line in lines {
        if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else { break };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            break;
        }
        let name = name.to_ascii_lowercase();
        if let Some(sign) = SIGNS.iter().find(|sign| **sign == name).filter(|sign| !signs.contains(sign)) {
            signs.push(sign);
        }
    }
    signs.len() >= MIN_SIGNS
}

/// Reads the mails of a file, at most [`MAX_ENTRIES`] and one.
pub fn read(bytes: &[u8]) -> Vec<Page> {
    mails(bytes).into_iter().take(MAX_ENTRIES + 1).map(|mail| (record(mail), Vec::new())).collect()
}

/// A mailbox opens each mail with a line `From …` after an empty one; anything else is one mail.
fn mails(bytes: &[u8]) -> Vec<&[u8]> {
    if !bytes.starts_with(b"From ") {
        return vec![bytes];
    }
    let opens = |&at: &usize| {
        bytes[at..].starts_with(b"\nFrom ") && (bytes[..at].ends_with(b"\n") || bytes[..at].ends_with(b"\n\r"))
    };
    let starts: Vec<usize> = std::iter::once(0).chain((0..bytes.len()).filter(opens).map(|at| at + 1)).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(&start, end)| after_line(&bytes[start..end])).collect()
}

fn after_line(mail: &[u8]) -> &[u8] {
    let end = mail.iter().position(|byte| *byte == b'\n').map_or(mail.len(), |at| at + 1);
    &mail[end..]
}

fn record(bytes: &[u8]) -> Result<Record, Reason> {
    let mail = MessageParser::default().parse(bytes).ok_or(Reason::NoText)?;
    match saved_page(&mail) {
        Some((page, url)) => html::read(&page).0.map(|record| Record { url: first(record.url, url), ..record }),
        None => Ok(letter(&mail)),
    }
}

fn first(given: String, other: String) -> String {
    if given.is_empty() { other } else { given }
}

/// The page of an MHTML file and its address: browsers write where it was saved from.
fn saved_page(mail: &Message<'_>) -> Option<(String, String)> {
    let page = mail.parts.iter().find(|part| is_html(part))?;
    let address = page.content_location().map(str::trim).filter(|address| address.starts_with("http"))?;
    let whole = mail.content_type().is_some_and(|content| content.ctype().eq_ignore_ascii_case("multipart"));
    whole.then(|| (text_of(mail, page), address.to_owned()))
}

fn letter(mail: &Message<'_>) -> Record {
    let sender = mail.from().and_then(|from| from.first());
    let name = sender.and_then(|sender| sender.name()).map(clean_line).unwrap_or_default();
    let domain = sender.and_then(|sender| sender.address()?.rsplit_once('@')).map(|(_, domain)| domain.to_owned());
    Record {
        id: mail.message_id().map(short_hash).unwrap_or_default(),
        title: mail.subject().map(clean_line).unwrap_or_default(),
        text: letter_text(mail),
        source: first(name, domain.unwrap_or_default()),
        date: mail.date().map(|date| date.to_rfc3339()).unwrap_or_default(),
        ..Record::default()
    }
}

fn letter_text(mail: &Message<'_>) -> RecordText {
    let page = mail.parts.iter().find(|part| is_html(part)).map(|part| html::letter(&text_of(mail, part)));
    match page.filter(|body| body.text.contains(char::is_alphanumeric)) {
        Some(body) => RecordText::Marked(body),
        None => {
            let part = mail.parts.iter().find(|part| matches!(part.body, PartType::Text(_)));
            RecordText::Plain(part.map(|part| plain_text(&text_of(mail, part))).unwrap_or_default())
        }
    }
}

fn is_html(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::Html(_))
}

/// Lines broken at 72 columns are joined, and a signature is left out.
fn plain_text(raw: &str) -> String {
    let unix = raw.replace("\r\n", "\n");
    let text = unix.split("\n-- \n").next().unwrap_or_default();
    plain::unwrap_lines(super::text::clean(text).trim_matches('\n'))
}

/// The text of a part. Bytes that stand as they are may lack a declaration, or bear a wrong one: they are read as
/// those of any file.
fn text_of(mail: &Message<'_>, part: &MessagePart<'_>) -> String {
    let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return String::new() };
    let raw = mail.raw_message.get(part.raw_body_offset() as usize..part.raw_end_offset() as usize);
    match raw.filter(|_| part.encoding == Encoding::None) {
        Some(raw) => encoding::decode(raw).text,
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::text::Body;
    use proptest::prelude::*;

    fn one(mail: &str) -> Record {
        let mut pages = read(mail.replace('\n', "\r\n").as_bytes());
        assert_eq!(pages.len(), 1);
        pages.remove(0).0.unwrap()
    }

    fn text(record: &Record) -> &str {
        match &record.text {
            RecordText::Marked(Body { text, .. }) => text,
            RecordText::Plain(text) => text,
        }
    }

    #[test]
    fn a_newsletter_is_read_from_its_html_part() {
        let record = one(
            "Return-Path: <x@lettre.example>\nMIME-Version: 1.0\nFrom: =?utf-8?B?TGEgTGV0dHJlIGR1IGNsb3Vk?= <x@lettre.example>\n\
            Subject: Meta s'offre\n =?iso-8859-1?Q?_dix_ann=E9es?=\nDate: Fri, 22 Aug 2025 00:30:00 +0200\nMessage-ID: <1@x>\n\
            Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nVoir en ligne : https://x.example/a\n\
            --b\nContent-Type: text/html; charset=windows-1252\nContent-Transfer-Encoding: quoted-printable\n\n\
            <html><head><style>p{}</style></head><body><p><a href=3D\"u\">Voir dans le navigateur</a></p><table><tr><td><h2>L=92accord</h2>\
            <p>Meta =E9tend =\nson contrat.</p><p>Il porte sur dix ans.</p></td></tr></table><p>Se d=E9sabonner</p></body></html>\n--b--\n",
        );
        assert_eq!((record.title.as_str(), record.source.as_str()), ("Meta s'offre dix années", "La Lettre du cloud"));
        assert_eq!(text(&record), "L’accord\n\nMeta étend son contrat.\n\nIl porte sur dix ans.");
        assert_eq!(super::super::date::find(&record.date).unwrap().to_string(), "2025-08-22");
        assert!(!record.id.is_empty());
    }

    #[test]
    fn a_plain_mail_in_any_encoding() {
        let mail = b"From: a@b.example\nSubject: Note\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nL'\xe9t\xe9 arrive.\n\n-- \nA. B.\n";
        let record = read(mail).remove(0).0.unwrap();
        assert_eq!((text(&record), record.source.as_str()), ("L'été arrive.", "b.example"));
        let base64 = one(
            "From: a@b\nSubject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nTOKAmcOpdMOpLg==\n",
        );
        assert_eq!(text(&base64), "L’été.");
    }

    #[test]
    fn a_page_saved_by_a_browser_keeps_its_address() {
        let long = "Le groupe a sign=C3=A9 mardi un contrat de six ans avec son fournisseur. ".repeat(6);
        let record = one(&format!(
            "From: <Saved by Blink>\nSnapshot-Content-Location: https://a.example/b\nSubject: Un accord\nMIME-Version: 1.0\n\
            Content-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\n\n--b\nContent-Type: text/html\n\
            Content-Transfer-Encoding: quoted-printable\nContent-Location: https://a.example/b\n\n\
            <html><head><title>Un accord | Le Journal</title></head><body><nav>Menu</nav><article><p>{long}</p></article></body></html>\n\
            --b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Location: https://a.example/i\n\niVBO\n--b--\n"
        ));
        assert_eq!((record.title.as_str(), record.url.as_str()), ("Un accord", "https://a.example/b"));
        assert!(text(&record).starts_with("Le groupe a signé mardi") && !text(&record).contains("Menu"));
    }

    #[test]
    fn a_mailbox_holds_many() {
        let mbox = "From x Fri Aug 22 2025\nFrom: a@b\nSubject: Un\n\nPremier.\n\nFrom the start it was clear.\n\nFrom y Fri Aug 22 2025\nFrom: c@d\nSubject: Deux\n\nSecond.\n";
        let titles: Vec<String> = read(mbox.as_bytes()).into_iter().map(|(record, _)| record.unwrap().title).collect();
        assert_eq!((titles.first().unwrap().as_str(), titles.last().unwrap().as_str()), ("Un", "Deux"));
    }

    #[test]
    fn what_begins_like_a_mail() {
        assert!(looks_like_mail("From: a\nSubject: b\n\nTexte"));
        assert!(looks_like_mail("X-A: b\n c\nReceived: d\nMIME-Version: 1.0\n"));
        for text in
            ["From: a\n\nTexte", "Subject: x", "Titre : a\nDate: b\n", "Date: a\nContent-Type: text/html\n\n<html>"]
        {
            assert!(!looks_like_mail(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), head in prop::sample::select(vec![
            "From: a\nSubject: b\n\n", "From \n", "Content-Type: multipart/mixed; boundary=b\n\n--b\n", "Content-Transfer-Encoding: base64\n\n",
        ])) {
            let _ = read(&[head.as_bytes(), &bytes].concat());
        }
    }
}
