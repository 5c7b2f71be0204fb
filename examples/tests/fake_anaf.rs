//! The example `fake_anaf`, run as a person would run it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The built example. `cargo test` builds the examples of a package with its tests, unless one test is picked.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).unwrap();
    let path = folder
        .join("examples")
        .join(format!("fake_anaf{}", std::env::consts::EXE_SUFFIX));
    if !path.exists() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", "fake_anaf"])
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "cargo build --example fake_anaf"
        );
    }
    path
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It runs until it is stopped; a test that failed must not leave it behind.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(host: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_prints_what_a_stranger_needs_and_serves_it() {
    let child = Command::new(example())
        .args(["--port", "0", "--processing", "0", "--cif", "30000037"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example is built with the tests");
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    for line in lines.by_ref().map(Result::unwrap) {
        let last = line.starts_with("Ctrl-C");
        printed.push(line);
        if last {
            break;
        }
    }
    let printed = printed.join("\n");
    for part in [
        "client id       aplicatia-mea",
        "client secret   secretul-aplicatiei",
        "30000037",
        "/_fake/",
    ] {
        assert!(printed.contains(part), "{part} is not in:\n{printed}");
    }
    let login = printed
        .lines()
        .map(str::trim)
        .find(|line| line.contains("/authorize?"))
        .unwrap();
    let (host, target) = login
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let page = get(host, &format!("/{target}"));
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("Ana Popescu"),
        "{page}"
    );
    // Two cannot have one port, and the second says so.
    let port = host.rsplit(':').next().unwrap();
    let second = Command::new(example())
        .args(["--port", port])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("cannot listen on"));
}

#[test]
fn wrong_options_are_refused_and_help_is_given() {
    for (words, code, says) in [
        (vec!["--help"], 0, "--processing SECONDS"),
        (vec!["--nimic"], 2, "unknown option --nimic"),
        (vec!["--port"], 2, "--port needs a value"),
        (vec!["--port", "x"], 2, "--port does not take \"x\""),
    ] {
        let output = Command::new(example()).args(&words).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        let said = [output.stdout, output.stderr].concat();
        assert!(String::from_utf8_lossy(&said).contains(says), "{words:?}");
    }
}
