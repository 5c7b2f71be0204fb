//! The signed archive of a message.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use super::{Fate, Upload, signature};
use crate::answer::escape;

/// The archive: the document (or, for a rejected invoice, its list of errors) and the ministry's signature over it.
pub(super) fn build(upload: &Upload, signature_first: bool) -> Vec<u8> {
    let document = document(upload);
    let signature = signature::sign(&document);
    let mut entries = [
        (format!("{}.xml", upload.index), document),
        (
            format!("semnatura_{}.xml", upload.index),
            signature.into_bytes(),
        ),
    ];
    if signature_first {
        entries.reverse();
    }
    write(&entries).unwrap_or_default()
}

fn write(entries: &[(String, Vec<u8>)]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(name.as_str(), SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn document(upload: &Upload) -> Vec<u8> {
    let Fate::Rejected(messages) = &upload.fate else {
        return upload.body.to_vec();
    };
    let issuer = if upload.facts.seller.is_empty() {
        &upload.cif
    } else {
        &upload.facts.seller
    };
    let errors: String = messages
        .iter()
        .map(|text| format!("    <Error errorMessage=\"{}\"/>\n", escape(text)))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<header \
         xmlns=\"mfp:anaf:dgti:efactura:mesajEroriFactuta:v1\" Index_incarcare=\"{}\" Cif_emitent=\"{issuer}\">\n{errors}</header>",
        upload.index
    )
    .into_bytes()
}
