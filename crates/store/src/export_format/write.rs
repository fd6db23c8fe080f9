use std::{borrow::Cow, collections::BTreeSet};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use wire::{ArticleKey, SiteId};

use super::{
    ArticleLine, DayLine, Footer, Header, HoursLine, Line, MAX_LINE_BYTES, VoteLine, bounds,
};
use crate::{MAX_COUNT, Skipped};

/// Serialises lines. A file that it has written can always be imported: values that no import takes are reduced or
/// left out.
#[derive(Clone, Default)]
pub struct ExportWriter {
    hash: Sha256,
    end: Footer,
    header: Option<Header>,
    /// The article whose lines are being written. `None`: it is left out.
    article: Option<OpenArticle>,
    reduced: Vec<Skipped>,
}

/// The article whose lines are being written.
#[derive(Clone)]
struct OpenArticle {
    site: SiteId,
    key: ArticleKey,
    /// Number of its sources.
    sources: usize,
    /// Sum of its daily changes.
    counted: u64,
    /// Days whose hours have been written.
    days_with_hours: BTreeSet<String>,
}

impl ExportWriter {
    /// Appends a line.
    pub fn line(&mut self, line: &Line, to: &mut Vec<u8>) {
        let from = to.len();
        let Some(line) = self.bounded(line) else {
            return;
        };
        write(&line, to);
        if (to.len() - from) as u64 > MAX_LINE_BYTES {
            to.truncate(from);
            self.report(format!("a line must be at most {MAX_LINE_BYTES} bytes"));
            match line.into_owned() {
                Line::Article(article) => return self.shorter(article, to),
                _ => return,
            }
        }
        self.hash.update(&to[from..]);
        self.end.count(&line);
    }

    /// Appends the last line, without which the file counts as truncated. Returns articles of which values were reduced
    /// or left out, with the reason.
    pub fn end(self, to: &mut Vec<u8>) -> Vec<Skipped> {
        let sha256 = HEXLOWER.encode(&self.hash.finalize());
        write(&Line::End(Footer { sha256, ..self.end }), to);
        self.reduced
    }

    /// The line as an import takes it; `None`: it is left out.
    fn bounded<'l>(&mut self, line: &'l Line) -> Option<Cow<'l, Line>> {
        let bounded = match line {
            Line::Export(header) => {
                self.header = Some(header.clone());
                None
            }
            Line::Article(article) => self.bounded_article(article)?.map(Line::Article),
            Line::Day(day) => self.bounded_day(day)?.map(Line::Day),
            Line::Hours(hours) => self.bounded_hours(hours)?.map(Line::Hours),
            Line::Vote(vote) => self.bounded_vote(vote)?.map(Line::Vote),
            Line::End(_) => return None,
        };
        Some(bounded.map_or(Cow::Borrowed(line), Cow::Owned))
    }

    /// `Some(None)`: the line can be imported as it is. `None`: it is left out.
    fn bounded_article(&mut self, article: &ArticleLine) -> Option<Option<ArticleLine>> {
        let header = self.header.as_ref()?;
        let checked = bounds::check_article(article, &header.secrets);
        let bounded = checked
            .is_err()
            .then(|| bounds::bounded_article(article, &header.day));
        let is_importable = bounded
            .as_ref()
            .is_none_or(|bounded| bounds::check_article(bounded, &header.secrets).is_ok());
        self.article = Some(OpenArticle {
            site: article.site.clone(),
            key: article.key.clone(),
            sources: article.sources.len().min(bounds::MAX_SOURCES),
            counted: 0,
            days_with_hours: BTreeSet::new(),
        });
        checked.unwrap_or_else(|why| self.report(why));
        if !is_importable {
            self.article = None;
            return None;
        }
        Some(bounded)
    }

    fn bounded_day(&mut self, line: &DayLine) -> Option<Option<DayLine>> {
        let article = self.article.as_mut()?;
        let checked = bounds::check_day(line, article.sources)
            .and_then(|()| bounds::sum(article.counted, line));
        let why = match checked {
            Ok(counted) => {
                article.counted = counted;
                return Some(None);
            }
            Err(why) => why,
        };
        let bounded = bounds::bounded_day(line, article.counted);
        let sum = bounds::check_day(&bounded, article.sources)
            .and_then(|()| bounds::sum(article.counted, &bounded));
        article.counted = *sum.as_ref().unwrap_or(&article.counted);
        self.report(why);
        sum.is_ok().then_some(Some(bounded))
    }

    fn bounded_hours(&mut self, line: &HoursLine) -> Option<Option<HoursLine>> {
        match line.site {
            Some(_) => self.article = None,
            None => {
                let article = self.article.as_mut()?;
                if !article.days_with_hours.insert(line.day.clone()) {
                    self.report(bounds::hours_twice(&line.day));
                    return None;
                }
            }
        }
        let Err(why) = bounds::check_hours(line) else {
            return Some(None);
        };
        match &line.site {
            Some(site) => self.reduced.push(Skipped {
                site: site.to_string(),
                article: format!("hours of {}", line.day),
                why,
            }),
            None => self.report(why),
        }
        let bounded = bounds::bounded_hours(line);
        bounds::check_hours(&bounded)
            .is_ok()
            .then_some(Some(bounded))
    }

    fn bounded_vote(&mut self, vote: &VoteLine) -> Option<Option<VoteLine>> {
        self.article.as_ref()?;
        let Err(why) = bounds::check_vote(vote) else {
            return Some(None);
        };
        self.report(why);
        Some(Some(VoteLine {
            seq: vote.seq.min(MAX_COUNT),
            ..vote.clone()
        }))
    }

    /// Writes an article whose line is too long with fewer aliases, or without its copy.
    fn shorter(&mut self, article: ArticleLine, to: &mut Vec<u8>) {
        let keep = article.aliases.len() / 2;
        let mut aliases = article.aliases;
        aliases.truncate(keep);
        let is_last = aliases.is_empty();
        let shorter = ArticleLine {
            copy: article.copy.clone().filter(|_| !is_last),
            aliases,
            ..article
        };
        if is_last && article.copy.is_none() {
            self.article = None;
            return;
        }
        self.line(&Line::Article(shorter), to);
    }

    /// Notes why the article is not written as it is, once for each.
    fn report(&mut self, why: String) {
        let Some(OpenArticle { site, key, .. }) = &self.article else {
            return;
        };
        let (site, article) = (site.to_string(), key.to_string());
        let last = self.reduced.last();
        if last.is_none_or(|last| (&last.site, &last.article) != (&site, &article)) {
            let why = format!("not all its values are exported: {why}");
            self.reduced.push(Skipped { site, article, why });
        }
    }
}

fn write(line: &Line, to: &mut Vec<u8>) {
    // Serialising texts, numbers and maps with text keys to memory cannot fail.
    let _ = serde_json::to_writer(&mut *to, line);
    to.push(b'\n');
}
