//! Migrations are embedded when this crate is compiled; a new file among them must compile it anew.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
