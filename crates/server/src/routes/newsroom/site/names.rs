use config::{Site, networks};
use newsroom::pages::PageContext;
use store::Metric;
use wire::{Network, Reaction};

/// Names of a site's options and networks, in its order, in the page's language.
pub(super) struct Names {
    options: Vec<(Reaction, String)>,
    networks: Vec<(Network, String)>,
}

impl Names {
    pub(super) fn of(site: &Site, language: &str) -> Self {
        let language = site.language(Some(language));
        let options = site.choices(&language).into_iter();
        let networks = networks::buttons(&site.networks, site.share_style, &language).into_iter();
        Self {
            options: options.map(|option| (option.key, option.label)).collect(),
            networks: networks
                .map(|network| (network.key, network.label))
                .collect(),
        }
    }

    /// The options that the site has now.
    pub(super) fn options(&self) -> impl Iterator<Item = &(Reaction, String)> {
        self.options.iter()
    }

    /// The option's label; of a retired one, its key.
    pub(super) fn option(&self, key: &Reaction) -> String {
        let known = self.options.iter().find(|(option, _)| option == key);
        known.map_or_else(|| key.to_string(), |(_, label)| label.clone())
    }

    fn network(&self, key: &Network) -> String {
        let known = self.networks.iter().find(|(network, _)| network == key);
        known.map_or_else(|| key.to_string(), |(_, label)| label.clone())
    }

    /// A metric's name on the pages.
    pub(super) fn metric(&self, context: &PageContext, metric: &Metric) -> String {
        let texts = context.texts;
        match metric {
            Metric::Reads => texts.reads.to_owned(),
            Metric::Reaction(key) => context.fill(texts.votes_of, &[("option", &self.option(key))]),
            Metric::Share(key) => context.fill(texts.shares_to, &[("network", &self.network(key))]),
            other => other.name(),
        }
    }

    /// The place of a metric in lists: reads, then options and networks in the site's order, then retired ones.
    pub(super) fn place(&self, metric: &Metric) -> (u8, usize, String) {
        let at = |found: Option<usize>| found.unwrap_or(usize::MAX);
        let (kind, at) = match metric {
            Metric::Reads => (0, 0),
            Metric::Reaction(key) => {
                let found = self.options.iter().position(|(option, _)| option == key);
                (1, at(found))
            }
            Metric::Share(key) => {
                let found = self.networks.iter().position(|(network, _)| network == key);
                (2, at(found))
            }
            _ => (3, 0),
        };
        (kind, at, metric.name())
    }
}
