//! `cargo xtask vendor`: what browsers get from others is what it says. The icons are so many drawings of the version of
//! Lucide that their heading names, unchanged; the files of [`COPIES`] are those of their packages. `--update NAME…`
//! writes all of them anew, with these icons added; for another version of Lucide, change the heading first.

use crate::command::{self, Failure, Outcome};
use crate::needs::{self, Need};
use crate::workspace;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "lucide-static";

/// A file taken from a package as it is, with the package's licence beside it.
struct Copy {
    package: &'static str,
    version: &'static str,
    /// npm's checksum of the whole package.
    checksum: &'static str,
    from: &'static str,
    /// Below `crates/web/static/vendor`, without `.js` and `.LICENSE`.
    to: &'static str,
}

const COPIES: [Copy; 2] = [
    Copy {
        package: "jsqr",
        version: "1.4.0",
        checksum: "sha512-dxLob7q65Xg2DvstYkRpkYtmKm2sPJ9oFhrhmudT1dZvNFFTlroai3AWSpLey/w5vMcLBXRgOJsbXpdN9HzU/A==",
        from: "dist/jsQR.js",
        to: "jsqr",
    },
    // The light build: a room has one rendition, no subtitles and no encryption.
    Copy {
        package: "hls.js",
        version: "1.7.4",
        checksum: "sha512-3GlxGdPvT2YHvQYOt+yOzT/DEior/qJVNIylHA77kgeoBTdQQqi70GwefNEUmHQeNGyjC8U62+bruqW/Tpm+tg==",
        from: "dist/hls.light.min.mjs",
        to: "hls.light",
    },
];

pub fn run(arguments: &[String]) -> Outcome {
    let (update, wanted) = match arguments.split_first() {
        None => (false, &[][..]),
        Some((flag, names)) if flag == "--update" => (true, names),
        _ => return Err(Failure::new("usage: cargo xtask vendor [--update [NAME…]]")),
    };
    needs::meet(&[Need::Npm])?;
    let folder = workspace::root().join("crates/web/static");
    let present = std::fs::read_to_string(folder.join("icons.svg"))?;
    let heading = Heading::read(&present)?;
    let scratch = PathBuf::from(command::read(Command::new("mktemp").arg("-d"))?.trim());
    let icons = Package::fetch(PACKAGE, &heading.version, &scratch).and_then(|package| {
        if update {
            package.write(&folder, names_in(&present).chain(wanted.iter().map(String::as_str)).collect())
        } else {
            package.compare(&folder, &heading, &present)
        }
    });
    let outcome =
        icons.and_then(|()| COPIES.iter().try_for_each(|copy| copy.check(&folder, &scratch, update)));
    std::fs::remove_dir_all(scratch)?;
    outcome
}

impl Copy {
    fn check(&self, folder: &Path, scratch: &Path, update: bool) -> Outcome {
        let package = Package::fetch(self.package, self.version, scratch)?;
        if package.checksum != self.checksum {
            return Err(Failure::new(format!(
                "npm's {} {} is not the one that was looked at: {}",
                self.package, self.version, package.checksum
            )));
        }
        self.compare(&package, folder, update)?;
        println!("vendor/{}.js is that of {} {}", self.to, self.package, self.version);
        Ok(())
    }

    /// The file and its licence are the package's, or become so.
    fn compare(&self, package: &Package, folder: &Path, update: bool) -> Outcome {
        let vendor = folder.join("vendor");
        for (from, to) in
            [(self.from, format!("{}.js", self.to)), ("LICENSE", format!("{}.LICENSE", self.to))]
        {
            let theirs = std::fs::read(package.folder.join(from))?;
            if update {
                std::fs::write(vendor.join(to), theirs)?;
            } else if std::fs::read(vendor.join(&to))? != theirs {
                return Err(Failure::new(format!("vendor/{to} is changed: cargo xtask vendor --update")));
            }
        }
        Ok(())
    }
}

/// What the first comment of icons.svg says of its origin.
#[derive(Debug, PartialEq, Eq)]
struct Heading {
    version: String,
    /// npm's checksum of the whole package.
    checksum: Option<String>,
}

impl Heading {
    fn read(sprite: &str) -> Outcome<Self> {
        let words: Vec<&str> =
            sprite.split_whitespace().map(|word| word.trim_end_matches([',', '.'])).collect();
        let after_name = words.iter().position(|word| *word == "Lucide").and_then(|at| words.get(at + 1));
        let version =
            after_name.ok_or_else(|| Failure::new("icons.svg does not say its version of Lucide"))?;
        let checksum = words.iter().find(|word| word.starts_with("sha512-"));
        Ok(Self { version: version.to_string(), checksum: checksum.map(ToString::to_string) })
    }
}

fn names_in(sprite: &str) -> impl Iterator<Item = &str> {
    sprite.split("<symbol id=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// A package as npm delivers it, unpacked.
struct Package {
    version: String,
    checksum: String,
    folder: PathBuf,
}

impl Package {
    fn fetch(name: &str, version: &str, scratch: &Path) -> Outcome<Self> {
        let named = format!("{name}@{version}");
        let mut pack = Command::new("npm");
        let json = command::read(pack.current_dir(scratch).args(["pack", "--json", "--silent", &named]))?;
        let field = |name: &str| {
            let (_, after) = json.split_once(&format!("\"{name}\": \""))?;
            after.split('"').next().map(ToString::to_string)
        };
        let (Some(archive), Some(checksum)) = (field("filename"), field("integrity")) else {
            return Err(Failure::new(format!("npm does not say what it packed for {named}")));
        };
        let folder = scratch.join(name);
        std::fs::create_dir(&folder)?;
        // npm packs everything below "package".
        let unpack = ["-xzf", &archive, "--strip-components=1", "-C", name];
        command::succeed(Command::new("tar").current_dir(scratch).args(unpack))?;
        Ok(Self { version: version.to_string(), checksum, folder })
    }

    fn licence(&self) -> Outcome<String> {
        Ok(std::fs::read_to_string(self.folder.join("LICENSE"))?)
    }

    fn sprite(&self, names: &BTreeSet<&str>) -> Outcome<String> {
        let mut sprite = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\">\n<!-- Lucide {}, ISC licence, see icons.LICENSE. Only the \
             drawings that Ministore uses, one symbol each: cargo xtask vendor, from npm's {PACKAGE}, {}. -->\n",
            self.version, self.checksum
        );
        for name in names {
            let drawing = std::fs::read_to_string(self.folder.join(format!("icons/{name}.svg")))
                .map_err(|_| Failure::new(format!("Lucide {} has no icon \"{name}\"", self.version)))?;
            sprite.push_str(&symbol(name, &drawing)?);
        }
        sprite.push_str("</svg>\n");
        Ok(sprite)
    }

    fn compare(&self, folder: &Path, heading: &Heading, present: &str) -> Outcome {
        if heading.checksum.as_ref() != Some(&self.checksum) {
            return Err(Failure::new(format!("icons.svg does not name the package {}", self.checksum)));
        }
        let names = names_in(present).collect();
        let expected = self.sprite(&names)?;
        if let Some(line) =
            present.lines().zip(expected.lines()).find_map(|(is, was)| (is != was).then_some(is))
        {
            return Err(Failure::new(format!("icons.svg is not as Lucide drew it: {line}")));
        }
        if present != expected || std::fs::read_to_string(folder.join("icons.LICENSE"))? != self.licence()? {
            return Err(Failure::new("icons.svg or icons.LICENSE is changed: cargo xtask vendor --update"));
        }
        println!("{} icons are those of Lucide {}, ISC licence", names.len(), self.version);
        Ok(())
    }

    fn write(&self, folder: &Path, names: BTreeSet<&str>) -> Outcome {
        std::fs::write(folder.join("icons.svg"), self.sprite(&names)?)?;
        std::fs::write(folder.join("icons.LICENSE"), self.licence()?)?;
        println!("{} icons of Lucide {} are written", names.len(), self.version);
        Ok(())
    }
}

/// The shapes of one drawing, without the settings that all share and the style sheet gives.
fn symbol(name: &str, drawing: &str) -> Outcome<String> {
    let shapes = drawing.split_once("<svg").and_then(|(_, rest)| rest.split_once('>'));
    let shapes = shapes.and_then(|(_, rest)| rest.split_once("</svg>"));
    let (shapes, _) = shapes.ok_or_else(|| Failure::new(format!("the drawing \"{name}\" is no SVG")))?;
    let shapes: String = shapes.lines().map(str::trim).collect();
    Ok(format!("<symbol id=\"{name}\" viewBox=\"0 0 24 24\">{shapes}</symbol>\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_and_the_names_are_read_back() {
        let package = Package {
            version: "1.2.3".to_string(),
            checksum: "sha512-abc+/==".to_string(),
            folder: PathBuf::from("/nowhere"),
        };
        let sprite = package.sprite(&BTreeSet::new()).unwrap();
        let heading = Heading::read(&sprite).unwrap();
        assert_eq!(heading.version, "1.2.3");
        assert_eq!(heading.checksum.as_deref(), Some("sha512-abc+/=="));
        assert_eq!(
            names_in(&symbol("zap", "<svg\n a=\"b\"\n>\n  <path d=\"M1\" />\n</svg>").unwrap()).next(),
            Some("zap")
        );
        assert!(Heading::read("<svg></svg>").is_err());
    }

    #[test]
    fn a_drawing_becomes_a_symbol_of_its_shapes() {
        let drawing =
            "<!-- x -->\n<svg\n  width=\"24\"\n>\n  <path d=\"M1 2\" />\n  <circle r=\"1\" />\n</svg>\n";
        assert_eq!(
            symbol("dot", drawing).unwrap(),
            "<symbol id=\"dot\" viewBox=\"0 0 24 24\"><path d=\"M1 2\" /><circle r=\"1\" /></symbol>\n"
        );
        assert!(symbol("dot", "no drawing").is_err());
    }

    #[test]
    fn a_changed_icon_is_named() {
        let folder = PathBuf::from(command::read(Command::new("mktemp").arg("-d")).unwrap().trim());
        std::fs::create_dir(folder.join("icons")).unwrap();
        std::fs::write(folder.join("icons/dot.svg"), "<svg>\n<path d=\"M1\" />\n</svg>").unwrap();
        std::fs::write(folder.join("LICENSE"), "free").unwrap();
        std::fs::write(folder.join("icons.LICENSE"), "free").unwrap();
        let package = Package {
            version: "1.2.3".to_string(),
            checksum: "sha512-a".to_string(),
            folder: folder.clone(),
        };
        let sprite = package.sprite(&BTreeSet::from(["dot"])).unwrap();
        let compare = |text: &str| package.compare(&folder, &Heading::read(text)?, text);
        compare(&sprite).unwrap();
        assert!(compare(&sprite.replace("M1", "M2")).unwrap_err().to_string().contains("M2"));
        assert!(compare(&sprite.replace("sha512-a", "sha512-b")).is_err());
        assert!(compare(&sprite.replace("\"dot\"", "\"none\"")).unwrap_err().to_string().contains("none"));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_copy_that_was_changed_is_named() {
        let folder = PathBuf::from(command::read(Command::new("mktemp").arg("-d")).unwrap().trim());
        std::fs::create_dir(folder.join("vendor")).unwrap();
        std::fs::write(folder.join("reader.js"), "read()").unwrap();
        std::fs::write(folder.join("LICENSE"), "free").unwrap();
        let package =
            Package { version: "1.0.0".to_string(), checksum: String::new(), folder: folder.clone() };
        let copy =
            Copy { package: "reader", version: "1.0.0", checksum: "", from: "reader.js", to: "their-reader" };
        copy.compare(&package, &folder, true).unwrap();
        copy.compare(&package, &folder, false).unwrap();
        std::fs::write(folder.join("vendor/their-reader.js"), "read(); tell()").unwrap();
        let complaint = copy.compare(&package, &folder, false).unwrap_err().to_string();
        assert!(complaint.contains("their-reader.js"), "{complaint}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
