//! The `firebell` binary: reads its arguments and hands over.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Two TLS stacks could each want to be the default; this process has one, on ring. It fails only when one is
    // installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    firebell::cli::main()
}
