use widget::{format::Format, text::fill};
use wire::ReadDedup;

use super::{
    facts::{Accepted, LimitRule, Method, Note, RefusedNumber},
    texts::Texts,
};

/// A part of the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// A piece of a part.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    Text(String),
    List(Vec<String>),
    Code(String),
    Table(Table),
}

/// The first row is the head, the first cell of each row its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) caption: &'static str,
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

/// The widget's labels of the site's options and buttons, in the language of the page.
#[derive(Clone, Debug)]
pub struct Names {
    /// The options of the poll.
    pub options: Vec<String>,
    /// The buttons of the share bar.
    pub buttons: Vec<String>,
}

/// Makes the parts in one language.
pub(super) struct Outline<'a> {
    pub(super) method: &'a Method,
    pub(super) names: &'a Names,
    pub(super) texts: &'static Texts,
    pub(super) format: &'a dyn Format,
}

impl Outline<'_> {
    /// All parts, in the order of the page.
    pub(super) fn sections(&self) -> Vec<Section> {
        let mut sections = vec![
            self.reads(),
            self.reactions(),
            self.shares(),
            self.accepted(),
            self.refused(),
            self.yesterday(),
            self.robots(),
            self.stored(),
            self.notes(
                "starting-counts",
                &self.method.starting_counts,
                [
                    self.texts.notes.starting,
                    self.texts.notes.starting_what,
                    self.texts.notes.no_starting,
                ],
            ),
            self.notes(
                "corrections",
                &self.method.corrections,
                [
                    self.texts.notes.corrections,
                    "",
                    self.texts.notes.no_corrections,
                ],
            ),
            self.check(),
        ];
        // At the end, because it is long.
        sections.extend(self.limits());
        sections
    }

    /// The title of the page.
    pub(super) fn title(&self) -> String {
        fill(self.texts.title, &[("site", self.method.site.as_str())])
    }

    /// The line about version and time zone.
    pub(super) fn made(&self) -> String {
        fill(
            self.texts.made,
            &[
                ("version", self.method.version),
                ("zone", &self.method.time_zone),
            ],
        )
    }

    fn reads(&self) -> Section {
        let texts = &self.texts.reads;
        let rules = &self.method.reads;
        let sentences = match rules.identity {
            ReadDedup::Off => vec![texts.off.into()],
            ReadDedup::Hash => vec![self.what_a_read_is(), texts.by_hash.into()],
            ReadDedup::Key => vec![
                self.what_a_read_is(),
                texts.by_key.into(),
                if rules.stand_in {
                    texts.stand_in.into()
                } else {
                    texts.no_stand_in.into()
                },
            ],
        };
        section("reads", texts.title, sentences)
    }

    fn what_a_read_is(&self) -> String {
        let ms = self.method.reads.after_ms;
        let (text, number) = if ms.is_multiple_of(1000) {
            (self.texts.seconds, ms / 1000)
        } else {
            (self.texts.milliseconds, ms)
        };
        let time = fill(text, &[("n", &self.number(number.into()))]);
        fill(self.texts.reads.what, &[("time", &time)])
    }

    fn reactions(&self) -> Section {
        let texts = &self.texts.reactions;
        let rules = &self.method.reactions;
        let options = || fill(texts.options, &[("list", &self.names.options.join(", "))]);
        let sentences = match rules.poll {
            "off" => vec![texts.off.into()],
            "closed" => vec![texts.closed.into(), options()],
            _ => vec![
                texts.open.into(),
                rules
                    .closes_after_days
                    .map_or(texts.never_closes.into(), |days| {
                        fill(texts.closes, &[("n", &self.number(days.into()))])
                    }),
                if rules.stand_in {
                    texts.stand_in.into()
                } else {
                    texts.no_stand_in.into()
                },
                options(),
                texts.by_article.into(),
            ],
        };
        section("reactions", texts.title, sentences)
    }

    fn shares(&self) -> Section {
        let texts = &self.texts.shares;
        let sentences = if self.method.shares.networks.is_empty() {
            vec![texts.none.into()]
        } else {
            let mut sentences: Vec<String> = match self.method.reads.identity {
                ReadDedup::Hash => vec![texts.by_hash.into()],
                ReadDedup::Key | ReadDedup::Off if self.method.reads.stand_in => {
                    vec![texts.by_key.into(), texts.stand_in.into()]
                }
                ReadDedup::Key | ReadDedup::Off => {
                    vec![texts.by_key.into(), texts.no_stand_in.into()]
                }
            };
            let buttons = self.names.buttons.join(", ");
            sentences.push(fill(texts.buttons, &[("list", &buttons)]));
            sentences
        };
        section("shares", texts.title, sentences)
    }

    fn accepted(&self) -> Section {
        let texts = &self.texts.accepted;
        let Accepted {
            articles,
            ignored,
            origins,
            opaque_origins,
            clients,
        } = &self.method.accepted;
        let mut sentences = vec![match *articles {
            "registered" => texts.registered.to_owned(),
            _ => texts.open.to_owned(),
        }];
        let mut with_list = |text: &str, items: String| {
            if !items.is_empty() {
                sentences.push(fill(text, &[("list", &items)]));
            }
        };
        with_list(texts.ignored, list(ignored));
        let named = |origin: &String| match origin.as_str() {
            "loopback" => texts.loopback.to_owned(),
            origin => origin.to_owned(),
        };
        with_list(
            texts.origins,
            list(&origins.iter().map(named).collect::<Vec<_>>()),
        );
        with_list(texts.clients, list(clients));
        if origins.is_empty() {
            sentences.push(texts.no_origins.into());
        }
        if origins.iter().any(|origin| origin.contains("*.")) {
            sentences.push(texts.below.into());
        }
        sentences.extend([texts.own_pages, texts.arrival].map(String::from));
        sentences.push(if *opaque_origins {
            texts.opaque.into()
        } else {
            texts.no_opaque.into()
        });
        section("accepted", texts.title, sentences)
    }

    fn refused(&self) -> Section {
        let texts = &self.texts.refused;
        let robots = if self.method.robots.refused {
            texts.robots
        } else {
            texts.robots_count
        };
        let mut section = section("refused", texts.title, vec![robots.into()]);
        match &self.method.limits {
            None => section.blocks.push(Block::Text(texts.no_limits.into())),
            Some(_) => section.blocks.push(Block::Text(texts.limits.into())),
        }
        section
    }

    /// The table of the limits, if there are any.
    fn limits(&self) -> Option<Section> {
        let texts = &self.texts.refused;
        let limits = self.method.limits.as_ref()?;
        Some(Section {
            id: "limits",
            title: texts.limit_table.into(),
            blocks: vec![
                Block::List(texts.limit_names.map(str::to_owned).to_vec()),
                Block::Table(Table {
                    caption: texts.limit_caption,
                    head: texts.limit_head.to_vec(),
                    rows: limits.iter().map(|limit| self.limit(limit)).collect(),
                }),
            ],
        })
    }

    fn limit(&self, limit: &LimitRule) -> Vec<String> {
        let amount = |number: Option<u32>| {
            number.map_or_else(|| "–".to_owned(), |number| self.number(number.into()))
        };
        vec![
            limit.name.to_owned(),
            amount(limit.burst),
            amount(limit.per_hour),
            amount(limit.per_day),
        ]
    }

    fn yesterday(&self) -> Section {
        let texts = &self.texts.yesterday;
        let yesterday = &self.method.yesterday;
        let date = self.format.date(&yesterday.day);
        let counted = &yesterday.counted;
        let mut rows = vec![vec![
            texts.counted.to_owned(),
            self.signed(counted.reads),
            self.signed(counted.reactions),
            self.signed(counted.shares),
            String::new(),
        ]];
        let refused = texts
            .reasons
            .iter()
            .map(|(reason, name)| (*name, sums(&yesterday.refused, reason), *reason))
            // Always shown: robots, limits and origins. Others only if there were any.
            .filter(|(_, sums, reason)| {
                matches!(*reason, "bot" | "limit" | "origin") || sums.iter().any(|sum| *sum > 0)
            });
        rows.extend(refused.map(|(name, sums, _)| {
            std::iter::once(name.to_owned())
                .chain(sums.map(|sum| self.number(sum)))
                .collect()
        }));
        Section {
            id: "yesterday",
            title: fill(texts.title, &[("date", &date)]),
            blocks: vec![
                Block::Table(Table {
                    caption: texts.table,
                    head: texts.head.to_vec(),
                    rows,
                }),
                Block::Text(texts.net.into()),
                Block::Text(texts.again.into()),
            ],
        }
    }

    fn robots(&self) -> Section {
        let texts = &self.texts.robots;
        let robots = &self.method.robots;
        let row = |list: &super::facts::RobotListFacts| {
            vec![
                list.name.to_owned(),
                list.version.to_owned(),
                self.format.date(list.published),
                self.format.date(list.taken),
                self.number(list.words as u64),
            ]
        };
        let changes = fill(
            texts.changes,
            &[
                ("added", &self.number(robots.added_words as u64)),
                ("left_out", &self.number(robots.left_out_words as u64)),
            ],
        );
        Section {
            id: "robots",
            title: texts.title.into(),
            blocks: vec![
                Block::Table(Table {
                    caption: texts.table,
                    head: texts.head.to_vec(),
                    rows: robots.lists.iter().map(row).collect(),
                }),
                Block::Text(changes),
            ],
        }
    }

    fn stored(&self) -> Section {
        let texts = &self.texts.stored;
        let days = self.number(self.method.stored.refused_days.unsigned_abs().into());
        let items = vec![
            texts.reactions.into(),
            texts.reads.into(),
            texts.days.into(),
            texts.hours.into(),
            fill(texts.refused, &[("n", &days)]),
            texts.nothing_else.into(),
        ];
        Section {
            id: "stored",
            title: texts.title.into(),
            blocks: vec![Block::List(items)],
        }
    }

    /// `texts`: the title, the sentence before the notes, and the one if there are none.
    fn notes(&self, id: &'static str, notes: &[Note], texts: [&'static str; 3]) -> Section {
        let [title, before, none] = texts;
        let sentence = if notes.is_empty() { none } else { before };
        let sentences = (!sentence.is_empty()).then(|| sentence.to_owned());
        let mut section = section(id, title, sentences.into_iter().collect());
        if !notes.is_empty() {
            let item = |note: &Note| format!("{}: {}", self.format.date(&note.date), note.text);
            section
                .blocks
                .push(Block::List(notes.iter().map(item).collect()));
        }
        section
    }

    fn check(&self) -> Section {
        let texts = &self.texts.check;
        let site = &self.method.site;
        let code = |text: String| Block::Code(text);
        let text = |text: &str| Block::Text(text.to_owned());
        Section {
            id: "check",
            title: texts.title.into(),
            blocks: vec![
                text(texts.tally),
                code(format!("GET /v1/sites/{site}/tallies?article=KEY")),
                text(texts.audit),
                code(format!("gema audit https://… --site {site}")),
                text(texts.sums),
                code(format!(
                    "gema check\ngema article show --article KEY --site {site}"
                )),
                text(texts.code),
            ],
        }
    }

    fn number(&self, number: u64) -> String {
        self.format.number(number)
    }

    fn signed(&self, number: i64) -> String {
        let sign = if number < 0 { "−" } else { "" };
        format!("{sign}{}", self.number(number.unsigned_abs()))
    }
}

/// The numbers of a reason, by column: reads, reactions, shares, other.
fn sums(refused: &[RefusedNumber], reason: &str) -> [u64; 4] {
    let mut sums = [0; 4];
    for one in refused.iter().filter(|one| one.reason == reason) {
        let column = match one.kind {
            "read" | "goatcounter" => 0,
            "react" | "noscript" | "open-heart" => 1,
            "share" => 2,
            _ => 3,
        };
        sums[column] += one.count;
    }
    sums
}

fn section(id: &'static str, title: &str, sentences: Vec<String>) -> Section {
    Section {
        id,
        title: title.to_owned(),
        blocks: sentences.into_iter().map(Block::Text).collect(),
    }
}

fn list(items: &[impl ToString]) -> String {
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}
