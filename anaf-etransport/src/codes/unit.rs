//! Units of measure, `codUnitateMasura` (BT-10): the shared list of `anaf-types`.

use super::Code;
pub use anaf_types::{Unit, UnknownUnit};

impl Code for Unit {
    const LIST: &'static str = "codUnitateMasura";

    fn code(self) -> &'static str {
        Self::code(self)
    }

    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::from_code(code)
    }
}
