//! Words and browser files are embedded when this crate is compiled; a new file among them must compile it anew.

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=static");
}
