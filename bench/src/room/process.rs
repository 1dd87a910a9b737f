//! The servers that are compared, each as processes of their own, and what they take of the machine.

use crate::{Outcome, machine};
use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub const HUB: &str = "hub";
/// The first message of a viewer who comes for the first time.
pub const JOIN: &str = r#"{"type":"join","d":{}}"#;
/// Where Debian keeps it.
const NCHAN: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";
const READY_WITHIN: Duration = Duration::from_secs(20);

/// A running server; killed when dropped.
pub struct Served {
    pub name: &'static str,
    pub address: SocketAddr,
    /// What a viewer says first, if anything.
    pub join: &'static str,
    main: Child,
    /// Kept while it runs.
    _folder: Option<tempfile::TempDir>,
}

/// Our hub, in another process of this program.
pub fn start_hub() -> Outcome<Served> {
    let mut main =
        Command::new(std::env::current_exe()?).arg(super::SERVER).stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(main.stdout.take().ok_or("no standard output")?).lines();
    let mut addresses = lines.map_while(Result::ok).filter_map(|line| {
        line.split_once("listening on http://").and_then(|(_, address)| address.parse().ok())
    });
    let Some(address) = addresses.next() else {
        let _ = main.kill();
        return Err("the hub ended before it listened".into());
    };
    Ok(Served { name: HUB, address, join: JOIN, main, _folder: None })
}

/// nginx with nchan, set up as its manual shows for one channel.
pub fn start_nchan() -> Outcome<Served> {
    if !Path::new(NCHAN).exists() {
        return Err(format!("{NCHAN} is missing: apt-get install libnginx-mod-nchan").into());
    }
    let folder = tempfile::tempdir()?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let file = folder.path().join("nginx.conf");
    std::fs::write(&file, nchan_settings(port))?;
    let mut command = Command::new(machine::in_sbin("nginx"));
    command.arg("-p").arg(folder.path()).arg("-c").arg(&file).arg("-e").arg(folder.path().join("error.log"));
    let main = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let served = Served { name: "nchan", address, join: "", main, _folder: Some(folder) };
    let started = Instant::now();
    while TcpStream::connect(address).is_err() {
        if started.elapsed() > READY_WITHIN {
            return Err("nginx does not listen".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(served)
}

fn nchan_settings(port: u16) -> String {
    format!(
        "load_module {NCHAN};
worker_processes 1;
daemon off;
pid nginx.pid;
worker_rlimit_nofile 20000;
events {{ worker_connections 15000; }}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_requests 1000000;
  nchan_shared_memory_size 256M;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /pub {{
      nchan_publisher;
      nchan_channel_id room;
      nchan_message_buffer_length 50;
      nchan_message_timeout 5m;
    }}
    location = /ws {{
      nchan_subscriber websocket;
      nchan_channel_id room;
      nchan_subscriber_first_message newest;
    }}
  }}
}}
"
    )
}

impl Served {
    /// The process and those it has started.
    fn processes(&self) -> Vec<u32> {
        let main = self.main.id();
        let children = std::fs::read_to_string(format!("/proc/{main}/task/{main}/children"));
        let children = children.unwrap_or_default();
        std::iter::once(main).chain(children.split_whitespace().filter_map(|id| id.parse().ok())).collect()
    }

    /// Processor time that was taken up to now, user and system.
    pub fn processor_seconds(&self) -> Outcome<f64> {
        self.processes().into_iter().map(machine::processor_seconds).sum()
    }

    /// Memory that is held, with its share of what several processes hold together.
    pub fn memory_kib(&self) -> Outcome<f64> {
        let mut sum = 0.0;
        for process in self.processes() {
            let held = machine::line_after(&format!("/proc/{process}/smaps_rollup"), "Pss:");
            let held = held.ok_or("no proportional set size in /proc")?;
            sum += held.split(' ').next().unwrap_or_default().parse::<f64>()?;
        }
        Ok(sum)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        for process in self.processes().into_iter().rev() {
            if let Some(id) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
            }
        }
        let _ = self.main.wait();
    }
}
