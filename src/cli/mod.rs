//! The command line: what the verbs are, and what is common to them.

mod analyze;
mod deals;
mod duplicates;
mod eval;
mod facets;
mod french;
mod index;
mod search;
mod select;
mod show;
mod status;
mod watch;

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use veille::company::{self, Gazetteer};
use veille::config::{COMPANIES_FILE, Config, DEFAULT_CORPUS, DEFAULT_INDEX};
use veille::index::{Index, damage_of, writer};
use veille::{Error, render};

/// The answer came, even if it is empty.
const DONE: u8 = 0;
/// Nothing was found, and `--exit-status` was given.
const NOTHING_FOUND: u8 = 1;
/// The command line cannot be understood.
const USAGE: u8 = 2;
/// There is no index, or one that this program cannot read.
const NO_INDEX: u8 = 3;
/// Another process writes the index.
const LOCKED: u8 = 4;
/// Files were skipped, and `--strict` was given.
const SKIPPED: u8 = 5;
/// A fault of the program.
const FAULT: u8 = 70;
/// Stopped by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Une veille technologique interrogeable : des passages classés, tirés d'un dossier d'articles de presse.
#[derive(Debug, Parser)]
#[command(name = "veille", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Exemples :
  veille search \"contrat cloud Meta Google\"
  veille search « intelligence artificielle » --company mistral-ai --since 2025
  veille facets --by company --company meta
  veille show 2025-08-22-meta-google-cloud#0

Statuts de sortie : 0 fait ; 1 rien trouvé (avec --exit-status) ; 2 mauvais usage ;
3 pas d'index lisible ; 4 un autre processus écrit l'index (--wait) ;
5 fichiers ignorés (avec --strict) ; 70 erreur interne ; 130 interrompu.";

#[derive(Debug, Args)]
struct Global {
    /// Dossier de l'index [défaut : index]
    #[arg(long, global = true, env = "VEILLE_INDEX", value_name = "DIR")]
    index: Option<PathBuf>,
    /// Dossier des articles [défaut : corpus]
    #[arg(long, global = true, env = "VEILLE_CORPUS", value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Couleurs (NO_COLOR est respecté)
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "QUAND")]
    color: Color,
    /// Se taire sur l'erreur standard, sauf erreurs
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Dire davantage
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Met l'index à jour avec les chemins donnés (par défaut : le corpus)
    #[command(alias = "indexer")]
    Index(index::IndexArgs),
    /// Reconstruit l'index à côté de l'ancien, puis le remplace d'un coup
    #[command(alias = "reconstruire")]
    Rebuild(index::IndexArgs),
    /// Cherche : des passages classés
    #[command(alias = "chercher")]
    Search(search::SearchArgs),
    /// Compte par entreprise, sujet, source ou mois
    #[command(alias = "facettes")]
    Facets(facets::FacetsArgs),
    /// Les contrats, levées de fonds et rachats chiffrés, du plus gros au plus petit
    #[command(alias = "contrats")]
    Deals(deals::DealsArgs),
    /// Montre un article, ou un passage et ses alentours
    #[command(alias = "lire")]
    Show(show::ShowArgs),
    /// Les groupes d'articles presque identiques
    #[command(alias = "doublons")]
    Duplicates(duplicates::DuplicatesArgs),
    /// Ce que le programme voit dans un texte : mots, entreprises, sujets, montants
    #[command(alias = "analyser")]
    Analyze(analyze::AnalyzeArgs),
    /// Mesure la qualité de la recherche sur des requêtes jugées
    #[command(alias = "evaluer")]
    Eval(eval::EvalArgs),
    /// Ce que contient l'index, comment il a été fait, ce qui a été ignoré
    #[command(alias = "etat")]
    Status(status::StatusArgs),
    /// Tient l'index à jour tant que le corpus change
    #[command(alias = "surveiller")]
    Watch(watch::WatchArgs),
}

/// Output that is one object for programs, or text for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// The paths and habits in force: flag, then environment, then `veille.toml`, then default.
struct Settings {
    index: PathBuf,
    corpus: PathBuf,
    /// The corpus was named: by a flag, in the environment, or in `veille.toml`.
    corpus_given: bool,
    companies: Option<PathBuf>,
    color: bool,
    quiet: bool,
    verbose: bool,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match parsed(std::env::args_os().map(as_word)) {
        Ok(cli) => cli,
        Err(status) => return ExitCode::from(status),
    };
    // Ctrl-C ends the process; the index is whole at every moment.
    let _ = ctrlc::set_handler(|| std::process::exit(INTERRUPTED));
    let outcome = Settings::of(&cli.global).and_then(|settings| guarded(cli.verb, &settings));
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_closed_pipe(&error) => ExitCode::from(DONE),
        Err(error) => {
            eprintln!("veille: {}", chain(&error));
            if let Some(hint) = error.downcast_ref::<Error>().and_then(Error::hint) {
                eprintln!("  → {hint}");
            }
            ExitCode::from(status(&error))
        }
    }
}

/// The command line, understood; else what is to be said of it is said, and the exit status is given.
fn parsed(args: impl Iterator<Item = OsString>) -> Result<Cli, u8> {
    let args: Vec<OsString> = args.collect();
    if let Ok(cli) = Cli::try_parse_from(&args) {
        return Ok(cli);
    }
    // Help and complaints are rare: their French is made only where it is read.
    let matches = french::in_french(Cli::command()).try_get_matches_from(&args);
    let error = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    match french::complaint(&error) {
        Some(complaint) => eprintln!("veille: {complaint}\n  → veille --help, ou --help après un verbe"),
        // A closed pipe is no trouble.
        None => drop(error.print()),
    }
    Err(if error.use_stderr() { USAGE } else { DONE })
}

/// Runs a verb. Where it fails for no reason that it can tell, the index is looked at whole: damage that the engine
/// stumbles over, or panics at, is told as damage.
fn guarded(verb: Verb, settings: &Settings) -> anyhow::Result<u8> {
    let panic = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&panic);
    std::panic::set_hook(Box::new(move |info| *told.lock().unwrap_or_else(PoisonError::into_inner) = info.to_string()));
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| run(verb, settings)));
    let outcome = outcome.unwrap_or_else(|_| {
        let told = panic.lock().unwrap_or_else(PoisonError::into_inner);
        Err(anyhow::anyhow!("faute du programme, à signaler : {told}"))
    });
    let unexplained = |error: &anyhow::Error| status(error) == FAULT && !is_closed_pipe(error);
    match outcome {
        Err(error) if unexplained(&error) => Err(damage(settings).map_or(error, anyhow::Error::from)),
        other => other,
    }
}

fn damage(settings: &Settings) -> Option<Error> {
    let hash = settings.gazetteer_hash().ok()?;
    let looked = std::panic::catch_unwind(|| Index::open(&settings.index, &hash).map(|index| index.damaged_files()));
    let reason = match looked {
        Ok(Ok(files)) if files.is_empty() => return None,
        Ok(Ok(files)) => damage_of(&files),
        Ok(Err(Error::Damaged { reason, .. })) => reason,
        Ok(Err(_)) => return None,
        Err(_) => "il ne s'ouvre pas".to_owned(),
    };
    Some(Error::Damaged { path: settings.index.clone(), reason })
}

/// An error and its causes, in one line and in French as far as they are known to us.
fn chain(error: &anyhow::Error) -> String {
    let told = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<io::Error>() {
        Some(error) => veille::error::io_text(error),
        None => cause.to_string(),
    };
    error.chain().map(told).collect::<Vec<_>>().join(" : ")
}

/// `-Amazon` excludes a word; it is no bundle of flags. A space before it keeps it from being taken for one.
fn as_word(arg: OsString) -> OsString {
    let word = arg.to_str().and_then(|arg| arg.strip_prefix('-')).filter(|rest| !rest.starts_with('-'));
    match word {
        Some(word) if word.chars().count() > 1 && !is_flags(word) => OsString::from(format!(" -{word}")),
        _ => arg,
    }
}

/// Flags of one letter may be bundled; `-n` may have its number with it.
fn is_flags(word: &str) -> bool {
    let count = |word: &str| word.strip_prefix('n').is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
    word.chars().all(|c| SHORT_FLAGS.contains(c)) || count(word)
}

const SHORT_FLAGS: &str = "qvhV";

fn run(verb: Verb, settings: &Settings) -> anyhow::Result<u8> {
    match verb {
        Verb::Index(args) => index::run(&args, settings, index::Mode::Update),
        Verb::Rebuild(args) => index::run(&args, settings, index::Mode::Rebuild),
        Verb::Search(args) => search::run(&args, settings),
        Verb::Facets(args) => facets::run(&args, settings),
        Verb::Deals(args) => deals::run(&args, settings),
        Verb::Show(args) => show::run(&args, settings),
        Verb::Duplicates(args) => duplicates::run(&args, settings),
        Verb::Analyze(args) => analyze::run(&args, settings),
        Verb::Eval(args) => eval::run(&args, settings),
        Verb::Status(args) => status::run(&args, settings),
        Verb::Watch(args) => watch::run(&args, settings),
    }
}

fn status(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<Error>() {
        Some(Error::NoIndex { .. } | Error::Mismatch { .. } | Error::Damaged { .. }) => NO_INDEX,
        Some(Error::Locked { .. }) => LOCKED,
        Some(Error::Usage(_) | Error::UnknownId { .. } | Error::Malformed { .. }) => USAGE,
        Some(Error::Io { action: "read", .. }) => USAGE,
        _ => FAULT,
    }
}

/// `veille search … | head` ends when head has enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}

impl Settings {
    fn of(global: &Global) -> anyhow::Result<Self> {
        let config = Config::read(Path::new("."))?;
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        };
        let path = |flag: &Option<PathBuf>, file: Option<PathBuf>, default: &str| {
            flag.clone().or(file).unwrap_or_else(|| PathBuf::from(default))
        };
        Ok(Self {
            index: path(&global.index, config.index, DEFAULT_INDEX),
            corpus_given: global.corpus.is_some() || config.corpus.is_some(),
            corpus: path(&global.corpus, config.corpus, DEFAULT_CORPUS),
            companies: config.companies,
            color,
            quiet: global.quiet,
            verbose: global.verbose,
        })
    }

    /// The gazetteer of one's own: the file that the settings name, else the one beside the articles.
    fn own_companies(&self) -> anyhow::Result<Option<(PathBuf, String)>> {
        let beside = self.corpus.join(COMPANIES_FILE);
        let path = match &self.companies {
            Some(path) => path.clone(),
            None if beside.is_file() => beside,
            None => return Ok(None),
        };
        let text = std::fs::read_to_string(&path).with_context(|| format!("impossible de lire {}", path.display()))?;
        Ok(Some((path, text)))
    }

    fn gazetteer(&self) -> anyhow::Result<Gazetteer> {
        Ok(match self.own_companies()? {
            Some((path, text)) => Gazetteer::with_user(&path, &text)?,
            None => Gazetteer::builtin(),
        })
    }

    /// The gazetteer for indexing; the topic cues, which the first article would wait for, are read beside it.
    fn gazetteer_and_cues(&self) -> anyhow::Result<Gazetteer> {
        std::thread::scope(|scope| {
            scope.spawn(veille::topic::prepare);
            self.gazetteer()
        })
    }

    fn names(&self) -> anyhow::Result<Cow<'static, company::Names>> {
        Ok(match self.own_companies()? {
            Some((_, text)) => Cow::Owned(company::Names::with_user(&text)),
            None => Cow::Borrowed(company::Names::builtin()),
        })
    }

    /// The hash of the gazetteer that this program would use, without building it.
    fn gazetteer_hash(&self) -> anyhow::Result<String> {
        Ok(company::gazetteer::hash_of(self.own_companies()?.as_ref().map(|(_, text)| text.as_str())))
    }

    /// What `index`, `rebuild`, `watch` and `--fresh` work on where no path is given: the corpus that was named, else
    /// the paths that the index was built from, else the corpus where it lies by default.
    fn paths(&self) -> Vec<PathBuf> {
        let recorded = || writer::roots(&self.index);
        match self.corpus_given {
            true => vec![self.corpus.clone()],
            false => recorded().unwrap_or_else(|| vec![self.corpus.clone()]),
        }
    }

    /// Opens the index, building it first if there is none and a corpus is there.
    fn open(&self) -> anyhow::Result<Index> {
        let hash = self.gazetteer_hash()?;
        match Index::open(&self.index, &hash) {
            Err(Error::NoIndex { .. }) if self.corpus.is_dir() => {
                self.say(&format!("pas encore d'index : indexation de {} …", self.corpus.display()));
                let options = writer::WriteOptions::default();
                let (corpus, gazetteer) = (std::slice::from_ref(&self.corpus), self.gazetteer_and_cues()?);
                let report = index::patiently(self, index::DEFAULT_WAIT, || {
                    writer::update(&self.index, corpus, &gazetteer, &options, &|_| {})
                })?;
                self.say(&render::text::built(&report));
                Ok(Index::open(&self.index, &hash)?)
            }
            other => Ok(other?),
        }
    }

    /// Talks to the person, on the error stream.
    fn say(&self, what: &str) {
        if !self.quiet {
            eprintln!("{what}");
        }
    }

    /// Says more, where more was asked for.
    fn say_more(&self, what: &str) {
        if self.verbose {
            eprintln!("{what}");
        }
    }
}

/// The answer's way out: locked, buffered, flushed once.
fn answer(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    write(&mut out)?;
    out.flush()?;
    Ok(())
}
