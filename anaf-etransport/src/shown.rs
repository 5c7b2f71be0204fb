//! How values are shown: whole, but for personal codes, which may stand in any of their texts; and errors as they read.

/// `Debug` of a struct with personal codes masked. A field left out does not compile.
macro_rules! masked_debug {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let Self { $($field),+ } = self;
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &anaf_types::text::Masked($field)))+
                    .finish()
            }
        }
    };
}

/// `Debug` of an error is its text: that is what a `main` that returns it, and `unwrap`, put before a person.
macro_rules! debug_as_text {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), ": {}"), self)
            }
        })+
    };
}

pub(crate) use {debug_as_text, masked_debug};
