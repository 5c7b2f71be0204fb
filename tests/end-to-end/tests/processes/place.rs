//! Where the stores of these tests live.

use std::path::Path;

use crate::server::Schema;
use crate::worker::Place;

/// A store, and what goes with it at the end.
pub(crate) struct Site {
    pub(crate) place: Place,
    folder: Option<tempfile::TempDir>,
    schema: Option<Schema>,
}

/// In memory where the system has such a place: a killed process loses nothing there either.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(Path::new("/dev/shm")).unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

impl Site {
    pub(crate) fn files() -> Self {
        let folder = folder();
        Self {
            place: Place::Folder(folder.path().join("tokens")),
            folder: Some(folder),
            schema: None,
        }
    }

    pub(crate) fn sqlite() -> Self {
        let folder = folder();
        Self {
            place: Place::Sqlite(folder.path().join("tokens.db")),
            folder: Some(folder),
            schema: None,
        }
    }

    /// A schema of its own; `None` where there is no server.
    pub(crate) async fn postgres() -> Option<Self> {
        let schema = Schema::new().await?;
        Some(Self {
            place: Place::Postgres {
                url: schema.url().to_owned(),
                schema: schema.name().to_owned(),
            },
            folder: None,
            schema: Some(schema),
        })
    }

    pub(crate) async fn clear(self) {
        if let Some(schema) = self.schema {
            schema.drop().await;
        }
        drop(self.folder);
    }
}
