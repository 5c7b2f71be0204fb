//! How values are shown: whole, but for personal codes, which may stand in any of their texts.

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

pub(crate) use masked_debug;
