use accounts::{Access, Grant, Role, Section};
use serde::Deserialize;
use wire::{Invalid, SiteId};

use crate::Origin;

/// `[newsroom]`: the newsroom's pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newsroom {
    /// Whether the pages are served. `None`: if there is a user.
    pub enabled: Option<bool>,
    /// Heading of all pages; by default that of the language.
    pub title: Option<String>,
    /// The endpoint's own origin, as browsers see it; by default that of the request's `Host`.
    pub address: Option<String>,
    /// The header in which a trusted proxy names the user that it has authenticated, in lower case.
    pub user_header: Option<String>,
    /// The header in which it lists the user's groups, separated by commas, in lower case.
    pub groups_header: Option<String>,
    /// Roles by group. On each site the first group that the user is in counts.
    pub groups: Vec<(String, Grant)>,
}

/// `[newsroom]` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewsroomSection {
    enabled: Option<bool>,
    title: Option<String>,
    address: Option<Origin>,
    user_header: Option<String>,
    groups_header: Option<String>,
    #[serde(default)]
    groups: Vec<GroupSection>,
}

/// An entry of `[[newsroom.groups]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupSection {
    group: String,
    site: SiteId,
    role: Role,
    section: Option<Section>,
}

impl Newsroom {
    /// The roles of a user in these groups.
    pub fn access_of<'a>(&self, groups: impl Iterator<Item = &'a str> + Clone) -> Access {
        let is_in = |group: &str| groups.clone().any(|of_user| of_user == group);
        let grants = self.groups.iter().filter(|(group, _)| is_in(group));
        grants.map(|(_, grant)| grant.clone()).collect()
    }
}

impl NewsroomSection {
    /// Validates the section. Faults are sentences for the operator.
    pub(crate) fn check(
        self,
        is_site: impl Fn(&SiteId) -> bool,
        has_proxies: bool,
    ) -> Result<Newsroom, Vec<String>> {
        let mut faults = Vec::new();
        let mut fault =
            |name: &str, what: String| faults.push(format!("[newsroom] `{name}` {what}"));
        for (name, header) in [
            ("user_header", &self.user_header),
            ("groups_header", &self.groups_header),
        ] {
            let Some(header) = header else { continue };
            if !is_header(header) {
                fault(
                    name,
                    "is not a header's name: write it as \"Remote-User\"".into(),
                );
            } else if is_sent_by_clients(header) {
                let what = "is a header that browsers send and proxies pass on, so that anybody could be anybody: name one \
                            that only the proxy sets, such as \"Remote-User\"";
                fault(name, what.into());
            }
        }
        if let (Some(user), Some(groups)) = (&self.user_header, &self.groups_header)
            && user.eq_ignore_ascii_case(groups)
        {
            fault(
                "groups_header",
                "is `user_header` too, so that a user could have the name of a group: name another one".into(),
            );
        }
        if self.user_header.is_some() && !has_proxies {
            fault(
                "user_header",
                "is believed from `trusted_proxies` only, and there are none: name the network of the proxy that authenticates"
                    .into(),
            );
        }
        if self.groups_header.is_some() && self.user_header.is_none() {
            fault(
                "groups_header",
                "needs `user_header`, which names the user".into(),
            );
        }
        if !self.groups.is_empty() && self.groups_header.is_none() {
            fault(
                "groups",
                "needs `groups_header`, which lists the user's groups".into(),
            );
        }
        let address = match &self.address {
            Some(Origin::Exact(origin)) => Some(origin.clone()),
            None => None,
            Some(_) => {
                fault(
                    "address",
                    "is not one origin: write it as \"https://gema.news.example\"".into(),
                );
                None
            }
        };
        let mut groups = Vec::new();
        for GroupSection {
            group,
            site,
            role,
            section,
        } in self.groups
        {
            if group.is_empty() || group.trim() != group || group.contains(',') {
                fault(
                    "groups",
                    format!(
                        "has the group `{group}`: write one name, without commas and spaces around it"
                    ),
                );
            }
            if !is_site(&site) {
                fault(
                    "groups",
                    format!("names the site `{site}`, which is not in `sites`"),
                );
            }
            match Grant::new(site, role, section) {
                Ok(grant) => groups.push((group, grant)),
                Err(Invalid(what)) => fault("groups", format!("of `{group}`: `section` {what}")),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Newsroom {
            enabled: Some(self.enabled.unwrap_or(true)),
            title: self.title,
            address,
            user_header: self.user_header.map(|name| name.to_ascii_lowercase()),
            groups_header: self.groups_header.map(|name| name.to_ascii_lowercase()),
            groups,
        })
    }
}

/// Whether the text is a header's name (RFC 9110, 5.6.2).
fn is_header(name: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(is_token)
}

/// Headers that clients send themselves, and a proxy usually passes on, and those of the connection and of proxies.
const SENT_BY_CLIENTS: [&str; 52] = [
    "alt-used",
    "attribution-reporting-eligible",
    "authorization",
    "cache-control",
    "cf-connecting-ip",
    "connection",
    "cookie",
    "date",
    "device-memory",
    "dnt",
    "downlink",
    "dpr",
    "early-data",
    "ect",
    "expect",
    "fastly-client-ip",
    "forwarded",
    "from",
    "gema-newsroom",
    "host",
    "idempotency-key",
    "keep-alive",
    "last-event-id",
    "max-forwards",
    "origin",
    "ping-from",
    "ping-to",
    "pragma",
    "priority",
    "purpose",
    "range",
    "referer",
    "rtt",
    "save-data",
    "service-worker",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "via",
    "viewport-width",
    "width",
    "x-client-ip",
    "x-forwarded-for",
    "x-real-ip",
    "x-request-id",
    "x-requested-with",
];

/// Beginnings of such headers.
const PREFIXES_OF_CLIENTS: [&str; 6] = [
    "accept",
    "access-control-",
    "content-",
    "if-",
    "proxy-",
    "sec-",
];

/// Headers that begin with `x-forwarded-` and name a user: oauth2-proxy and others set them.
const FORWARDED_IDENTITY: [&str; 5] = [
    "access-token",
    "email",
    "groups",
    "preferred-username",
    "user",
];

/// Whether the header says nothing about a user whom a proxy has authenticated.
fn is_sent_by_clients(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_of_connection = name
        .strip_prefix("x-forwarded-")
        .is_some_and(|rest| !FORWARDED_IDENTITY.contains(&rest));
    is_of_connection
        || SENT_BY_CLIENTS.contains(&name.as_str())
        || PREFIXES_OF_CLIENTS
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests;
