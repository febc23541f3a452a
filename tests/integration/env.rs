//! A folder of its own for each test, the program run in it, and what came out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A temporary folder with a `corpus`, where the program is run with `--index index --corpus corpus`.
pub struct TestEnv {
    folder: TempDir,
}

impl TestEnv {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("corpus")).unwrap();
        Self { folder }
    }

    /// An environment without even a corpus.
    pub fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Writes a file of the corpus.
    pub fn article(self, name: &str, text: &str) -> Self {
        self.write(name, text);
        self
    }

    /// Writes the desk's dozen of articles: what most tests ask.
    pub fn desk(self) -> Self {
        DESK.iter().fold(self, |env, (name, text)| env.article(name, text))
    }

    /// Indexes the corpus.
    #[track_caller]
    pub fn indexed(self) -> Self {
        self.run(["index", "-q"]).success();
        self
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.corpus().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.corpus().join(name)).unwrap();
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn corpus(&self) -> PathBuf {
        self.root().join("corpus")
    }

    pub fn index(&self) -> PathBuf {
        self.root().join("index")
    }

    /// The folder of the generation that answers.
    pub fn generation(&self) -> PathBuf {
        self.index().join(std::fs::read_to_string(self.index().join("current")).unwrap().trim())
    }

    /// The names of the generations in the index folder.
    pub fn generations(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.index()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("g-")).collect()
    }

    /// The program, ready to be run here: nothing of the caller's environment reaches it.
    pub fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.plain(["--index", "index", "--corpus", "corpus"]);
        command.args(args);
        command
    }

    /// The program without a corpus named: the index is `index`, as by default.
    pub fn plain<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("VEILLE_")) {
            command.env_remove(name);
        }
        command.env_remove("NO_COLOR").env("COLUMNS", "100").current_dir(self.root());
        command.args(args);
        command.stdin(Stdio::null());
        command
    }

    #[track_caller]
    pub fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Ran {
        Ran(self.command(args).output().unwrap())
    }

    /// Runs the program without a corpus named.
    #[track_caller]
    pub fn run_plain<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Ran {
        Ran(self.plain(args).output().unwrap())
    }

    /// Runs the program with `input` on its standard input.
    #[track_caller]
    pub fn run_with<'a>(&self, args: impl IntoIterator<Item = &'a str>, input: &str) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran(child.wait_with_output().unwrap())
    }

    /// Searches and returns the answer as one object.
    #[track_caller]
    pub fn search<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Value {
        self.run(["search", "--format", "json"].into_iter().chain(args)).success().json()
    }

    /// The ids of the articles found, best first, each once.
    #[track_caller]
    pub fn found<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut ids = Vec::new();
        for passage in array(&self.search(args)["passages"]) {
            let id = passage["article_id"].as_str().unwrap().to_owned();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The ids of the articles found, in the order of the alphabet.
    #[track_caller]
    pub fn found_any<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut ids = self.found(["--limit", "1000", "--duplicates"].into_iter().chain(args));
        ids.sort();
        ids
    }
}

/// What a run left.
pub struct Ran(pub Output);

impl Ran {
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap_or_else(|| panic!("ended by a signal: {:?}\n{}", self.0.status, self.err()))
    }

    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "stdout: {}\nstderr: {}", self.out(), self.err());
        self
    }

    #[track_caller]
    pub fn success(self) -> Self {
        self.expect(0)
    }

    pub fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("the answer is UTF-8")
    }

    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// The answer as one JSON object, alone on one line.
    #[track_caller]
    pub fn json(&self) -> Value {
        let out = self.out();
        assert_eq!(out.lines().count(), 1, "one object, one line: {out}");
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}"))
    }

    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        self.out().lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }
}

#[track_caller]
pub fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no array: {value}"))
}

/// The strings of an array.
#[track_caller]
pub fn strings(value: &Value) -> Vec<&str> {
    array(value).iter().map(|value| value.as_str().unwrap()).collect()
}

/// The span `[start, end]` of `value`.
#[track_caller]
pub fn span(value: &Value) -> std::ops::Range<usize> {
    let at = |k: usize| value[k].as_u64().unwrap_or_else(|| panic!("no span: {value}")) as usize;
    at(0)..at(1)
}

/// The answer without what differs from run to run.
pub fn timeless(mut answer: Value) -> Value {
    answer["took_us"] = 0.into();
    answer["index"] = Value::Null;
    answer
}

/// A Markdown article.
pub fn markdown(id: &str, title: &str, date: &str, source: &str, text: &str) -> String {
    format!("---\nid: {id}\ntitle: \"{title}\"\ndate: {date}\nsource: {source}\nlang: fr\n---\n\n{text}\n")
}

/// Invented articles on real companies: enough of each company, topic, outlet, month and sum to tell filters apart.
pub const DESK: [(&str, &str); 8] = [
    (
        "accord-cloud.md",
        "---\nid: accord-cloud\ntitle: \"Meta loue les serveurs de Google Cloud\"\ndate: 2025-08-22\nsource: La Lettre du cloud\nlang: fr\nauthor: Ada Petit\n---\n\nMeta a signé avec Google un contrat de services cloud de 10 milliards de dollars sur six ans, selon la presse américaine.\n\nLe groupe de Mark Zuckerberg manque de machines. Google Cloud lui fournira des serveurs et du stockage pendant toute la durée de l’accord.\n",
    ),
    (
        "accord-reprise.md",
        "---\nid: accord-reprise\ntitle: \"Meta loue les serveurs de Google Cloud\"\ndate: 2025-08-23\nsource: Le Relais\nlang: fr\n---\n\nMeta a signé avec Google un contrat de services cloud de 10 milliards de dollars sur six ans, selon la presse américaine.\n\nLe groupe de Mark Zuckerberg manque de machines. Google Cloud lui fournira des serveurs et du stockage pendant toute la durée de l’accord.\n",
    ),
    (
        "levee-mistral.md",
        "---\nid: levee-mistral\ntitle: \"Mistral AI lève 1,7 milliard d’euros\"\ndate: 2025-09-09\nsource: Le Relais\nlang: fr\n---\n\nLa jeune pousse française Mistral AI a levé 1,7 milliard d’euros auprès du néerlandais ASML, qui devient son premier actionnaire.\n\nCette levée de fonds valorise l’éditeur de modèles de langage à 11,7 milliards d’euros.\n",
    ),
    (
        "amende-apple.md",
        "---\nid: amende-apple\ntitle: \"Bruxelles inflige une amende à Apple\"\ndate: 2025-04-23\nsource: La Lettre du cloud\nlang: fr\n---\n\nLa Commission européenne a infligé à Apple une amende de 500 millions d’euros pour infraction au règlement sur les marchés numériques. Meta écope de 200 millions d’euros.\n",
    ),
    (
        "puces-nvidia.md",
        "---\nid: puces-nvidia\ntitle: \"Nvidia manque de mémoire pour ses puces\"\ndate: 2025-10-02\nsource: Le Relais\nlang: fr\n---\n\nLe fabricant de puces Nvidia peine à trouver de la mémoire pour ses processeurs graphiques. La pénurie de composants durera jusqu’en 2026, prévient le groupe.\n",
    ),
    (
        "panne.md",
        "---\nid: panne\ntitle: \"Une panne prive les abonnés de réseau\"\ndate: 2025-10-20\nsource: Gazette du réseau\nlang: fr\n---\n\nDes milliers d’abonnés ont perdu l’accès au réseau pendant toute la matinée. L’opérateur parle d’une erreur de configuration et présente ses excuses.\n",
    ),
    (
        "breves.jsonl",
        "{\"id\":\"breve-openai\",\"title\":\"OpenAI prépare un assistant vocal\",\"text\":\"OpenAI prépare un nouvel assistant vocal pour le grand public. Microsoft le proposera aussi dans ses logiciels.\",\"date\":\"2025-11-03\",\"source\":\"Gazette du réseau\",\"url\":\"https://gazette.example/openai\"}\n{\"id\":\"breve-sans-date\",\"text\":\"Un bref texte sans titre, ni date, ni source, qui parle de jardinage et de tomates.\"}\n",
    ),
    (
        "note.txt",
        "La fibre progresse\n\nLe nombre d’abonnements à la fibre a progressé de dix pour cent en un an, selon le régulateur des télécoms.\n",
    ),
];
