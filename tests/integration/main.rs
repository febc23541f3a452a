//! What the program and the library promise, feature by feature. The program's tests run the real binary in a folder
//! of their own; the library's tests call the public API as a later front end would.
//!
//! Two variables make the suite longer, `VEILLE_TORTURE_ROUNDS` and `VEILLE_TORTURE_ARTICLES` (rounds of the crash test and
//! the size of its corpus); nothing else is read from the environment.

mod damage;
mod disk_full;
mod env;
mod filters;
mod incremental;
mod json;
mod library;
mod quality;
mod readme;
mod search;
mod snapshots;
mod statuses;
mod syntax;
mod torture;
mod verbs;
mod watch;
