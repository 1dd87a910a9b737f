//! `cargo xtask postgres COMMAND…`: a throw-away PostgreSQL for as long as a command runs.

use crate::command::{self, Failure, Outcome};
use crate::needs::{self, Need};
use crate::workspace;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// The tests read the address of their PostgreSQL from this variable.
pub const ADDRESS_VARIABLE: &str = "MINISTORE_TEST_POSTGRES";

/// Another program may take the free port between our look and PostgreSQL's start.
const ATTEMPTS: u32 = 3;

pub fn run(arguments: &[String]) -> Outcome {
    let Some((program, rest)) = arguments.split_first() else {
        return Err(Failure::new("which command? For example: cargo xtask postgres cargo test -p db"));
    };
    needs::meet(&[Need::Postgres])?;
    let postgres = Postgres::start()?;
    command::succeed(Command::new(program).args(rest).env(ADDRESS_VARIABLE, &postgres.address))
}

/// A private cluster, stopped and removed when dropped.
pub struct Postgres {
    pub address: String,
    keeper: Child,
    /// While this is open the keeper lets PostgreSQL live.
    lifeline: Option<ChildStdin>,
}

impl Postgres {
    pub fn start() -> Outcome<Self> {
        let programs = programs().ok_or_else(|| Failure::new("PostgreSQL's programs are not installed"))?;
        let mut last = Failure::new("PostgreSQL was not tried");
        for _ in 0..ATTEMPTS {
            match Self::start_once(&programs) {
                Ok(postgres) => return Ok(postgres),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    fn start_once(programs: &Path) -> Outcome<Self> {
        let port = free_port()?;
        let password = random_word()?;
        let mut keeper = Command::new("sh")
            .arg(workspace::root().join("xtask/src/postgres.sh"))
            .arg(programs)
            .arg(port.to_string())
            // Ctrl-C in the terminal reaches xtask but not the keeper, who then has time to clean up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lifeline = keeper.stdin.take();
        if let Some(pipe) = &mut lifeline {
            writeln!(pipe, "{password}")?;
        }
        let mut answer = String::new();
        if let Some(pipe) = keeper.stdout.take() {
            BufReader::new(pipe).read_line(&mut answer)?;
        }
        if answer.trim() != "ready" {
            drop(lifeline);
            keeper.wait()?;
            return Err(Failure::new("PostgreSQL did not start; its own words are above"));
        }
        let address = format!("postgres://ministore:{password}@127.0.0.1:{port}/postgres");
        Ok(Self { address, keeper, lifeline })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.keeper.wait();
    }
}

/// The folder of the newest installed initdb, pg_ctl and postgres. Debian keeps them out of PATH.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| debian_folder(*version).join("initdb").exists())
        .max();
    if let Some(version) = newest {
        return Some(debian_folder(version));
    }
    needs::in_path("initdb").and_then(|program| program.parent().map(PathBuf::from))
}

fn debian_folder(version: u32) -> PathBuf {
    PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))
}

fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// 128 random bits in hexadecimal: other people on this machine may try the port too.
fn random_word() -> Outcome<String> {
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_need_no_escaping_and_differ() {
        let (one, other) = (random_word().unwrap(), random_word().unwrap());
        assert_eq!(one.len(), 32);
        assert!(one.chars().all(|letter| letter.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }
}
