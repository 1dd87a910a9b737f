//! A back-up holds everything, and restoring it gives it back.

use std::process::{Command, Output};

fn ministore(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ministore")).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_folder_survives_backup_and_restore() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (old, new, file) = (path("old"), path("new"), path("all.tar"));
    assert!(ministore(&["migrate", "--data", &old]).status.success());
    std::fs::create_dir_all(folder.path().join("old/files/pictures")).unwrap();
    std::fs::write(folder.path().join("old/files/pictures/a.webp"), b"a picture").unwrap();
    let written = ministore(&["backup", "--data", &old, "--to", &file]);
    assert!(written.status.success(), "{}", text(&written));
    let again = ministore(&["backup", "--data", &old, "--to", &file]);
    assert!(!again.status.success(), "a back-up is not overwritten");
    let restored = ministore(&["restore", "--data", &new, "--from", &file]);
    assert!(restored.status.success(), "{}", text(&restored));
    assert_eq!(std::fs::read(folder.path().join("new/files/pictures/a.webp")).unwrap(), b"a picture");
    let doctor = ministore(&["doctor", "--data", &new]);
    assert!(doctor.status.success(), "{}", text(&doctor));
    let over = ministore(&["restore", "--data", &new, "--from", &file]);
    assert!(!over.status.success() && text(&over).contains("is not empty"), "{}", text(&over));
}

#[test]
fn a_file_that_is_no_backup_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evil.tar");
    let mut tar = tar::Builder::new(std::fs::File::create(&file).unwrap());
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    header.as_gnu_mut().unwrap().name[..12].copy_from_slice(b"../evil.toml");
    header.set_cksum();
    tar.append(&header, &b"evil"[..]).unwrap();
    tar.finish().unwrap();
    let data = folder.path().join("data");
    let refused =
        ministore(&["restore", "--data", &data.to_string_lossy(), "--from", &file.to_string_lossy()]);
    assert!(!refused.status.success() && text(&refused).contains("is not a back-up"), "{}", text(&refused));
    assert!(!folder.path().join("evil.toml").exists());
}

#[test]
fn two_processes_do_not_share_a_folder_and_unknown_settings_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_string_lossy().into_owned();
    std::fs::write(folder.path().join("ministore.toml"), "[server]\nlissten = \"x\"\n").unwrap();
    let refused = ministore(&["serve", "--data", &data]);
    assert!(!refused.status.success() && text(&refused).contains("lissten"), "{}", text(&refused));
    std::fs::remove_file(folder.path().join("ministore.toml")).unwrap();
    let held = std::fs::File::create(folder.path().join("lock")).unwrap();
    held.try_lock().unwrap();
    let refused = ministore(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert!(!refused.status.success() && text(&refused).contains("another ministore"), "{}", text(&refused));
}
