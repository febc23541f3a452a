//! The cheap half of the gazetteer: id → name and parent, typed name → id.
//!
//! A search process shows names and reads `--company Google`; it must not pay for the tables of recognition.
//! [`Names::builtin`] therefore reads the compiled-in `companies.toml` line by line, keeping slices of it, without the
//! TOML parser; a test holds the two readings together.

use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// The gazetteer's text, as compiled in.
pub(super) const BUILTIN: &str = include_str!("companies.toml");

/// Names and ids of the companies.
#[derive(Debug, Default, Clone)]
pub struct Names {
    companies: Vec<Entry>,
    by_id: FxHashMap<String, usize>,
}

#[derive(Debug, Default, Clone)]
struct Entry {
    id: String,
    name: String,
    sector: String,
    parent: Option<String>,
    /// What people may type for it.
    forms: Vec<String>,
}

impl Names {
    /// The compiled-in table; read once for the process.
    pub fn builtin() -> &'static Names {
        static NAMES: OnceLock<Names> = OnceLock::new();
        NAMES.get_or_init(|| Names::read(BUILTIN))
    }

    /// The compiled-in table with a user's own entries over it.
    pub fn with_user(toml_text: &str) -> Names {
        let mut names = Names::builtin().clone();
        Names::read(toml_text).companies.into_iter().for_each(|entry| names.put(entry));
        names
    }

    /// The display name of a company.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|e| e.name.as_str())
    }

    /// The company that this one belongs to but is counted apart from (`waymo` is not here: it counts as `alphabet`).
    pub fn parent(&self, id: &str) -> Option<&str> {
        self.entry(id)?.parent.as_deref()
    }

    /// The field that the company works in (`telecom`, `ai`).
    pub fn sector(&self, id: &str) -> Option<&str> {
        self.entry(id).map(|e| e.sector.as_str())
    }

    /// Every id, in the order of the file.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.companies.iter().map(|e| e.id.as_str())
    }

    /// The id for what a person typed: an id, a name, a brand or an alias, whatever its case, accents and spaces.
    pub fn id_of(&self, typed: &str) -> Option<&str> {
        let wanted = squeeze(typed);
        let by = |hit: &dyn Fn(&Entry) -> bool| self.companies.iter().find(|e| hit(e)).map(|e| e.id.as_str());
        self.entry(typed)
            .map(|e| e.id.as_str())
            .or_else(|| by(&|e| squeeze(&e.id) == wanted || squeeze(&e.name) == wanted))
            .or_else(|| by(&|e| e.forms.iter().any(|f| squeeze(f) == wanted)))
    }

    fn entry(&self, id: &str) -> Option<&Entry> {
        self.by_id.get(id).map(|&i| &self.companies[i])
    }

    fn put(&mut self, entry: Entry) {
        match self.by_id.get(&entry.id) {
            Some(&i) => self.companies[i].merge(entry),
            None => {
                self.by_id.insert(entry.id.clone(), self.companies.len());
                self.companies.push(entry);
            }
        }
    }

    /// Reads the lines that it knows: `id`, `name`, `sector`, `parent` and the lists of forms.
    fn read(toml_text: &str) -> Names {
        let mut names = Names::default();
        let mut entry = Entry::default();
        for line in toml_text.lines() {
            if line == "[[company]]" && !entry.id.is_empty() {
                names.put(std::mem::take(&mut entry));
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            match key.trim_end() {
                "id" => entry.id = first_string(value),
                "name" => entry.name = first_string(value),
                "sector" => entry.sector = first_string(value),
                "parent" => entry.parent = Some(first_string(value)),
                "aliases" | "exact" | "products" | "former" | "forms" => {
                    entry.forms.extend(strings(value).map(str::to_owned))
                }
                _ => {}
            }
        }
        if !entry.id.is_empty() {
            names.put(entry);
        }
        names
    }
}

impl Entry {
    fn merge(&mut self, other: Entry) {
        if !other.name.is_empty() {
            self.name = other.name;
        }
        if !other.sector.is_empty() {
            self.sector = other.sector;
        }
        self.parent = other.parent.or(self.parent.take());
        self.forms.extend(other.forms);
    }
}

fn first_string(value: &str) -> String {
    strings(value).next().unwrap_or_default().to_owned()
}

fn strings(value: &str) -> impl Iterator<Item = &str> {
    value.split('"').skip(1).step_by(2)
}

/// Letters and digits alone, folded: `Hugging-Face` and `huggingface` are one.
fn squeeze(typed: &str) -> Vec<u8> {
    let words = crate::words::Words::of(typed);
    words.list.iter().flat_map(|w| words.folded(w).to_vec()).collect()
}
