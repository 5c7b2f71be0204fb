//! What the tests of the examples share.

use std::path::PathBuf;
use std::process::Command;

/// A built example, without the variables that would lead it elsewhere. `cargo test` builds the examples of a package
/// with its tests, unless one test is picked.
pub(crate) fn example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path: PathBuf = folder.join("examples").join(file);
    if !path.exists() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", name])
            .status();
        assert!(built.is_ok_and(|s| s.success()), "cargo build {name}");
    }
    let mut command = Command::new(path);
    for variable in [
        "ANAF_ENV",
        "ANAF_CIF",
        "ANAF_FAKE_URL",
        "ANAF_INVOICE",
        "ANAF_ACCESS_TOKEN",
    ] {
        command.env_remove(variable);
    }
    command
}
