//! The command line's own words in French: help, and what is said of a command line that cannot be understood.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

/// Puts the help of `command` and of its verbs into French.
pub fn in_french(command: Command) -> Command {
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading("Verbes")
        .subcommand_value_name("VERBE")
        .mut_args(arg_in_french)
        .mut_subcommands(in_french);
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("Montrer cette aide");
    let command = command.arg(help);
    if command.get_version().is_none() {
        return command;
    }
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    command.arg(version.help("Dire la version"))
}

/// Tells default, possible values and variable in the help itself, and not in clap's words.
fn arg_in_french(arg: Arg) -> Arg {
    if !arg.get_action().takes_values() {
        return arg;
    }
    let values = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let default = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let variable = arg.get_env().map(|name| name.to_string_lossy().into_owned()).into_iter().collect();
    let told: [(&str, Vec<String>); 3] = [("valeurs", values), ("défaut", default), ("variable", variable)];
    let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    for (name, told) in told.iter().filter(|(_, told)| !told.is_empty()) {
        help.push_str(&format!(" [{name}\u{a0}: {}]", told.join(", ")));
    }
    arg.help(help).hide_default_value(true).hide_possible_values(true).hide_env(true)
}

/// What is wrong with a command line, in one line; `None` for kinds that clap tells better itself.
pub fn complaint(error: &clap::Error) -> Option<String> {
    let context = |kind| error.get(kind).and_then(told);
    let arg = || context(ContextKind::InvalidArg);
    let value = || context(ContextKind::InvalidValue).unwrap_or_default();
    let mut complaint = match error.kind() {
        ErrorKind::UnknownArgument => format!("option inconnue : {}", arg()?),
        ErrorKind::InvalidSubcommand => format!("verbe inconnu : {}", context(ContextKind::InvalidSubcommand)?),
        ErrorKind::InvalidValue if value().is_empty() => format!("il manque une valeur à {}", arg()?),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("{} : valeur « {} » refusée", arg()?, value()),
        ErrorKind::MissingRequiredArgument => format!("il manque {}", arg()?),
        ErrorKind::ArgumentConflict => match (arg()?, context(ContextKind::PriorArg)) {
            (arg, Some(prior)) if prior == arg => format!("{arg} est donné deux fois"),
            (arg, Some(prior)) => format!("{arg} ne va pas avec {prior}"),
            (arg, None) => format!("{arg} ne va pas avec le reste"),
        },
        _ => return None,
    };
    if let Some(values) = context(ContextKind::ValidValue) {
        complaint.push_str(&format!(" ; possibles : {values}"));
    }
    let suggestions = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(suggested) = suggestions.into_iter().find_map(context) {
        complaint.push_str(&format!(" ; peut-être {suggested} ?"));
    }
    Some(complaint)
}

fn told(value: &ContextValue) -> Option<String> {
    match value {
        ContextValue::String(one) => Some(one.clone()),
        ContextValue::Strings(several) if !several.is_empty() => Some(several.join(", ")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::Cli;
    use super::*;

    #[track_caller]
    fn case(line: &str, expected: &str) {
        let error = in_french(Cli::command()).try_get_matches_from(line.split(' ')).unwrap_err();
        assert_eq!(complaint(&error).as_deref(), Some(expected), "{line}");
    }

    #[test]
    fn complaints() {
        case("veille serch x", "verbe inconnu : serch ; peut-être search ?");
        case("veille search --fomat json x", "option inconnue : --fomat ; peut-être --format ?");
        case(
            "veille facets --by chien",
            "--by <FACETTE> : valeur « chien » refusée ; possibles : company, topic, source, month",
        );
        case("veille facets --by", "il manque une valeur à --by <FACETTE> ; possibles : company, topic, source, month");
        case("veille search x -n beaucoup", "--limit <N> : valeur « beaucoup » refusée");
        case("veille eval", "il manque --queries <FICHIER>");
        case("veille search x -q -v", "--quiet ne va pas avec --verbose");
        case("veille search x --all --all", "--all est donné deux fois");
    }

    #[test]
    fn nothing_of_the_help_is_left_in_english() {
        let mut command = in_french(Cli::command());
        command.build();
        let verbs: Vec<_> = command.get_subcommands().cloned().collect();
        for mut verb in verbs.into_iter().chain([command]) {
            let help = verb.render_long_help().to_string();
            let english = ["default", "possible values", "Print", "Commands", "COMMAND", "env:"];
            assert!(!english.iter().any(|word| help.contains(word)), "{help}");
        }
    }
}
