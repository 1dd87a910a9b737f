//! The server that is measured: the demo town as anyone starts it, with the limits raised that a crowd from one machine
//! would meet, and a store of it that goes live.

use super::ask::Site;
use crate::{Outcome, server::Server};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore, crypto::ring::default_provider, pki_types::CertificateDer,
};

const STORE: &str = "lantern";
/// Who of the demo's people owns it.
const HOST: &str = "who=merchant";
/// From the first picture that is sent to the first that can be watched.
const ON_AIR_WITHIN: Duration = Duration::from_secs(20);

/// What is not at its default: a crowd is in one room and comes from one machine.
const SETTINGS: &str = "[live]\nviewers_max = 100000\nwebrtc_viewers_max = 4000\n";

pub struct Town {
    pub server: Server,
    pub site: Site,
    /// The host's.
    cookie: String,
    _folder: TempDir,
}

/// How the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Http,
    Https,
}

/// A room that is live, and where to send its pictures.
pub struct Room {
    pub id: String,
    /// With the key.
    pub rtmp: String,
    pub whip: String,
    pub token: String,
}

impl Town {
    pub fn start(over: Over) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_string_lossy().into_owned();
        let (tls, settings) = match over {
            Over::Http => (None, SETTINGS.to_owned()),
            Over::Https => {
                let (tls, settings) = certify(folder.path())?;
                (Some(tls), format!("{SETTINGS}{settings}"))
            }
        };
        std::fs::write(folder.path().join("ministore.toml"), settings)?;
        let server = Server::start("demo", &["--quiet", "--data", &data])?;
        let site = Site { address: server.address, tls };
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = site.post("/demo/sign-in", &form, HOST.as_bytes())?.expect(303)?;
        let cookie = answer.header("set-cookie").ok_or("the sign-in gave no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { server, site, cookie, _folder: folder })
    }

    /// Opens a room and goes live in it; nothing is sent yet.
    pub fn go_live(&self) -> Outcome<Room> {
        let room = self.tell("", r#"{"title":"The bench's clock"}"#)?;
        let id = text(&room, "id")?;
        self.tell(&format!("/{id}/start"), "")?;
        let key = self.tell(&format!("/{id}/key"), "")?;
        let pass = self.tell(&format!("/{id}/pass"), "")?;
        Ok(Room {
            rtmp: format!("{}/{}", text(&key, "rtmp_url")?, text(&key, "key")?),
            whip: text(&pass, "whip")?,
            token: text(&pass, "token")?,
            id,
        })
    }

    pub fn end(&self, room: &Room) -> Outcome {
        self.tell(&format!("/{}/end", room.id), "").map(drop)
    }

    fn tell(&self, what: &str, body: &str) -> Outcome<Value> {
        let headers = [("cookie", self.cookie.as_str()), ("content-type", "application/json")];
        let path = format!("/api/v1/console/{STORE}/live{what}");
        let answer = self.site.post(&path, &headers, body.as_bytes())?;
        if !matches!(answer.status, 200 | 201) {
            return Err(format!("{path}: {} {}", answer.status, answer.text()).into());
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }

    /// Where people watch it.
    pub fn page(&self, room: &Room) -> String {
        format!("{}/s/{STORE}/live/{}", self.site.origin(), room.id)
    }

    /// Waits until the room can be watched.
    pub fn wait_for(&self, room: &Room, way: &str) -> Outcome {
        let (started, path) = (Instant::now(), format!("/media/{}/ways", room.id));
        loop {
            let answer = self.site.get(&path)?;
            let ways: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if ways[way] == true {
                return Ok(());
            }
            if started.elapsed() > ON_AIR_WITHIN {
                return Err(format!("nothing can be watched by {way}: {} {ways}", answer.status).into());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn text(value: &Value, name: &str) -> Outcome<String> {
    Ok(value[name].as_str().ok_or_else(|| format!("no {name} in {value}"))?.to_owned())
}

/// A certificate of this run's own, which only this run's viewers trust.
fn certify(folder: &Path) -> Outcome<(Arc<ClientConfig>, String)> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&chain, made.cert.pem())?;
    std::fs::write(&key, made.signing_key.serialize_pem())?;
    let mut trusted = RootCertStore::empty();
    trusted.add(CertificateDer::from(made.cert.der().to_vec()))?;
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let settings = format!("[tls]\ncertificate = {chain:?}\nkey = {key:?}\n");
    Ok((Arc::new(config), settings))
}
