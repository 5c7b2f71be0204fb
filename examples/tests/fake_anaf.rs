//! The example `fake_anaf`, run as a person would run it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use common::example;

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
    let child = example("fake_anaf")
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
        "export ANAF_ACCESS_TOKEN=ey",
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
    assert!(
        printed.contains(&format!("export ANAF_FAKE_URL=http://{host}\n")),
        "{printed}"
    );
    // Two cannot have one port, and the second says so.
    let port = host.rsplit(':').next().unwrap();
    let second = example("fake_anaf")
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
        (vec!["--nimic"], 2, "--nimic is no option here"),
        (vec!["--port"], 2, "--port takes a port, and has none"),
        (vec!["--port", "x"], 2, "--port takes a port, not `x`"),
    ] {
        let output = example("fake_anaf").args(&words).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        let said = [output.stdout, output.stderr].concat();
        assert!(String::from_utf8_lossy(&said).contains(says), "{words:?}");
    }
}
