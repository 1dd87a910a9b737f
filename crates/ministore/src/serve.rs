//! `serve` and `demo`: open the folder and the database, listen, work, and stop gracefully.

use std::io::{IsTerminal, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::{fs::File, path::Path, sync::Arc, time::Duration};

use db::{Db, Target};
use gateways::{bus::Bus, files::Files, messages::Messages};
use kernel::{BasisPoints, Clock};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use web::{App, Platform};

use crate::{
    cli::{Outcome, Place, target},
    connections, demo, jobs, live_rooms,
    live_rooms::LiveRooms,
    settings::{LogFormat, Role, Settings},
    wiring,
};

/// After a request to stop, open requests may finish for this long; pages that only listen are cut.
const STOP_WITHIN: Duration = Duration::from_secs(8);

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The platform as it is.
    Serve,
    /// With the demo town, so many more products in its first store, if asked a made-up certificate, and unless it shall
    /// be quiet a store that is always live.
    Demo { products: usize, tls: bool, quiet: bool },
}

/// Runs until the system asks to stop.
pub async fn run(mut place: Place, mode: Mode) -> Outcome<()> {
    let demo = mode != Mode::Serve;
    // The demo's own folder goes when the demo ends.
    let temporary = if demo && place.data.is_none() { Some(tempfile::tempdir()?) } else { None };
    if let Some(folder) = &temporary {
        place.data = Some(folder.path().to_owned());
    }
    let (folder, mut settings) = (place.folder()?, place.settings()?);
    if let Mode::Demo { tls: true, .. } = mode {
        settings.tls.self_signed = true;
    }
    log(&settings);
    let _lock = lock(&folder)?;
    write_settings(&folder)?;
    let running = start(&folder, &settings, demo, Clock::system()).await?;
    if let Some(link) = people::sign_in::first_operator(&running.app).await? {
        println!("nobody runs this platform yet: sign in as its operator, once, at {link}");
    }
    let mut on_air = None;
    if let Mode::Demo { products, quiet, .. } = mode {
        demo::many_products(&running.app, products).await?;
        on_air = (!quiet && running.live_rooms.is_some()).then(|| demo::go_on_air(&running.app));
        println!("{}", demo::signpost(&running.app)?);
    }
    println!("listening on {}://{}", settings.tls.scheme(), running.address);
    std::io::stdout().flush()?;
    asked_to_stop().await;
    tracing::info!("stopping");
    drop(on_air);
    running.stop().await;
    Ok(())
}

/// A platform that runs.
pub struct Running {
    pub address: SocketAddr,
    pub app: App,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    jobs: Option<JoinHandle<()>>,
    live_rooms: Option<LiveRooms>,
}

impl Running {
    /// Takes no more requests, lets open ones finish, stops the jobs.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        // Before the requests: players keep some open that only the end of the video answers.
        if let Some(live_rooms) = self.live_rooms {
            live_rooms.stop(&self.app).await;
        }
        if tokio::time::timeout(STOP_WITHIN, self.server).await.is_err() {
            tracing::warn!("some requests were still open and were cut");
        }
        if let Some(jobs) = self.jobs {
            let _ = jobs.await;
        }
    }
}

/// Opens everything and begins to listen.
pub async fn start(folder: &Path, settings: &Settings, demo: bool, clock: Clock) -> Outcome<Running> {
    let target = target(folder, settings)?;
    if settings.server.role != Role::All && matches!(target, Target::Sqlite(_)) {
        return Err(
            "server.role: a part of the work is for several processes, which share a PostgreSQL".into()
        );
    }
    let db = Db::open(&target).await?;
    let migrated = db.migrate().await?;
    let listener = TcpListener::bind(&settings.server.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", settings.server.listen))?;
    let address = listener.local_addr()?;
    let reachable = reachable(address);
    let tls = settings.tls.open(reachable.ip())?;
    tracing::info!(engine = db.engine(), migrated, %address, demo, "starting");
    let app = App::new(web::Shared {
        db,
        clock,
        files: Files::local(folder.join("files")),
        bus: match settings.bus.nats.as_str() {
            "" => Bus::default(),
            address => Bus::join(address).await?,
        },
        messages: Messages::Log,
        platform: Arc::new(platform(folder, settings, demo, reachable)?),
        metrics: Arc::default(),
        on_sign_in: Arc::new(wiring::sign_in_hooks()),
        basket_count: wiring::basket_count(),
        parts: Default::default(),
    });
    let (app, live_rooms) = if settings.live.enabled {
        let (app, live_rooms) = live_rooms::start(app, settings, reachable).await?;
        (app, Some(live_rooms))
    } else {
        (app, None)
    };
    // Nobody can look in before the town stands, so it need not be on the disk before.
    if demo && demo::is_empty(&app).await? {
        let mut seeding = app.clone();
        seeding.db = app.db.relaxed()?;
        demo::seed(&seeding).await?;
    }
    let (stop, stopped) = watch::channel(false);
    let router = wiring::router(app.clone());
    let jobs =
        settings.server.role.does_jobs().then(|| tokio::spawn(jobs::run(app.clone(), stopped.clone())));
    let https = tls.map(|tls| {
        // It ends with the process: nothing depends on it.
        tokio::spawn(tls.clone().follow_files());
        connections::Https::new(tls, app.platform.base_url.clone())
    });
    let server = tokio::spawn(connections::serve(listener, router, https, stopped));
    Ok(Running { address, app, stop, server, jobs, live_rooms })
}

/// How others reach an address: "any" is none they could type, so the one that packets to elsewhere leave from. Asking
/// the system for it sends none (192.0.2.1 is nobody's, RFC 5737).
fn reachable(mut address: SocketAddr) -> SocketAddr {
    let outward = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    };
    if address.ip().is_unspecified() {
        address.set_ip(outward().map_or(Ipv4Addr::LOCALHOST.into(), |own| own.ip()));
    }
    address
}

fn platform(folder: &Path, settings: &Settings, demo: bool, address: SocketAddr) -> Outcome<Platform> {
    let base_url = match settings.server.base_url.as_str() {
        "" => format!("{}://{address}", settings.tls.scheme()),
        url => url.to_owned(),
    };
    let secret = match settings.server.secret.as_str() {
        "" => kept_secret(folder)?,
        secret => secret.as_bytes().to_vec(),
    };
    Ok(Platform {
        demo,
        stage: settings.platform.stage,
        commission: BasisPoints(settings.platform.commission_basis_points),
        companies_may_apply: settings.platform.companies_may_apply,
        self_employed_may_apply: settings.platform.self_employed_may_apply,
        individuals_may_apply: settings.platform.individuals_may_apply,
        stores_per_licence: settings.platform.stores_per_licence,
        stores_per_person: settings.platform.stores_per_person,
        ..Platform::new(base_url, secret)
    })
}

/// The secret in the data folder, made when first needed and readable by this user alone.
fn kept_secret(folder: &Path) -> Outcome<Vec<u8>> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = folder.join("secret.key");
    match std::fs::read(&file) {
        Ok(secret) if secret.len() >= 32 => return Ok(secret),
        Ok(_) => return Err(format!("{} is too short to be the secret", file.display()).into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(format!("{}: {error}", file.display()).into()),
    }
    let secret = kernel::random_token().into_bytes();
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
    out.write_all(&secret)?;
    out.sync_all()?;
    Ok(secret)
}

/// Keeps a second process out of the same folder.
fn lock(folder: &Path) -> Outcome<File> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    file.try_lock().map_err(|_| format!("another ministore is using {}", folder.display()))?;
    Ok(file)
}

/// A new folder gets the commented settings file.
fn write_settings(folder: &Path) -> Outcome<()> {
    let file = folder.join("ministore.toml");
    if !file.exists() {
        std::fs::write(file, crate::settings::COMMENTED)?;
    }
    Ok(())
}

fn log(settings: &Settings) {
    let filter = tracing_subscriber::EnvFilter::new(&settings.log.filter);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first's log.
    let _ = match settings.log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        },
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}
