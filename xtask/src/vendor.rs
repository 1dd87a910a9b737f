//! `cargo xtask vendor`: checks the third-party browser files against their list; `--update` fetches them
//! anew from npm.

use crate::command::{self, Failure, Outcome};
use crate::workspace;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const LIST: &str = "CHECKSUMS";

/// One line of the list.
#[derive(Debug, PartialEq, Eq, Clone)]
struct Vendored {
    /// The file's name in the vendor folder.
    file: String,
    /// npm's name of the package it comes from.
    package: String,
    version: String,
    /// The licence's SPDX name.
    licence: String,
    /// The file's path inside the package.
    origin: String,
    sha256: String,
}

pub fn run(arguments: &[String]) -> Outcome {
    let update = match arguments {
        [] => false,
        [flag] if flag == "--update" => true,
        _ => return Err(Failure::new("usage: cargo xtask vendor [--update]")),
    };
    let folder = workspace::root().join("crates/web/static/vendor");
    let Ok(text) = std::fs::read_to_string(folder.join(LIST)) else {
        return match files_in(&folder) {
            files if files.is_empty() => {
                println!("nothing is vendored: crates/web/static/vendor holds no files");
                Ok(())
            }
            _ => Err(Failure::new(format!("{} is missing", folder.join(LIST).display()))),
        };
    };
    let (heading, mut list) = parse(&text)?;
    if update {
        for vendored in &mut list {
            fetch(vendored, &folder)?;
        }
        std::fs::write(folder.join(LIST), format(&heading, &list))?;
    }
    check(&list, &folder)
}

/// The comment lines, and the files: FILE PACKAGE VERSION LICENCE ORIGIN SHA256, between spaces.
fn parse(text: &str) -> Outcome<(Vec<String>, Vec<Vendored>)> {
    let mut heading = Vec::new();
    let mut list = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with('#') {
            heading.push(line.to_string());
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let [file, package, version, licence, origin, sha256] = words.as_slice() else {
            return Err(Failure::new(format!("{LIST}: six words are wanted in \"{line}\"")));
        };
        let [file, package, version, licence, origin, sha256] =
            [file, package, version, licence, origin, sha256].map(|word| (*word).to_string());
        list.push(Vendored { file, package, version, licence, origin, sha256 });
    }
    Ok((heading, list))
}

fn format(heading: &[String], list: &[Vendored]) -> String {
    let mut text = heading.iter().map(|line| format!("{line}\n")).collect::<String>();
    for Vendored { file, package, version, licence, origin, sha256 } in list {
        text.push_str(&format!("{file} {package} {version} {licence} {origin} {sha256}\n"));
    }
    text
}

fn files_in(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name != LIST).collect()
}

/// Every listed file is there unchanged, and no file is there that is not listed.
fn check(list: &[Vendored], folder: &Path) -> Outcome {
    let mut wrong = Vec::new();
    let mut unlisted = files_in(folder);
    for vendored in list {
        unlisted.remove(&vendored.file);
        match sha256(&folder.join(&vendored.file)) {
            Ok(found) if found == vendored.sha256 => {
                println!(
                    "{} is {} {}, {}",
                    vendored.file, vendored.package, vendored.version, vendored.licence
                );
            }
            Ok(found) => wrong.push(format!("{} is changed: {found}", vendored.file)),
            Err(failure) => wrong.push(format!("{}: {failure}", vendored.file)),
        }
    }
    wrong.extend(unlisted.into_iter().map(|file| format!("{file} is not in {LIST}")));
    if wrong.is_empty() { Ok(()) } else { Err(Failure::new(wrong.join("\n"))) }
}

fn sha256(path: &Path) -> Outcome<String> {
    let answer = command::read(Command::new("sha256sum").arg("--").arg(path))?;
    Ok(answer.split_whitespace().next().unwrap_or_default().to_string())
}

/// Takes one file out of its package, which npm has checked against the registry, and notes its checksum.
fn fetch(vendored: &mut Vendored, folder: &Path) -> Outcome {
    let scratch = PathBuf::from(command::read(Command::new("mktemp").arg("-d"))?.trim());
    let taken = take_from_package(vendored, &scratch).and_then(|file| {
        std::fs::copy(file, folder.join(&vendored.file))?;
        sha256(&folder.join(&vendored.file))
    });
    std::fs::remove_dir_all(&scratch)?;
    vendored.sha256 = taken?;
    Ok(())
}

fn take_from_package(vendored: &Vendored, scratch: &Path) -> Outcome<PathBuf> {
    let package = format!("{}@{}", vendored.package, vendored.version);
    let mut pack = Command::new("npm");
    pack.current_dir(scratch).args(["pack", "--silent", "--ignore-scripts", &package]);
    let archive = command::read(&mut pack)?;
    command::succeed(Command::new("tar").current_dir(scratch).args(["-xzf", archive.trim()]))?;
    // Packages unpack into a folder that is nearly always, but not by rule, called "package".
    let unpacked = std::fs::read_dir(scratch)?.flatten().map(|entry| entry.path()).find(|path| path.is_dir());
    unpacked
        .map(|inside| inside.join(&vendored.origin))
        .ok_or_else(|| Failure::new(format!("{package} holds no folder")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# file package version licence origin sha256\nhtmx.js htmx.org 2.0.4 0BSD dist/htmx.min.js ab12\n";

    #[test]
    fn the_list_survives_reading_and_writing() {
        let (heading, list) = parse(TEXT).unwrap();
        assert_eq!(list[0].licence, "0BSD");
        assert_eq!(format(&heading, &list), TEXT);
        assert!(parse("htmx.js htmx.org 2.0.4\n").is_err());
    }

    #[test]
    fn a_changed_a_missing_and_an_unlisted_file_are_each_named() {
        let folder = PathBuf::from(command::read(Command::new("mktemp").arg("-d")).unwrap().trim());
        std::fs::write(folder.join("kept.js"), "kept").unwrap();
        std::fs::write(folder.join("extra.js"), "extra").unwrap();
        let (_, list) = parse(&format!(
            "kept.js p 1 MIT kept.js {}\ngone.js p 1 MIT gone.js ab12\n",
            sha256(&folder.join("kept.js")).unwrap()
        ))
        .unwrap();
        let said = check(&list, &folder).unwrap_err().to_string();
        assert!(said.contains("gone.js") && said.contains("extra.js is not in"), "{said}");
        assert!(!said.contains("kept.js"), "{said}");

        std::fs::remove_file(folder.join("extra.js")).unwrap();
        check(&list[..1], &folder).unwrap();
        std::fs::write(folder.join("kept.js"), "changed").unwrap();
        assert!(check(&list[..1], &folder).unwrap_err().to_string().contains("kept.js is changed"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
