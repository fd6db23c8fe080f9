use std::io::BufRead;

use super::{ArticleLine, DayLine, ExportReader, HoursLine, InvalidExport, Line, VoteLine};

/// Maximum number of votes of one article per batch.
const MAX_BATCH_VOTES: usize = 4000;

/// Approximate maximum number of lines per batch, so that readers' events do not wait long.
const BATCH_LINES: usize = 2000;

/// Approximate maximum size of a batch, in bytes, because articles may be long.
const BATCH_BYTES: usize = 1024 * 1024;

/// An article with part of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticlePart {
    /// The article.
    pub article: ArticleLine,
    /// Whether an earlier part of this article precedes it.
    pub continues: bool,
    /// All its days; only in the first part.
    pub days: Vec<DayLine>,
    /// Its known hours; only in the first part.
    pub hours: Vec<HoursLine>,
    /// Some of its votes; each vote is in one part.
    pub votes: Vec<VoteLine>,
    /// Sum of all its daily changes, without their signs; the same in each part.
    pub counted: u64,
}

/// Some articles of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Articles with all or part of their lines.
    pub parts: Vec<ArticlePart>,
    /// Hours of sites, whose articles are in earlier batches or in this one.
    pub site_hours: Vec<HoursLine>,
    /// Approximate size of their lines, in bytes.
    pub bytes: usize,
}

/// Splits a file into batches of bounded size.
pub struct BatchReader<R> {
    lines: ExportReader<R>,
    /// The article whose lines are being read.
    open: Option<ArticlePart>,
}

impl<R: BufRead> BatchReader<R> {
    /// Reads from the line after the header.
    pub fn new(lines: ExportReader<R>) -> Self {
        Self { lines, open: None }
    }

    /// The next batch, with at least one article or line of a site; `None` at the end.
    ///
    /// # Errors
    /// [`InvalidExport`] if the file is invalid.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, InvalidExport> {
        let mut parts = Vec::new();
        let mut site_hours = Vec::new();
        let mut lines = 0;
        let mut bytes = 0;
        while let Some(line) = self.lines.next_line()? {
            lines += 1;
            bytes += self.lines.line_bytes();
            match (line, &mut self.open) {
                (Line::Article(article), open) => {
                    let next = ArticlePart {
                        article,
                        continues: false,
                        days: Vec::new(),
                        hours: Vec::new(),
                        votes: Vec::new(),
                        counted: 0,
                    };
                    parts.extend(open.replace(next));
                    // The first article alone may be longer than a batch.
                    if !parts.is_empty() && (lines >= BATCH_LINES || bytes >= BATCH_BYTES) {
                        return Ok(Some(Batch {
                            parts,
                            site_hours,
                            bytes,
                        }));
                    }
                }
                (Line::Hours(hours), open) if hours.site.is_some() => {
                    parts.extend(open.take());
                    site_hours.push(hours);
                    if lines >= BATCH_LINES || bytes >= BATCH_BYTES {
                        return Ok(Some(Batch {
                            parts,
                            site_hours,
                            bytes,
                        }));
                    }
                }
                (Line::Hours(hours), Some(open)) => open.hours.push(hours),
                (Line::Day(day), Some(open)) => {
                    let counts = day.counts.values().map(|count| count.unsigned_abs());
                    open.counted = counts.fold(open.counted, u64::saturating_add);
                    open.days.push(day);
                }
                (Line::Vote(vote), Some(open)) => {
                    open.votes.push(vote);
                    if open.votes.len() >= MAX_BATCH_VOTES {
                        // Only the first part needs the copy, which may be long.
                        let article = ArticleLine {
                            copy: None,
                            ..open.article.clone()
                        };
                        let next = ArticlePart {
                            article,
                            continues: true,
                            days: vec![],
                            hours: vec![],
                            votes: vec![],
                            counted: open.counted,
                        };
                        parts.extend(self.open.replace(next));
                        return Ok(Some(Batch {
                            parts,
                            site_hours,
                            bytes,
                        }));
                    }
                }
                // Unreachable: the reader rejects lines without an article.
                _ => {}
            }
        }
        parts.extend(self.open.take());
        let is_end = parts.is_empty() && site_hours.is_empty();
        Ok((!is_end).then_some(Batch {
            parts,
            site_hours,
            bytes,
        }))
    }
}

#[cfg(test)]
mod tests;
