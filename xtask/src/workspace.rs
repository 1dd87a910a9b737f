//! Where things are: the root, the target folder, the built product, the browser tests.

use crate::command::{self, Failure, Outcome};
use std::path::PathBuf;

/// The root of the checkout. Cargo tells where xtask lies when it runs it; what was true when it was compiled is
/// wrong once the checkout is moved, or shares its target folder with another.
pub fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let own = PathBuf::from(own);
    own.parent().map(PathBuf::from).unwrap_or(own)
}

/// The folder Cargo builds into, wherever settings or CARGO_TARGET_DIR put it.
pub fn target_folder() -> Outcome<PathBuf> {
    let json = command::read(command::cargo().current_dir(root()).args([
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    // One field of a large document: cutting it out saves compiling a JSON parser before everything else.
    let (_, after) = json
        .split_once("\"target_directory\":\"")
        .ok_or_else(|| Failure::new("cargo metadata names no target folder"))?;
    let path = after.split('"').next().unwrap_or_default();
    Ok(PathBuf::from(path.replace("\\\\", "\\")))
}

/// Which of Cargo's profiles a program is built with.
#[derive(Clone, Copy)]
pub enum Profile {
    Dev,
    Release,
}

/// Builds the product and says where its program is.
pub fn build_ministore(profile: Profile) -> Outcome<PathBuf> {
    Ok(build(&["ministore"], profile)?.join("ministore"))
}

/// Builds these programs in one go and says which folder they are in.
pub fn build(programs: &[&str], profile: Profile) -> Outcome<PathBuf> {
    let mut build = command::cargo();
    build.current_dir(root());
    let folder = match profile {
        // Exactly what the Rust tests build, programs and all: with other features, such as those that only tests
        // need, Cargo would compile most dependencies a second time.
        Profile::Dev => {
            build.args(["test", "--workspace", "--no-run"]);
            "debug"
        }
        Profile::Release => {
            build.args(["build", "--workspace", "--release"]);
            for program in programs {
                build.args(["--bin", program]);
            }
            "release"
        }
    };
    command::succeed(&mut build)?;
    Ok(target_folder()?.join(folder))
}

/// Installs the browser tests' packages.
pub fn install_journeys() -> Outcome {
    install_packages("e2e")
}

/// Installs a folder's npm packages, exactly as locked, unless they are there already.
pub fn install_packages(folder: &str) -> Outcome {
    let folder = root().join(folder);
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-from");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    command::succeed(std::process::Command::new("npm").current_dir(&folder).arg("ci"))?;
    std::fs::write(stamp, lock)?;
    Ok(())
}
