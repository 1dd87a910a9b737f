//! The peer: nginx with its RTMP module, HLS in fragments of a second, and a page that plays it by hls.js.

use crate::Outcome;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where Debian keeps it.
const MODULE: &str = "/usr/lib/nginx/modules/ngx_rtmp_module.so";
const READY_WITHIN: Duration = Duration::from_secs(20);
/// The product's own, so that both are played by the same.
const HLS_JS: &str = "crates/web/static/vendor/hls.light.js";

const PAGE: &str = "\
<!doctype html><meta charset=\"utf-8\"><title>nginx</title><video muted playsinline width=\"640\" height=\"360\"></video>
<script type=\"module\">
import Hls from './hls.light.js';
const video = document.querySelector('video');
const hls = new Hls();
hls.loadSource('/hls/clock.m3u8');
hls.attachMedia(video);
video.play();
</script>
";

/// A running nginx; stopped when dropped.
pub struct Nginx {
    child: Child,
    http: SocketAddr,
    rtmp: SocketAddr,
    folder: TempDir,
}

impl Nginx {
    pub fn start() -> Outcome<Self> {
        if !Path::new(MODULE).exists() {
            return Err(format!("{MODULE} is missing: apt-get install libnginx-mod-rtmp").into());
        }
        let folder = tempfile::tempdir()?;
        let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr();
        let (http, rtmp) = (free()?, free()?);
        let (file, site) = (folder.path().join("nginx.conf"), folder.path().join("site"));
        std::fs::write(&file, settings(http.port(), rtmp.port(), &site))?;
        std::fs::create_dir_all(site.join("hls"))?;
        std::fs::write(site.join("index.html"), PAGE)?;
        std::fs::copy(HLS_JS, site.join("hls.light.js"))?;
        let mut command = Command::new(crate::machine::in_sbin("nginx"));
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file);
        command.arg("-e").arg(folder.path().join("error.log"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
        let nginx = Self { child, http, rtmp, folder };
        wait_until(READY_WITHIN, "nginx does not listen", || TcpStream::connect(http).is_ok())?;
        Ok(nginx)
    }

    pub fn rtmp(&self) -> String {
        format!("rtmp://{}/live/clock", self.rtmp)
    }

    pub fn page(&self) -> String {
        format!("http://{}/", self.http)
    }

    /// Waits for its first fragments.
    pub fn wait_for(&self) -> Outcome {
        let playlist = self.folder.path().join("site/hls/clock.m3u8");
        wait_until(READY_WITHIN, "nginx has no playlist", || {
            std::fs::read_to_string(&playlist).is_ok_and(|text| text.matches("#EXTINF").count() >= 3)
        })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        if let Some(id) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

fn wait_until(within: Duration, else_said: &str, is_so: impl Fn() -> bool) -> Outcome {
    let started = Instant::now();
    while !is_so() {
        if started.elapsed() > within {
            return Err(else_said.into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn settings(http: u16, rtmp: u16, site: &Path) -> String {
    let site = site.display();
    // A worker of root's would become another user, who may not read a temporary folder.
    let user = if rustix::process::getuid().is_root() { "user root root;" } else { "" };
    format!(
        "load_module {MODULE};
{user}
worker_processes 1;
daemon off;
pid nginx.pid;
events {{ worker_connections 1000; }}
rtmp {{
  server {{
    listen 127.0.0.1:{rtmp};
    application live {{
      live on;
      hls on;
      hls_path {site}/hls;
      hls_fragment 1s;
      hls_playlist_length 10s;
    }}
  }}
}}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  types {{ text/html html; text/javascript js; application/vnd.apple.mpegurl m3u8; video/mp2t ts; }}
  server {{
    listen 127.0.0.1:{http};
    root {site};
    location /hls {{ add_header Cache-Control no-cache; }}
  }}
}}
"
    )
}
