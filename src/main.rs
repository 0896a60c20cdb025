//! The command `probity`.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(probity::cli::run(std::env::args_os()))
}
