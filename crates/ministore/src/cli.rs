//! The command line.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use db::{Db, Target};

use crate::{
    backup, doctor,
    serve::{self, Mode},
    settings::{Role, Settings},
    wiring,
};

/// A self-hosted social-commerce platform: one binary and one data folder.
#[derive(Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the platform.
    Serve {
        #[command(flatten)]
        place: Place,
        /// What this process does, where several share a PostgreSQL and a NATS. [default: all]
        #[arg(long, value_enum)]
        role: Option<Role>,
    },
    /// Run it with a made-up town of shops, buyers and orders to try things with.
    Demo {
        #[command(flatten)]
        place: Place,
        /// So many more products in the first store, for benches.
        #[arg(long, hide = true, default_value_t = 0)]
        products: usize,
        /// HTTPS with a made-up certificate, which a phone's camera and HTTP/2 need. Browsers will warn of it.
        #[arg(long)]
        tls: bool,
        /// Without the store that is always live and its visitors who buy: for tests that count what is there.
        #[arg(long)]
        quiet: bool,
    },
    /// Bring the database's tables up to date.
    Migrate(Place),
    /// Look whether everything is in order: settings, folder, database, files, ledger, stock.
    Doctor(Place),
    /// Write everything into one file, also while the platform runs.
    Backup {
        #[command(flatten)]
        place: Place,
        /// The file to write; it must not be there yet.
        #[arg(long)]
        to: PathBuf,
    },
    /// Put a back-up into an empty data folder.
    Restore {
        #[command(flatten)]
        place: Place,
        /// The file that `backup` wrote.
        #[arg(long)]
        from: PathBuf,
    },
    /// Print the settings file with every key, its meaning and its default.
    Settings,
    /// Print the API's OpenAPI 3.1 document.
    Openapi,
}

/// Where the platform lives. Flags go over the environment, the environment over the settings file.
#[derive(Args, Clone, Default)]
pub struct Place {
    /// The data folder. [default: ./data; for demo a fresh temporary one]
    #[arg(long, env = "MINISTORE_DATA")]
    pub data: Option<PathBuf>,
    /// The address to listen on. [default: 127.0.0.1:8080]
    #[arg(long)]
    pub listen: Option<String>,
    /// PostgreSQL instead of SQLite in the data folder: postgres://user@host/database
    #[arg(long)]
    pub database: Option<String>,
    /// A flag of `serve`.
    #[arg(skip)]
    pub role: Option<Role>,
}

/// Runs a command; an error is told in one line.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        Command::Settings => {
            print!("{}", crate::settings::COMMENTED);
            return ExitCode::SUCCESS;
        }
        Command::Openapi => {
            println!("{}", wiring::openapi_json());
            return ExitCode::SUCCESS;
        }
        Command::Serve { place, role } => {
            let place = Place { role, ..place };
            runtime().and_then(|rt| rt.block_on(serve::run(place, Mode::Serve)))
        }
        Command::Demo { place, products, tls, quiet } => {
            runtime().and_then(|rt| rt.block_on(serve::run(place, Mode::Demo { products, tls, quiet })))
        }
        Command::Migrate(place) => runtime().and_then(|rt| rt.block_on(migrate(place))),
        Command::Doctor(place) => runtime().and_then(|rt| rt.block_on(doctor::run(place))),
        Command::Backup { place, to } => runtime().and_then(|rt| rt.block_on(backup::write(&place, &to))),
        Command::Restore { place, from } => {
            runtime().and_then(|rt| rt.block_on(backup::restore(&place, &from)))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ministore: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What stops a command, in words.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Threads that read and write files, beside those that answer. Tokio's 512 would each keep memory of their own.
const FILE_THREADS: usize = 16;

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(FILE_THREADS).build()?)
}

impl Place {
    /// The data folder, made if it is not there.
    pub fn folder(&self) -> Outcome<PathBuf> {
        let folder = self.data.clone().unwrap_or_else(|| PathBuf::from("data"));
        std::fs::create_dir_all(&folder).map_err(|e| format!("the data folder {}: {e}", folder.display()))?;
        Ok(folder)
    }

    /// The settings, with this command's flags over them.
    pub fn settings(&self) -> Outcome<Settings> {
        let mut settings = Settings::load(&self.folder()?.join("ministore.toml"))?;
        if let Some(listen) = &self.listen {
            settings.server.listen = listen.clone();
        }
        if let Some(database) = &self.database {
            settings.database.url = database.clone();
        }
        if let Some(role) = self.role {
            settings.server.role = role;
        }
        settings.check()?;
        Ok(settings)
    }
}

/// The database that the settings name.
pub(crate) fn target(folder: &std::path::Path, settings: &Settings) -> Outcome<Target> {
    match settings.database.url.as_str() {
        "" => Ok(Target::Sqlite(folder.join("ministore.db"))),
        url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(Target::Postgres(url.into()))
        }
        _ => Err("database.url: only postgres://… is known; leave it empty for SQLite".into()),
    }
}

async fn migrate(place: Place) -> Outcome<()> {
    let db = Db::open(&target(&place.folder()?, &place.settings()?)?).await?;
    match db.migrate().await? {
        0 => println!("The tables are up to date."),
        count => println!("{count} migrations applied."),
    }
    Ok(())
}
