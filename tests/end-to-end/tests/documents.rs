//! What the documents promise about the code holds.

use anaf_types::ErrorKind;

#[test]
fn troubleshooting_has_a_paragraph_for_each_kind_of_error() {
    let text = include_str!("../../../docs/troubleshooting.md");
    let headings: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("## ")).collect();
    let kinds: Vec<&str> = ErrorKind::ALL.iter().map(|k| k.as_str()).collect();
    assert_eq!(headings, kinds);
}
