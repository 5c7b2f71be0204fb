//! Every public operation of the crates.

/// A call to ANAF. Where one can be made on two hosts or paths, each is an operation of its own here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Upload,
    UploadB2c,
    UploadMessage,
    Status,
    List,
    ListPage,
    Download,
    DownloadZip,
    Validate,
    ValidateOAuth,
    Transform,
    TransformOAuth,
    TransformUnchecked,
    TransformUncheckedOAuth,
    CheckSignature,
    CheckSignatureOAuth,
    Declare,
    DeclareV1,
    StateOf,
    TransportList,
    Info,
    Hello,
    Exchange,
    Refresh,
    Revoke,
}

impl Op {
    pub(crate) const ALL: [Self; 25] = [
        Self::Upload,
        Self::UploadB2c,
        Self::UploadMessage,
        Self::Status,
        Self::List,
        Self::ListPage,
        Self::Download,
        Self::DownloadZip,
        Self::Validate,
        Self::ValidateOAuth,
        Self::Transform,
        Self::TransformOAuth,
        Self::TransformUnchecked,
        Self::TransformUncheckedOAuth,
        Self::CheckSignature,
        Self::CheckSignatureOAuth,
        Self::Declare,
        Self::DeclareV1,
        Self::StateOf,
        Self::TransportList,
        Self::Info,
        Self::Hello,
        Self::Exchange,
        Self::Refresh,
        Self::Revoke,
    ];

    /// The crate and the type that makes the call; for OAuth, which goes through no session, the method.
    pub(crate) fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Upload | Self::UploadB2c | Self::UploadMessage => ("anaf-efactura", "Upload"),
            Self::Status => ("anaf-efactura", "Status"),
            Self::List => ("anaf-efactura", "List"),
            Self::ListPage => ("anaf-efactura", "ListPage"),
            Self::Download => ("anaf-efactura", "Download"),
            Self::DownloadZip => ("anaf-efactura", "DownloadZip"),
            Self::Validate | Self::ValidateOAuth => ("anaf-efactura", "Validate"),
            Self::Transform
            | Self::TransformOAuth
            | Self::TransformUnchecked
            | Self::TransformUncheckedOAuth => ("anaf-efactura", "Transform"),
            Self::CheckSignature | Self::CheckSignatureOAuth => ("anaf-efactura", "CheckSignature"),
            Self::Declare | Self::DeclareV1 => ("anaf-etransport", "Upload"),
            Self::StateOf => ("anaf-etransport", "StateOf"),
            Self::TransportList => ("anaf-etransport", "List"),
            Self::Info => ("anaf-etransport", "Info"),
            Self::Hello => ("anaf-oauth", "Hello"),
            Self::Exchange => ("anaf-oauth", "exchange"),
            Self::Refresh => ("anaf-oauth", "refresh"),
            Self::Revoke => ("anaf-oauth", "revoke"),
        }
    }

    /// Whether it files something with the tax authority, so that doing it twice does harm.
    pub(crate) fn files(self) -> bool {
        matches!(
            self,
            Self::Upload | Self::UploadB2c | Self::UploadMessage | Self::Declare | Self::DeclareV1
        )
    }

    /// Whether it is made at the token endpoint: without a session, and never repeated by itself, since a code is
    /// good once and a refresh token may be dead once it was sent.
    pub(crate) fn is_oauth(self) -> bool {
        matches!(self, Self::Exchange | Self::Refresh | Self::Revoke)
    }

    /// Whether it carries a body.
    pub(crate) fn posts(self) -> bool {
        self.files()
            || self.is_oauth()
            || matches!(
                self.source(),
                (_, "Validate" | "Transform" | "CheckSignature")
            )
    }
}
