//! Running other programs, showing what is run, and saying plainly why one failed.

use std::fmt;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

/// Why a chore stopped, in words for the person who started it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

pub type Outcome<T = ()> = Result<T, Failure>;

/// Cargo, the same one that runs us.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    without_own_package(&mut cargo);
    if std::env::var_os("CI").is_some() {
        // Nothing is compiled twice there, so the files that would make the second time faster only cost. It is
        // set for every build of a run: builds that differ in it do not share what they compile.
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

/// `cargo run` describes xtask itself in the environment; a build script further down that watches
/// one of these variables would be run again for nothing.
fn without_own_package(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "LD_LIBRARY_PATH"
        {
            command.env_remove(&name);
        }
    }
}

fn in_words(command: &Command) -> String {
    let mut words = Vec::new();
    let program = std::path::Path::new(command.get_program());
    words.push(program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned());
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

fn announce(command: &Command) {
    eprintln!("\n$ {}", in_words(command));
}

fn cannot_start(command: &Command, error: &io::Error) -> Failure {
    Failure::new(format!("`{}` could not be started: {error}", in_words(command)))
}

/// Runs to the end with our own terminal; anything but success is a failure.
pub fn succeed(command: &mut Command) -> Outcome {
    announce(command);
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` failed: {status}", in_words(command))))
}

/// Runs quietly and gives what it printed.
pub fn read(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{}` failed: {}", in_words(command), output.status)));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Failure::new(format!("`{}` printed something that is not UTF-8", in_words(command))))
}

/// Whether a program answers at all; used to ask if a tool is there.
pub fn answers(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What a program printed while it was also shown, and whether it succeeded.
pub struct Shown {
    pub succeeded: bool,
    pub out: String,
    pub err: String,
}

/// Runs to the end, showing every line as it comes and keeping it.
pub fn show_and_keep(command: &mut Command) -> Outcome<Shown> {
    announce(command);
    if io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(command, &error))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let copying_err =
        thread::spawn(move || err.map(|pipe| copy_lines(pipe, io::stderr())).unwrap_or_default());
    let out = out.map(|pipe| copy_lines(pipe, io::stdout())).unwrap_or_default();
    let err = copying_err.join().unwrap_or_default();
    Ok(Shown { succeeded: child.wait()?.success(), out, err })
}

fn copy_lines(pipe: impl Read, mut screen: impl Write) -> String {
    let mut kept = String::new();
    let mut lines = BufReader::new(pipe);
    let mut line = Vec::new();
    // A pipe that breaks, or a screen that is gone, ends the copy; the exit status tells the rest.
    while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let _ = screen.write_all(&line);
        let _ = screen.flush();
        kept.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    kept
}
