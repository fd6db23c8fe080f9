use std::{collections::HashMap, hash::Hash};

use rusqlite::Connection;
use store::Metric;
use wire::SiteId;

use super::read_model::MetricId;

/// Interned ids of sites and metrics. Those added by the open transaction can be [rolled back](Self::rollback) without
/// reading the disk, which may have just failed.
#[derive(Clone, Default)]
pub(super) struct Interner {
    sites: InternedIds<SiteId, i64>,
    metrics: InternedIds<Metric, MetricId>,
}

#[derive(Clone)]
struct InternedIds<K, Id> {
    known: HashMap<K, Id>,
    /// Added by the open transaction.
    added: Vec<K>,
}

impl<K, Id> Default for InternedIds<K, Id> {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            added: Vec::new(),
        }
    }
}

impl Interner {
    /// Loads all names.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut interner = Self::default();
        let mut sites = conn.prepare("select name, id from site")?;
        let mut rows = sites.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(site) = SiteId::parse(row.get_ref(0)?.as_str()?) {
                interner.sites.known.insert(site, row.get(1)?);
            }
        }
        let mut metrics = conn.prepare("select name, id from metric")?;
        let mut rows = metrics.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(metric) = Metric::parse(row.get_ref(0)?.as_str()?) {
                interner.metrics.known.insert(metric, row.get(1)?);
            }
        }
        Ok(interner)
    }

    /// The site's id; inserts the site if it is new.
    pub(super) fn site(&mut self, conn: &Connection, site: &SiteId) -> rusqlite::Result<i64> {
        self.sites.get(site, || {
            conn.query_row(
                "insert into site (name) values (?1) returning id",
                [site.as_str()],
                |row| row.get(0),
            )
        })
    }

    /// Every site with its id.
    pub(super) fn sites(&self) -> impl Iterator<Item = (&SiteId, i64)> {
        self.sites.known.iter().map(|(site, id)| (site, *id))
    }

    pub(super) fn metric_of(&self, id: MetricId) -> Option<&Metric> {
        self.metrics
            .known
            .iter()
            .find(|(_, known)| **known == id)
            .map(|(metric, _)| metric)
    }

    /// Whether the metric counts events; see [`Metric::is_of_events`].
    pub(super) fn is_of_events(&self, id: MetricId) -> bool {
        self.metric_of(id).is_some_and(Metric::is_of_events)
    }

    /// The metric's id; inserts the metric if it is new.
    pub(super) fn metric(
        &mut self,
        conn: &Connection,
        metric: &Metric,
    ) -> rusqlite::Result<MetricId> {
        self.metrics.get(metric, || {
            conn.query_row(
                "insert into metric (name) values (?1) returning id",
                [metric.name()],
                |row| row.get(0),
            )
        })
    }

    /// Keeps the names of the transaction, after its commit. Returns the new metrics.
    pub(super) fn commit(&mut self) -> impl Iterator<Item = (Metric, MetricId)> {
        self.sites.added.clear();
        let known = &self.metrics.known;
        self.metrics
            .added
            .drain(..)
            .filter_map(|metric| known.get(&metric).map(|id| (metric.clone(), *id)))
    }

    /// Forgets the names of the transaction, after its rollback.
    pub(super) fn rollback(&mut self) {
        self.sites.rollback();
        self.metrics.rollback();
    }
}

impl<K: Clone + Eq + Hash, Id: Copy> InternedIds<K, Id> {
    fn get(
        &mut self,
        name: &K,
        insert: impl FnOnce() -> rusqlite::Result<Id>,
    ) -> rusqlite::Result<Id> {
        if let Some(id) = self.known.get(name) {
            return Ok(*id);
        }
        let id = insert()?;
        self.known.insert(name.clone(), id);
        self.added.push(name.clone());
        Ok(id)
    }

    fn rollback(&mut self) {
        for name in self.added.drain(..) {
            self.known.remove(&name);
        }
    }
}
