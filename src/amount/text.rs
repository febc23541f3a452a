//! Steps over spaces, links and words of a text.

/// Spaces of any kind, one line end, or one hyphen (`demi-milliard`).
pub fn skip_gap(text: &str, at: usize) -> usize {
    let mut end = at;
    let mut lines = 0;
    for c in text[at..].chars() {
        lines += u32::from(c == '\n');
        if !is_space(c) && c != '\n' && !(c == '-' && end == at) || lines > 1 {
            break;
        }
        end += c.len_utf8();
    }
    end
}

/// `de`, `d'`, with the space behind.
pub fn skip_link(text: &str, at: usize) -> Option<usize> {
    let at = skip_gap(text, at);
    let rest = &text[at..];
    for link in ["d'", "d’", "dʼ", "d`", "D'", "D’"] {
        if rest.starts_with(link) {
            return Some(skip_gap(text, at + link.len()));
        }
    }
    let after = rest.strip_prefix("de").or_else(|| rest.strip_prefix("DE"))?;
    after.starts_with(is_space).then(|| skip_gap(text, at + 2))
}

/// Steps over one of the phrases, as whole words.
pub fn skip_phrase(text: &str, at: usize, phrases: &[&str]) -> Option<usize> {
    let start = skip_gap(text, at);
    let fits =
        |p: &&&str| text[start..].starts_with(**p) && !text[start + p.len()..].starts_with(char::is_alphanumeric);
    phrases.iter().find(fits).map(|p| start + p.len())
}

/// White space, and what stands for it.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{2060}' || c == '\u{FEFF}'
}

/// The letters at `at`.
pub fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    &rest[..end]
}

/// The end of the word or digits at `at`, at least one char further.
pub fn word_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    at + if end > 0 { end } else { rest.chars().next().map_or(0, char::len_utf8) }
}
