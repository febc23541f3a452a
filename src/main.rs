//! The program `veille`: reads its arguments, calls the library, picks the exit status.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
