//! The language server alone, for trying it in an editor: `cargo run -p standpipe-lsp --example serve`.

fn main() {
    if let Err(error) = lsp::run_stdio() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
