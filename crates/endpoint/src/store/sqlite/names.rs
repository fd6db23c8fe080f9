use std::collections::HashMap;

use rusqlite::Connection;
use wire::SiteId;

use super::memory::MetricId;
use crate::store::Metric;

/// The short ids under which the database keeps names of sites and metrics.
#[derive(Default)]
pub(super) struct Names {
    sites: HashMap<SiteId, i64>,
    metrics: HashMap<Metric, MetricId>,
}

impl Names {
    /// Reads all of them.
    pub(super) fn load(conn: &Connection) -> rusqlite::Result<Self> {
        let mut names = Self::default();
        let mut sites = conn.prepare("select name, id from site")?;
        let mut rows = sites.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(site) = SiteId::parse(row.get_ref(0)?.as_str()?) {
                names.sites.insert(site, row.get(1)?);
            }
        }
        let mut metrics = conn.prepare("select name, id from metric")?;
        let mut rows = metrics.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(metric) = Metric::parse(row.get_ref(0)?.as_str()?) {
                names.metrics.insert(metric, row.get(1)?);
            }
        }
        Ok(names)
    }

    /// The site's id, given now if it has none.
    pub(super) fn site(&mut self, conn: &Connection, site: &SiteId) -> rusqlite::Result<i64> {
        if let Some(id) = self.sites.get(site) {
            return Ok(*id);
        }
        let id =
            conn.query_row("insert into site (name) values (?1) returning id", [site.as_str()], |row| row.get(0))?;
        self.sites.insert(site.clone(), id);
        Ok(id)
    }

    /// Every site with its id.
    pub(super) fn sites(&self) -> impl Iterator<Item = (&SiteId, i64)> {
        self.sites.iter().map(|(site, id)| (site, *id))
    }

    /// The metric's id, given now if it has none.
    pub(super) fn metric(&mut self, conn: &Connection, metric: &Metric) -> rusqlite::Result<MetricId> {
        if let Some(id) = self.metrics.get(metric) {
            return Ok(*id);
        }
        let id =
            conn.query_row("insert into metric (name) values (?1) returning id", [metric.name()], |row| row.get(0))?;
        self.metrics.insert(metric.clone(), id);
        Ok(id)
    }

    /// Every metric with its id.
    pub(super) fn metrics(&self) -> impl Iterator<Item = (&Metric, MetricId)> {
        self.metrics.iter().map(|(metric, id)| (metric, *id))
    }
}
