//! End-to-end tests: the real binary against real shells, git repositories, validators and editors. What a lower level
//! can express is tested there; these prove the wiring.

mod catalog;
mod cli;
mod docs;
mod ebnf;
mod editors;
mod events;
mod examples;
mod export;
mod fmt;
mod grammar;
mod graph;
mod input;
mod lsp;
mod mend;
mod new;
mod pitfalls;
mod repo;
mod run;
mod run_conditions;
mod support;
mod vscode;
