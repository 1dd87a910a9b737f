//! Words and browser files are embedded when this crate is compiled; a new file among them must compile it anew. Text is
//! compressed here, once and as well as it can be, so that the program is smaller, and nobody waits for it whose browser
//! takes brotli: all do, over HTTPS.

use std::{
    env,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

const TEXT: [&str; 5] = ["css", "js", "svg", "webmanifest", "LICENSE"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=static");
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    let root = fs::canonicalize("static")?;
    let mut files = Vec::new();
    gather(&root, "", &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for (name, file) in files {
        let is_text = file.extension().is_some_and(|kind| TEXT.iter().any(|text| kind == *text));
        let kept = if is_text { compressed(&file, &out.join(name.replace('/', "+")))? } else { file };
        writeln!(
            list,
            "    File {{ name: {name:?}, is_packed: {is_text}, bytes: include_bytes!({kept:?}) }},"
        )
        .map_err(io::Error::other)?;
    }
    list.push_str("]\n");
    fs::write(out.join("static.rs"), list)
}

/// All files below a folder, with their names as the browser's addresses have them.
fn gather(folder: &Path, within: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!("{within}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() { gather(&path, &format!("{name}/"), files)? } else { files.push((name, path)) }
    }
    Ok(())
}

fn compressed(file: &Path, into: &Path) -> io::Result<PathBuf> {
    let best = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut fs::File::open(file)?, &mut fs::File::create(into)?, &best)?;
    Ok(into.to_owned())
}
