//! What the tests need from the machine: installed through apt as root, else named with the command.

use crate::command::{self, Failure, Outcome};
use crate::postgres;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    Postgres,
    Nats,
    Chromium,
    Node,
    Npm,
    /// Without them Chinese pages are photographed as empty boxes.
    ChineseFonts,
    /// An encoder as hosts use them, for the tests of live video.
    Ffmpeg,
    /// The peer that live rooms are measured beside.
    Nginx,
    Nchan,
    /// The peer that live video is measured beside.
    NginxRtmp,
}

/// What the journeys in a browser need.
pub const OF_JOURNEYS: [Need; 4] = [Need::Chromium, Need::Node, Need::Npm, Need::ChineseFonts];

/// What the bench of live rooms needs.
pub const OF_ROOM_BENCH: [Need; 2] = [Need::Nginx, Need::Nchan];

/// What the bench of live video needs.
pub const OF_LIVE_BENCH: [Need; 6] =
    [Need::Chromium, Need::Node, Need::Npm, Need::Ffmpeg, Need::Nginx, Need::NginxRtmp];

/// Where Debian's nginx keeps its modules.
const NCHAN: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";
const NGINX_RTMP: &str = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

/// The oldest Node.js the journeys are written for: Debian 12's.
const OLDEST_NODE: u32 = 18;

impl Need {
    fn is_met(self) -> bool {
        match self {
            Self::Postgres => postgres::programs().is_some(),
            Self::Nats => in_path("nats-server").is_some(),
            Self::Chromium => chromium().is_some(),
            Self::Node => node_version().is_some_and(|version| version >= OLDEST_NODE),
            Self::Npm => in_path("npm").is_some(),
            Self::ChineseFonts => {
                command::read(Command::new("fc-list").arg(":lang=zh-cn")).is_ok_and(|fonts| !fonts.is_empty())
            }
            Self::Ffmpeg => in_path("ffmpeg").is_some() && in_path("ffprobe").is_some(),
            Self::Nginx => in_path("nginx").is_some(),
            Self::Nchan => Path::new(NCHAN).exists(),
            Self::NginxRtmp => Path::new(NGINX_RTMP).exists(),
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL's server programs (initdb, pg_ctl, postgres)",
            Self::Nats => "nats-server",
            Self::Chromium => "Chromium",
            Self::Node => "Node.js 18 or newer",
            Self::Npm => "npm",
            Self::ChineseFonts => "a font with Chinese letters",
            Self::Ffmpeg => "ffmpeg and ffprobe",
            Self::Nginx => "nginx",
            Self::Nchan => "nginx's nchan module",
            Self::NginxRtmp => "nginx's RTMP module",
        }
    }

    fn debian_package(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::Nats => "nats-server",
            Self::Chromium => "chromium",
            Self::Node => "nodejs",
            Self::Npm => "npm",
            Self::ChineseFonts => "fonts-noto-cjk",
            Self::Ffmpeg => "ffmpeg",
            Self::Nginx => "nginx-light",
            Self::Nchan => "libnginx-mod-nchan",
            Self::NginxRtmp => "libnginx-mod-rtmp",
        }
    }
}

/// Makes sure that everything is there, or says exactly what is not and what to type.
pub fn meet(needs: &[Need]) -> Outcome {
    let missing = unmet(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let may_install = is_root() && in_path("apt-get").is_some();
    if may_install {
        eprintln!("Installing what is missing:\n{}", list(&missing));
        install(&missing)?;
    }
    let still = unmet(&missing);
    if still.is_empty() {
        return Ok(());
    }
    let advice = format!("apt-get update && apt-get install {}", packages(&still).join(" "));
    Err(Failure::new(format!("missing:\n{}\nOn Debian, as root: {advice}", list(&still))))
}

fn unmet(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !need.is_met()).collect()
}

fn list(needs: &[Need]) -> String {
    needs.iter().map(|need| format!("  - {}", need.in_words())).collect::<Vec<_>>().join("\n")
}

fn packages(needs: &[Need]) -> Vec<&'static str> {
    needs.iter().map(|need| need.debian_package()).collect()
}

fn install(missing: &[Need]) -> Outcome {
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    command::succeed(apt().args(["update", "--quiet"]))?;
    command::succeed(
        apt().args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages(missing)),
    )
}

fn is_root() -> bool {
    command::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The browser for the journeys: MINISTORE_CHROMIUM, or Debian's, or another one found in PATH.
pub fn chromium() -> Option<PathBuf> {
    if let Some(chosen) = std::env::var_os("MINISTORE_CHROMIUM") {
        return Some(PathBuf::from(chosen)).filter(|program| program.exists());
    }
    in_path("chromium").or_else(|| in_path("chromium-browser")).or_else(|| in_path("google-chrome"))
}

fn node_version() -> Option<u32> {
    in_path("node")?;
    let answer = command::read(Command::new("node").arg("--version")).ok()?;
    answer.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The first program of this name in PATH.
pub fn in_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}
