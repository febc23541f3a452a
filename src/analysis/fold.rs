//! Folding: accents and marks away, for matching only.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Returns `form` without accents, apostrophes and ampersands.
pub fn fold(form: &str) -> String {
    if form.is_ascii() {
        return form.chars().filter(|&c| !is_dropped(c)).collect();
    }
    let mut folded = String::with_capacity(form.len());
    for c in form.nfd().filter(|&c| !is_combining_mark(c) && !is_dropped(c)) {
        push_plain(&mut folded, c);
    }
    folded
}

/// Whether `form` is `surface` in lower case, byte for byte.
pub(super) fn is_same_letters(surface: &str, form: &str) -> bool {
    surface.eq_ignore_ascii_case(form)
}

fn is_dropped(c: char) -> bool {
    matches!(c, '\'' | '&')
}

/// Letters that Unicode does not decompose, as people type them without the right keyboard.
fn push_plain(folded: &mut String, c: char) {
    match c {
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' | 'ð' => folded.push('d'),
        'ı' => folded.push('i'),
        'ß' => folded.push_str("ss"),
        'þ' => folded.push_str("th"),
        _ => folded.push(c),
    }
}
