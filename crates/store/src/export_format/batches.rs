use std::io::BufRead;

use super::{ArticleLine, DayLine, ExportReader, InvalidExport, Line, VoteLine};

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
    /// Some of its votes; each vote is in one part.
    pub votes: Vec<VoteLine>,
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

    /// The next batch of articles, and its approximate size in bytes; empty at the end.
    ///
    /// # Errors
    /// [`InvalidExport`] if the file is invalid.
    pub fn next_batch(&mut self) -> Result<(Vec<ArticlePart>, usize), InvalidExport> {
        let mut batch = Vec::new();
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
                        votes: Vec::new(),
                    };
                    batch.extend(open.replace(next));
                    if lines >= BATCH_LINES || bytes >= BATCH_BYTES {
                        return Ok((batch, bytes));
                    }
                }
                (Line::Day(day), Some(open)) => open.days.push(day),
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
                            votes: vec![],
                        };
                        batch.extend(self.open.replace(next));
                        return Ok((batch, bytes));
                    }
                }
                // Unreachable: the reader rejects lines without an article.
                _ => {}
            }
        }
        batch.extend(self.open.take());
        Ok((batch, bytes))
    }
}
