//! `gema user`.

use accounts::{Role, Section, UserName};
use anyhow::Context;
use axum::http::Method;
use serde_json::{Value, json};
use wire::{Invalid, SiteId};

use super::{
    admin_client::{AdminClient, DatabaseArgs},
    output,
    target_args::{TargetArgs, parsed},
};

/// Adds, lists and removes the users of the newsroom's pages, with or without a running gema
#[derive(clap::Subcommand)]
pub(crate) enum User {
    /// Adds a user, or gives another role; prints a one-time link for a new user
    Add(Add),
    /// Lists the users with their roles
    List(DatabaseArgs),
    /// Removes a user, or only the role on a site
    Rm(Remove),
    /// Prints a one-time link with which the user sets a new password, valid for an hour
    Link(Named),
    /// Ends all sessions of a user
    SignOut(Named),
}

#[derive(clap::Args)]
pub(crate) struct Add {
    /// The name: a short name or an e-mail address
    #[arg(value_parser = name)]
    name: UserName,
    /// What the user may do: `reader`, `editor` (also edits articles and polls) or `operator` (also manages users)
    #[arg(long, value_name = "ROLE")]
    role: Role,
    /// Only the articles whose keys begin so, such as /sport/
    #[arg(long, value_parser = parsed::<Section>, value_name = "PREFIX")]
    section: Option<Section>,
    #[command(flatten)]
    target: TargetArgs,
}

#[derive(clap::Args)]
pub(crate) struct Remove {
    /// The name
    #[arg(value_parser = name)]
    name: UserName,
    /// Takes only the role on this site away; without any role left, the user is removed
    #[arg(long, value_parser = parsed::<SiteId>, value_name = "SITE")]
    site: Option<SiteId>,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(clap::Args)]
pub(crate) struct Named {
    /// The name
    #[arg(value_parser = name)]
    name: UserName,
    #[command(flatten)]
    database: DatabaseArgs,
}

fn name(text: &str) -> Result<UserName, Invalid> {
    UserName::parse(text)
}

pub(crate) async fn run(user: User) -> anyhow::Result<()> {
    let text = match user {
        User::Add(options) => add(options).await?,
        User::List(database) => list(&AdminClient::of_sites(&database)?).await?,
        User::Rm(options) => remove(options).await?,
        User::Link(Named { name, database }) => {
            let client = AdminClient::of_sites(&database)?;
            let command = format!("users/{name}");
            let made = client.command(Method::POST, &command, Value::Null).await?;
            link(made.as_ref())?
        }
        User::SignOut(Named { name, database }) => {
            let client = AdminClient::of_sites(&database)?;
            let command = format!("users/{name}/sign-out");
            client.command(Method::POST, &command, Value::Null).await?;
            format!("{name} is signed out everywhere\n")
        }
    };
    output::out(&text)
}

async fn add(options: Add) -> anyhow::Result<String> {
    let (client, site) = options.target.open()?;
    let Add {
        name,
        role,
        section,
        ..
    } = options;
    let body = json!({ "name": name, "site": site, "role": role, "section": section });
    let added = client.command(Method::POST, "users", body).await?;
    let scope = section.map(|prefix| format!(", {}", output::printable(prefix.as_str())));
    let scope = scope.unwrap_or_default();
    let link = match added.as_ref().is_some_and(|added| added["url"].is_null()) {
        true => String::new(),
        false => link(added.as_ref())?,
    };
    Ok(format!("{name}: {role} of {site}{scope}\n{link}"))
}

/// The whole address of a one-time link, with a sentence for the operator.
fn link(made: Option<&Value>) -> anyhow::Result<String> {
    let url = made
        .and_then(|made| made["url"].as_str())
        .context("an empty answer: is the running gema of another version?")?;
    Ok(format!(
        "This link sets a password. It works once, for an hour:\n{}\n",
        output::printable(url)
    ))
}

async fn list(client: &AdminClient) -> anyhow::Result<String> {
    let users = client.command(Method::GET, "users", Value::Null).await?;
    let mut text = String::new();
    for user in users.iter().filter_map(Value::as_array).flatten() {
        let name = user["name"].as_str().unwrap_or_default();
        let note = match user["has_password"].as_bool() {
            Some(true) => "",
            _ => "\tno password yet",
        };
        for grant in user["roles"].as_array().into_iter().flatten() {
            let field = |name: &str| output::printable(grant[name].as_str().unwrap_or_default());
            let section = field("section");
            text += &format!(
                "{name}\t{}\t{}\t{section}{note}\n",
                field("site"),
                field("role")
            );
        }
    }
    Ok(text)
}

async fn remove(options: Remove) -> anyhow::Result<String> {
    let client = AdminClient::of_sites(&options.database)?;
    let name = options.name;
    let command = match &options.site {
        Some(site) => format!("users/{name}?site={site}"),
        None => format!("users/{name}"),
    };
    client
        .command(Method::DELETE, &command, Value::Null)
        .await?;
    Ok(match options.site {
        Some(site) => format!("{name} has no role on {site} any more\n"),
        None => format!("removed: {name}\n"),
    })
}
