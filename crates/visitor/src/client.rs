/// A counter whose own client the endpoint also answers. Its readers have no token: each is a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Client {
    /// Waline: page views and reactions.
    Waline,
    /// GoatCounter: page views.
    GoatCounter,
    /// Open Heart: reactions.
    OpenHeart,
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waline, Self::GoatCounter, Self::OpenHeart];

    /// Its name in metrics, in the store and in paths.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waline => "waline",
            Self::GoatCounter => "goatcounter",
            Self::OpenHeart => "open-heart",
        }
    }

    /// Parses a [`name`](Self::name).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|client| client.name() == name)
    }
}
