//! Whole files through [`read`]: formats, encodings, archives, limits, and what is told of each.

use std::io::Write;
use std::path::PathBuf;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use unicode_normalization::is_nfc;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

/// The articles of a file called `name`, and the kinds of its warnings; an error's kind comes last.
fn read_bytes(name: &str, bytes: &[u8]) -> (Vec<Article>, Vec<&'static str>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_path(path)
}

fn read_path(path: PathBuf) -> (Vec<Article>, Vec<&'static str>) {
    let (mut articles, mut kinds) = (Vec::new(), Vec::new());
    let result = read(&Source::file(path), &mut |item| {
        match item {
            Item::Article(article) => articles.push(article),
            Item::Warning(warning) => kinds.push(warning.reason.kind()),
        }
        ControlFlow::Continue(())
    });
    kinds.extend(result.err().map(|skipped| skipped.reason.kind()));
    (articles, kinds)
}

#[track_caller]
fn texts(name: &str, bytes: &[u8], expected: &[&str], kinds: &[&str]) {
    let (articles, told) = read_bytes(name, bytes);
    let texts: Vec<&str> = articles.iter().map(|article| article.text.as_str()).collect();
    assert_eq!((texts, told), (expected.to_vec(), kinds.to_vec()), "{name}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn json_lines_go_on_after_a_broken_line() {
    let lines = "{\"id\": \"a\", \"text\": \"Un.\"}\n{\"id\": \"b\", \"text\": \n\n{\"text\": \"\"}\n{\"id\": \"d\", \"text\": \"Quatre.\"}";
    texts("a.jsonl", lines.as_bytes(), &["Un.", "Quatre."], &["bad_json", "no_text"]);
}

#[test]
fn a_broken_line_is_told_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    std::fs::write(&path, "{\"text\": \"Un.\"}\n{broken\n").unwrap();
    let mut told = Vec::new();
    let _ = read(&Source::file(path), &mut |item| {
        if let Item::Warning(warning) = item {
            told.push(warning.to_string());
        }
        ControlFlow::Continue(())
    });
    assert_eq!(told[0], "a.jsonl:2: JSON incompris : faute de syntaxe, colonne 2");
}

#[test]
fn one_bad_byte_in_a_line_loses_nothing() {
    texts("a.jsonl", b"{\"text\": \"caf\xe9\"}\n{\"text\": \"th\xc3\xa9\"}\n", &["café", "thé"], &[]);
}

#[test]
fn json_in_other_shapes() {
    texts("a.json", b"[{\"text\": \"Un.\"},\n {\"text\": \"Deux.\"}, 3]", &["Un.", "Deux."], &["bad_json"]);
    texts("a.json", b"[{\"text\": \"Un.\"}, {\"text\": \"De", &["Un."], &["damaged"]);
    texts("a.json", b"{\n  \"texte\": \"Un.\"\n}\n", &["Un."], &[]);
    let feed = br#"{"version": "https://jsonfeed.org/version/1.1", "title": "Le Blog", "items": [
        {"id": "https://a.fr/1", "content_html": "<p>Un <b>texte</b>.</p>", "authors": [{"name": "A. B."}]}]}"#;
    let (articles, told) = read_bytes("feed.json", feed);
    assert_eq!((articles[0].text.as_str(), told.len()), ("Un texte.", 0));
    assert_eq!(articles[0].source.as_deref(), Some("Le Blog"));
    assert_eq!(articles[0].url.as_deref(), Some("https://a.fr/1"));
}

#[test]
fn csv_in_several_dialects() {
    texts("a.csv", b"titre,texte\nA,\"Un, deux\nsuite.\"\nB,\n", &["Un, deux\nsuite."], &["no_text"]);
    texts("a.csv", b"id;texte\n1;\xe9t\xe9\n", &["été"], &[]);
    texts("a.csv", b"x,y\n1,2\n", &[], &["unknown_format"]);
}

#[test]
fn utf16_is_read_in_every_format() {
    let utf16 =
        |text: &str| -> Vec<u8> { format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect() };
    texts("a.jsonl", &utf16("{\"text\": \"été\"}\n{\"text\": \"hiver\"}\n"), &["été", "hiver"], &[]);
    texts("a.txt", &utf16("L’été est là."), &["L’été est là."], &[]);
    texts("a.csv", &utf16("id\ttexte\n1\tété\n"), &["été"], &[]);
}

#[test]
fn zeros_and_stray_signs_make_no_binary_file_of_a_text() {
    texts(
        "a.txt",
        b"Un texte qui a souffert.\0 Un peu, mais il se lit encore.",
        &["Un texte qui a souffert. Un peu, mais il se lit encore."],
        &[],
    );
    texts("a.md", &[b"# T\n\nUn texte.".as_slice(), &[0; 300]].concat(), &["Un texte."], &[]);
    let all: Vec<u8> = (0..=255).collect();
    texts("a.txt", &all.repeat(9), &[], &["unknown_format"]);
}

#[test]
fn one_object_over_many_lines_is_one_whatever_the_ending() {
    texts("a.jsonl", b"{\n \"id\": \"a\",\n \"text\": \"Un.\"\n}\n", &["Un."], &[]);
}

#[test]
fn a_path_that_climbs_out_of_its_archive_is_a_name_like_another() {
    texts("a.zip", &zip(&[("../../a.txt", b"Un.")]), &["Un."], &[]);
}

#[test]
fn a_page_in_a_truncated_gzip_is_kept_as_far_as_it_goes() {
    let text: String = (0..3_000).map(|n| format!("Le mot {} et le suivant. ", n * 7_919 % 10_007)).collect();
    let packed = gzip(text.as_bytes());
    let (articles, told) = read_bytes("a.txt.gz", &packed[..packed.len() / 2]);
    assert_eq!((articles.len(), told), (1, vec!["damaged"]));
    assert!(articles[0].text.starts_with("Le mot 0 et") && articles[0].text.len() > 1_000);
}

#[test]
fn gzip_without_its_ending_is_opened() {
    texts("a.jsonl", &gzip(b"{\"text\": \"Un.\"}\n{\"text\": \"Deux.\"}\n"), &["Un.", "Deux."], &[]);
    texts("a.md.gz", &gzip(b"# Titre\n\nUn."), &["Un."], &[]);
}

#[test]
fn a_truncated_gzip_gives_what_it_has() {
    let lines: String =
        (0..20_000).map(|i| format!("{{\"text\": \"Article {i} {}.\"}}\n", i * 7919 % 10_007)).collect();
    let packed = gzip(lines.as_bytes());
    let (articles, told) = read_bytes("a.jsonl.gz", &packed[..packed.len() / 2]);
    assert!(articles.len() > 1_000 && told.last() == Some(&"damaged"), "{} {told:?}", articles.len());
}

#[test]
fn zip_holds_files_of_every_kind() {
    let bytes = zip(&[
        ("b/a.md", b"# T\n\nUn."),
        ("__MACOSX/x.md", b"rien"),
        ("a.jsonl", b"{\"text\": \"Deux.\"}"),
        ("image.png", b"\x89PNG\r\n"),
        ("in.zip", &zip(&[("c.txt", b"Trois.")])),
        ("d.txt.gz", &gzip(b"Quatre.")),
    ]);
    texts("a.zip", &bytes, &["Un.", "Deux.", "Trois.", "Quatre."], &["unknown_format"]);
    assert_eq!(read_bytes("a.zip", &bytes).0[0].path.as_deref(), Some("a.zip!b/a.md"));
}

/// A tar as GNU's program writes it.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in files {
        let long = name.len() > 100;
        if long {
            bytes.extend(tar_entry("././@LongLink", b'L', name.as_bytes()));
        }
        bytes.extend(tar_entry(&name[..name.len().min(100)], b'0', content));
    }
    bytes.extend([0; 1024]);
    bytes
}

fn tar_entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    block[148..156].copy_from_slice(b"        ");
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar  \0");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut bytes = [&block[..], content].concat();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

#[test]
fn tar_holds_files_of_every_kind_packed_or_not() {
    let long = format!("{}/c.txt", "dossier/".repeat(20));
    let bytes = tar(&[
        ("a.md", b"# T\n\nUn."),
        ("._a.md", b"rien"),
        ("b.jsonl", b"{\"text\": \"Deux.\"}"),
        (&long, b"Trois."),
        ("vide.txt", b""),
        ("d.eml", b"From: a@b.fr\nSubject: Quatre\n\nQuatre.\n"),
    ]);
    for (name, bytes) in [("a.tar", bytes.clone()), ("a.tar.gz", gzip(&bytes)), ("a.tgz", gzip(&bytes))] {
        texts(name, &bytes, &["Un.", "Deux.", "Trois.", "Quatre."], &["empty"]);
    }
    assert_eq!(read_bytes("a.tar", &bytes).0[2].path.as_deref(), Some(format!("a.tar!{long}").as_str()));
    let cut = &bytes[..bytes.len() - 2_200];
    let (articles, told) = read_bytes("a.tar", cut);
    assert_eq!((articles.len(), told.last()), (3, Some(&"damaged")));
}

#[test]
fn archives_nested_without_end_are_refused() {
    let mut bytes = zip(&[("a.txt", b"Un.")]);
    for _ in 0..4 {
        bytes = zip(&[("a.zip", &bytes)]);
    }
    texts("a.zip", &bytes, &[], &["nested_too_deep"]);
}

#[test]
fn a_bomb_is_refused() {
    let endless = vec![b'a'; 160 << 20];
    texts("a.txt.gz", &gzip(&endless), &[], &["bomb"]);
    let (_, told) = read_bytes("a.zip", &zip(&[("a.jsonl", &endless)]));
    assert_eq!(told.last(), Some(&"bomb"));
}

#[test]
fn what_holds_no_article_is_told() {
    texts("a.txt", b"", &[], &["empty"]);
    texts("a.txt", b" \n\n", &[], &["empty"]);
    texts("a.jsonl", b"\n", &[], &["empty"]);
    texts("a.pdf", b"%PDF-1.7 ...", &[], &["unknown_format"]);
    texts("a.html", b"<html><body><nav>Menu</nav></body></html>", &[], &["no_article"]);
    texts("a.xml", b"<rss><channel></channel></rss>", &[], &["bad_feed"]);
    texts("a.md", b"---\ntitle: x\n---\n", &[], &["no_text"]);
    texts("a.docx", &zip(&[("[Content_Types].xml", b"<Types/>")]), &[], &["unknown_format"]);
    assert_eq!(read_path("/nowhere/a.txt".into()).1, ["unreadable"]);
}

#[test]
fn the_receiver_may_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    std::fs::write(&path, "{\"text\": \"Un.\"}\n".repeat(10)).unwrap();
    let mut count = 0;
    let stopped = read(&Source::file(path), &mut |_| {
        count += 1;
        if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((count, stopped), (3, Ok(())));
}

#[test]
fn a_page_saved_as_xml_and_a_feed_saved_as_html_are_read() {
    let long = "Le groupe a signé mardi un contrat de six ans avec son fournisseur, selon un communiqué. ".repeat(4);
    let page = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE html><html><body><article><p>{long}</p></article></body></html>"
    );
    assert_eq!(read_bytes("a.xml", page.as_bytes()).0[0].text, long.trim());
    let feed = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss><channel><item><title>x</title><description>d\u{e9}j\u{e0}</description></item></channel></rss>";
    let latin1: Vec<u8> = feed.chars().map(|c| c as u8).collect();
    assert_eq!(read_bytes("a.html", &latin1).0[0].text, "déjà");
}

#[test]
fn entries_of_one_file_have_ids_of_their_own_and_keep_them() {
    let bytes = b"{\"text\": \"Un.\"}\n{\"text\": \"Un.\"}\n";
    let ids = || read_bytes("a.jsonl", bytes).0.into_iter().map(|article| article.id).collect::<Vec<_>>();
    assert_eq!(ids(), ids());
    assert_ne!(ids()[0], ids()[1]);
}

fn check(articles: &[Article]) -> Result<(), TestCaseError> {
    for article in articles {
        prop_assert!(is_nfc(&article.text) && is_nfc(&article.title));
        prop_assert!(!article.text.contains(|c: char| c.is_control() && c != '\n'));
        for span in &article.headings {
            let line = &article.text[span.clone()];
            prop_assert!(article.text.split('\n').any(|other| other.trim() == line));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_bytes_make_a_reader_panic(
        start in prop::sample::select(vec![
            "", "{", "[{", "<html><p>", "<rss><item>", "---\n", "+++\n", "titre;texte\n", "\u{feff}", "PK\u{3}\u{4}", "\u{1f}", "# ",
        ]),
        ending in prop::sample::select(vec!["txt", "md", "html", "xml", "jsonl", "json", "csv", "gz", "zip", ""]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let (articles, _) = read_bytes(&format!("a.{ending}"), &[start.as_bytes(), &bytes].concat());
        check(&articles)?;
    }

    #[test]
    fn gzip_of_any_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let (articles, _) = read_bytes("a", &[b"\x1f\x8b\x08", &bytes[..]].concat());
        check(&articles)?;
        check(&read_bytes("a", &gzip(&bytes)).0)?;
    }
}

#[test]
fn the_headers_of_a_server_are_no_part_of_its_page() {
    let prose = "La coopérative a signé mardi un contrat de six ans avec son fournisseur de machines. ".repeat(4);
    // As saved by `curl -i`, after a redirection, with a long head: what is sniffed holds no body.
    let scripts = "<script>var a = 1;</script>".repeat(3_000);
    let page = format!(
        "HTTP/2 301 \r\nlocation: /b\r\n\r\nHTTP/2 200 \r\ncontent-type: text/html\r\n\r\n<!DOCTYPE html><html><head>{scripts}\
        </head><body><p>{prose}</p></body></html>"
    );
    texts("page.html", page.as_bytes(), &[prose.trim()], &[]);
    texts("page.txt", page.as_bytes(), &[prose.trim()], &[]);
    texts("page.html", b"HTTP/2 403 \r\nserver: x\r\n\r\n", &[], &["empty"]);
}

#[test]
fn entries_with_a_summary_or_a_headline_only() {
    let feed = r#"{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "summary": "Court."}, {"id": "2", "title": "Un titre"}]}"#;
    texts("a.json", feed.as_bytes(), &["Court.", "Un titre"], &[]);
    texts("a.jsonl", "{\"title\": \"Un\", \"résumé\": \"Court.\"}".as_bytes(), &["Court."], &[]);
    texts("a.xml", b"<rss><item><title>Un accord</title></item></rss>", &["Un accord"], &[]);
    texts("composer.json", b"{\n\"name\": \"outil\", \"description\": \"Un outil.\"\n}", &[], &["no_text"]);
}
