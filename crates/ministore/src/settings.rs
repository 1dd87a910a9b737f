//! Settings: one commented TOML file in the data folder, the environment over it. A key nobody knows is refused by
//! its name, so a slip of the pen does not silently do nothing.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use broadcast::rtmp::push::Target;
use serde::Deserialize;
use web::Stage;

use crate::cli::Outcome;

/// The file as it is written for a new platform: every key, what it means, its default.
pub const COMMENTED: &str = include_str!("settings.toml");

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Settings {
    pub server: Server,
    pub tls: Tls,
    pub database: Database,
    pub bus: Bus,
    pub live: Live,
    pub platform: Platform,
    pub log: Log,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    pub role: Role,
    pub listen: String,
    pub base_url: String,
    pub secret: String,
}

/// What a process does where several share the work. All answer requests, if only for their health.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything.
    #[default]
    All,
    /// Pages and the API; video is asked of the processes that have it.
    Web,
    /// Tells events, meets deadlines, sweeps.
    Worker,
    /// Lets encoders and browsers send their video, and gives it out.
    Media,
}

impl Role {
    /// Whether video comes in here.
    pub const fn takes_video(self) -> bool {
        matches!(self, Role::All | Role::Media)
    }
    /// Whether it does what nobody asks for.
    pub const fn does_jobs(self) -> bool {
        matches!(self, Role::All | Role::Worker)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub self_signed: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    pub url: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bus {
    pub nats: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Live {
    pub enabled: bool,
    pub rtmp_listen: String,
    pub rtmp_url: String,
    pub rtc_listen: String,
    pub rtc_announce: String,
    pub whep: bool,
    pub kbps_max: u32,
    pub viewers_max: u32,
    pub webrtc_viewers_max: u32,
    pub sockets_max: u32,
    pub external_hls: String,
    pub external_rtmp: String,
    pub internal_url: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Platform {
    pub stage: Stage,
    pub commission_basis_points: u32,
    pub companies_may_apply: bool,
    pub self_employed_may_apply: bool,
    pub individuals_may_apply: bool,
    pub stores_per_licence: i64,
    pub stores_per_person: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            role: Role::All,
            listen: "127.0.0.1:8080".into(),
            base_url: String::new(),
            secret: String::new(),
        }
    }
}

impl Default for Live {
    fn default() -> Self {
        let (video, hub) = (broadcast::Limits::default(), live::hub::Limits::default());
        Self {
            enabled: true,
            rtmp_listen: String::new(),
            rtmp_url: String::new(),
            rtc_listen: String::new(),
            rtc_announce: String::new(),
            whep: true,
            kbps_max: video.kbps,
            viewers_max: video.viewers,
            webrtc_viewers_max: video.webrtc_viewers,
            sockets_max: u32::try_from(hub.sockets).unwrap_or(u32::MAX),
            external_hls: String::new(),
            external_rtmp: String::new(),
            internal_url: String::new(),
        }
    }
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            stage: Stage::Alpha,
            commission_basis_points: 60,
            companies_may_apply: true,
            self_employed_may_apply: true,
            individuals_may_apply: true,
            stores_per_licence: 50,
            stores_per_person: 3,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info,refinery_core=warn".into(), format: LogFormat::Text }
    }
}

impl Tls {
    fn has_files(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }

    /// How addresses of this server begin.
    pub fn scheme(&self) -> &'static str {
        if self.has_files() || self.self_signed { "https" } else { "http" }
    }

    /// What is needed to speak TLS, if that is asked for.
    pub fn open(&self, reachable: IpAddr) -> Outcome<Option<crate::tls::Tls>> {
        if self.has_files() {
            return crate::tls::Tls::from_files(&self.certificate, &self.key).map(Some);
        }
        self.self_signed.then(|| crate::tls::Tls::self_signed(reachable)).transpose()
    }
}

/// Variables that begin like settings and are none.
const NOT_SETTINGS: [&str; 2] = ["MINISTORE_DATA", "MINISTORE_TEST_POSTGRES"];
const PREFIX: &str = "MINISTORE_";

impl Settings {
    /// Reads the file, if it is there, and the environment over it.
    pub fn load(file: &Path) -> Outcome<Settings> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("{}: {error}", file.display()).into()),
        };
        let variables = std::env::vars().filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()));
        Self::read(&text, variables).map_err(|error| format!("{}: {error}", file.display()).into())
    }

    fn read(text: &str, variables: impl Iterator<Item = (String, String)>) -> Result<Settings, String> {
        let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        for (name, value) in variables {
            if let Some(key) = name.strip_prefix(PREFIX) {
                overlay(&mut table, &key.to_ascii_lowercase(), &value)
                    .ok_or(format!("{name} is not a setting"))?;
            }
        }
        let settings: Settings = table.try_into().map_err(|error: toml::de::Error| error.to_string())?;
        settings.check()?;
        Ok(settings)
    }

    /// Whether what is set goes together. Flags may have changed what was in the file.
    pub fn check(&self) -> Result<(), String> {
        let url = &self.server.base_url;
        let has_scheme = url.starts_with("http://") || url.starts_with("https://");
        if !url.is_empty() && (!has_scheme || url.ends_with('/')) {
            return Err("server.base_url: http://… or https://…, without a slash at the end".into());
        }
        if self.tls.has_files() == self.tls.key.as_os_str().is_empty() {
            return Err("tls.certificate and tls.key: give both files or none".into());
        }
        if self.tls.has_files() && self.tls.self_signed {
            return Err("tls.self_signed: not together with tls.certificate".into());
        }
        let external = &self.live.external_hls;
        if !external.is_empty() && (!external.starts_with("https://") || !external.contains("{room}")) {
            return Err("live.external_hls: https://… with {room} in it".into());
        }
        let onward = &self.live.external_rtmp;
        if !onward.is_empty() && (Target::parse(onward).is_none() || !onward.contains("{room}")) {
            return Err("live.external_rtmp: rtmp://host/application/… with {room} in it".into());
        }
        let internal = &self.live.internal_url;
        if !internal.is_empty() && (!internal.starts_with("http://") || internal.ends_with('/')) {
            return Err("live.internal_url: http://… without a slash at the end".into());
        }
        // Without the bus a room's viewers hear nothing of what other processes do, and without an address nobody can be
        // sent to the process that has the video.
        let is_split = self.live.enabled && self.server.role != Role::All;
        if is_split && self.bus.nats.is_empty() {
            return Err("bus.nats: needed for live rooms when server.role is not \"all\"".into());
        }
        if is_split && self.server.role.takes_video() && internal.is_empty() {
            return Err(
                "live.internal_url: needed where server.role is \"media\", for the others to find the video"
                    .into(),
            );
        }
        if self.platform.commission_basis_points > 10_000 {
            return Err("platform.commission_basis_points: at most 10000, which is 100 %".into());
        }
        if !self.server.secret.is_empty() && self.server.secret.len() < 32 {
            return Err("server.secret: at least 32 characters".into());
        }
        Ok(())
    }
}

/// Puts `SECTION_KEY=value` into the table, with the type that the commented file shows for it.
fn overlay(table: &mut toml::Table, name: &str, value: &str) -> Option<()> {
    let known: toml::Table = COMMENTED.parse().ok()?;
    let (section, key) = name.split_once('_')?;
    let shown = known.get(section)?.as_table()?.get(key)?;
    let value = match shown {
        toml::Value::Integer(_) => toml::Value::Integer(value.parse().ok()?),
        toml::Value::Boolean(_) => toml::Value::Boolean(value.parse().ok()?),
        _ => toml::Value::String(value.to_owned()),
    };
    let section = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    section.as_table_mut()?.insert(key.to_owned(), value);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        Settings::read(text, variables)
    }

    #[test]
    fn the_commented_file_shows_the_defaults() {
        let shown = format!("{:?}", read(COMMENTED, &[]).unwrap());
        assert_eq!(shown, format!("{:?}", Settings::default()));
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let settings = read(
            "[server]\nlisten = \"0.0.0.0:80\"",
            &[
                ("MINISTORE_SERVER_LISTEN", "[::]:443"),
                ("MINISTORE_PLATFORM_STORES_PER_PERSON", "7"),
                ("HOME", "/"),
            ],
        );
        let settings = settings.unwrap();
        assert_eq!(settings.server.listen, "[::]:443");
        assert_eq!(settings.platform.stores_per_person, 7);
    }

    #[test]
    fn a_part_of_the_work_needs_what_the_parts_are_joined_by() {
        let of = |role: &str, more: &[(&str, &str)]| {
            let mut variables = vec![("MINISTORE_SERVER_ROLE", role)];
            variables.extend_from_slice(more);
            read("", &variables).map(drop)
        };
        let bus = ("MINISTORE_BUS_NATS", "nats://10.0.0.5:4222");
        let own = ("MINISTORE_LIVE_INTERNAL_URL", "http://10.0.0.7:8080");
        for role in ["web", "worker", "media"] {
            let error = of(role, &[own]).unwrap_err();
            assert!(error.contains("bus.nats"), "{role}: {error}");
            assert_eq!(of(role, &[("MINISTORE_LIVE_ENABLED", "false")]), Ok(()), "{role} without live rooms");
            assert_eq!(of(role, &[bus, own]), Ok(()), "{role}");
        }
        assert!(of("media", &[bus]).unwrap_err().contains("live.internal_url"));
        assert_eq!(of("web", &[bus]), Ok(()), "it asks for video, and is asked for none");
        assert_eq!(of("all", &[]), Ok(()));
        let mut settings = Settings::default();
        settings.server.role = Role::Media;
        assert!(settings.check().is_err(), "a flag is checked as well");
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = read("[server]\nlissten = \"x\"", &[]).unwrap_err();
        assert!(error.contains("lissten"), "{error}");
        let error = read("", &[("MINISTORE_SERVER_LISSTEN", "x")]).unwrap_err();
        assert!(error.contains("MINISTORE_SERVER_LISSTEN"), "{error}");
        assert!(read("", &[("MINISTORE_PLATFORM_STORES_PER_PERSON", "many")]).is_err());
        assert!(read("[server]\nbase_url = \"ftp://x\"", &[]).is_err());
        assert!(read("[server]\nsecret = \"short\"", &[]).is_err());
        assert!(read("[tls]\ncertificate = \"chain.pem\"", &[]).is_err());
        assert!(read("[tls]\nkey = \"key.pem\"", &[]).is_err());
    }
}
