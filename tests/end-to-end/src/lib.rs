//! Tests that cross crates; the code in the documents is compiled here.

#[doc = include_str!("../../../docs/guide.md")]
#[cfg(doctest)]
struct Guide;

#[doc = include_str!("../../../docs/etransport.md")]
#[cfg(doctest)]
struct ETransport;
