//! The release program as a process of its own, measured from outside as a person's machine would see it.

use crate::{Outcome, machine};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running `ministore`; killed when dropped.
pub struct Server {
    pub address: SocketAddr,
    /// From the start of the process to the line that says it listens.
    pub ready_after: Duration,
    child: Child,
}

impl Server {
    /// Starts `ministore MODE --listen 127.0.0.1:0 ARGUMENTS…`. What it logs to standard error is not shown.
    pub fn start(mode: &str, arguments: &[&str]) -> Outcome<Self> {
        let program = std::env::var_os("MINISTORE_BIN")
            .ok_or("MINISTORE_BIN is not set: start this with cargo xtask bench")?;
        let mut command = Command::new(program);
        command.args([mode, "--listen", "127.0.0.1:0"]).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        // Ministore takes MINISTORE_… for settings, and what is measured are its defaults.
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MINISTORE_"))
        {
            command.env_remove(name);
        }
        let started = Instant::now();
        let mut child = command.spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| address_in(&line));
        let ready_after = started.elapsed();
        let Some(address) = address else {
            let _ = child.kill();
            return Err(format!("ministore {mode} ended before it listened: {}", child.wait()?).into());
        };
        // What it prints later is read away, or the pipe would fill up and stop it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Self { address, ready_after, child })
    }

    /// Processor time taken up to now, user and system.
    pub fn processor_seconds(&self) -> Outcome<f64> {
        machine::processor_seconds(self.child.id())
    }

    /// Memory held right now, in MiB.
    pub fn memory_mib(&self) -> Option<u64> {
        self.status("VmRSS")
    }

    /// The most memory ever held, in MiB.
    pub fn peak_memory_mib(&self) -> Option<u64> {
        self.status("VmHWM")
    }

    fn status(&self, name: &str) -> Option<u64> {
        let line = machine::line_after(&format!("/proc/{}/status", self.child.id()), name)?;
        let kibibytes: u64 = line.split(' ').next()?.parse().ok()?;
        Some(kibibytes.div_ceil(1024))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, after) = line.split_once("listening on ")?;
    let after = after.strip_prefix("http://").or_else(|| after.strip_prefix("https://"))?;
    after.split(['/', ' ', '"']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_plain_and_structured_lines() {
        let expected: SocketAddr = "127.0.0.1:4711".parse().unwrap();
        assert_eq!(address_in("listening on http://127.0.0.1:4711"), Some(expected));
        assert_eq!(address_in("listening on https://127.0.0.1:4711"), Some(expected));
        assert_eq!(address_in("{\"message\":\"listening on http://127.0.0.1:4711\"}"), Some(expected));
        assert_eq!(address_in("listening soon"), None);
    }
}
