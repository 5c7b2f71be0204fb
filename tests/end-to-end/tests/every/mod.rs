//! Every call that the crates can make, and every way in which it can go wrong: what the matrix judges and what the
//! secrets are looked for in.
#![allow(dead_code, unused_imports, reason = "each test uses a part of it")]

mod capture;
mod expected;
mod failure;
mod lane;
mod notification;
mod operation;

pub(crate) use capture::{Secrets, Shown};
pub(crate) use expected::{Expected, expected};
pub(crate) use failure::{FAILURES, Failing, Trouble, failing};
pub(crate) use lane::{Lane, cnp, declaration, invoice};
pub(crate) use operation::Op;
