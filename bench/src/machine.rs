//! What was measured on: without it a number means nothing.

use crate::Outcome;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Enough for a steady 99th percentile of the disk, and over in a second on a slow one.
const PROBES: usize = 200;
/// Files a process has open besides the sockets of those who ask it.
const OTHER_FILES: u64 = 500;
/// The unit of /proc/PID/stat's times on Linux, whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// One paragraph: cores, processor, memory, kernel, compiler, how busy the machine was before, and how long a forced
/// write takes in the folder that the bench keeps its data in.
pub fn describe(folder: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "Machine: {cores} cores of {}, {} memory, Linux {}, {}; load average before the run {}. Disk: {}, {}.",
        line_after("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unnamed processor".to_string()),
        memory().unwrap_or_else(|| "unknown".to_string()),
        fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim(),
        compiler().unwrap_or_else(|| "an unknown compiler".to_string()),
        load(),
        file_system(folder).unwrap_or_else(|| "unknown file system".to_string()),
        disk(folder).unwrap_or_else(|error| format!("not measured ({error})")),
    )
}

/// The value of the first `name : value` line of one of Linux's tables.
pub fn line_after(table: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(table).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_string())
}

/// Who else was at work: the last minute's average of processes that ran or waited.
pub fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_string()
}

/// The kind of file system the folder is on. On `tmpfs` nothing is ever on a disk, and a run there means nothing.
fn file_system(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let mounted = fields.filter(|fields| fields.len() > 2 && folder.starts_with(fields[1]));
    mounted.max_by_key(|fields| fields[1].len()).map(|fields| fields[2].to_string())
}

fn memory() -> Option<String> {
    let kibibytes: u64 = line_after("/proc/meminfo", "MemTotal")?.split(' ').next()?.parse().ok()?;
    Some(format!("{} GiB", kibibytes.div_ceil(1024 * 1024)))
}

fn compiler() -> Option<String> {
    let answer = Command::new("rustc").arg("--version").output().ok()?;
    let words = String::from_utf8(answer.stdout).ok()?;
    Some(words.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// How many appended pages of 4 KiB the disk takes in a second when each is forced out before the next.
pub fn synced_writes_per_second(folder: &Path) -> std::io::Result<f64> {
    let times = synced_writes(folder)?;
    Ok(times.len() as f64 / times.iter().sum::<Duration>().as_secs_f64())
}

/// The time to append 4 KiB and force it to disk, which bounds every durable commit.
fn disk(folder: &Path) -> std::io::Result<String> {
    let mut times = synced_writes(folder)?;
    times.sort();
    let at = |share: usize| times[(PROBES - 1) * share / 100];
    Ok(format!("4 KiB written and synced in {:.2?} (p50), {:.2?} (p99)", at(50), at(99)))
}

fn synced_writes(folder: &Path) -> std::io::Result<Vec<Duration>> {
    let path = folder.join(format!("ministore-bench-disk-{}", std::process::id()));
    let mut file = File::create(&path)?;
    let mut times: Vec<Duration> = Vec::with_capacity(PROBES);
    for _ in 0..PROBES {
        let started = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(started.elapsed());
    }
    fs::remove_file(&path)?;
    Ok(times)
}

/// Lets this process, and those that it starts, have so many sockets.
pub fn allow_files(sockets: usize) -> Outcome {
    let wanted = sockets as u64 + OTHER_FILES;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= wanted) {
        return Ok(());
    }
    if maximum.is_some_and(|maximum| maximum < wanted) {
        return Err(
            format!("a process may have only {maximum:?} open files here, and {wanted} are needed").into()
        );
    }
    Ok(setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum })?)
}

/// Processor time that a process has taken up to now, user and system.
pub fn processor_seconds(process: u32) -> Outcome<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, which may have spaces in it, ends with the last parenthesis; the times are fields 14 and 15.
    let (_, fields) = stat.rsplit_once(") ").ok_or("no such line in /proc")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    Ok((fields[11].parse::<u64>()? + fields[12].parse::<u64>()?) as f64 / TICKS_PER_SECOND)
}

/// Debian keeps servers where only root's PATH looks.
pub fn in_sbin(program: &str) -> String {
    let inside = format!("/usr/sbin/{program}");
    if Path::new(&inside).exists() { inside } else { program.to_owned() }
}
