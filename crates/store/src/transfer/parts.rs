use std::io::BufRead;

use super::{ArticleLine, BadFile, DayLine, Line, Reader, VoteLine};

/// Maximum number of votes of one article per batch.
const MAX_VOTES: usize = 4000;

/// Approximate maximum number of lines per batch, so that readers' events do not wait long.
const LINES: usize = 2000;

/// Approximate maximum size of a batch, in bytes, because articles may be long.
const BYTES: usize = 1024 * 1024;

/// An article with part of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
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
pub struct Parts<R> {
    lines: Reader<R>,
    /// The article whose lines are being read.
    open: Option<Part>,
}

impl<R: BufRead> Parts<R> {
    /// Reads from the line after the header.
    pub fn new(lines: Reader<R>) -> Self {
        Self { lines, open: None }
    }

    /// The next batch of articles, and its approximate size in bytes; empty at the end.
    ///
    /// # Errors
    /// [`BadFile`] if the file is invalid.
    pub fn next_portion(&mut self) -> Result<(Vec<Part>, usize), BadFile> {
        let (mut portion, mut lines, mut bytes) = (Vec::new(), 0, 0);
        while let Some(line) = self.lines.next_line()? {
            lines += 1;
            bytes += self.lines.line_bytes();
            match (line, &mut self.open) {
                (Line::Article(article), open) => {
                    let next = Part { article, continues: false, days: Vec::new(), votes: Vec::new() };
                    portion.extend(open.replace(next));
                    if lines >= LINES || bytes >= BYTES {
                        return Ok((portion, bytes));
                    }
                }
                (Line::Day(day), Some(open)) => open.days.push(day),
                (Line::Vote(vote), Some(open)) => {
                    open.votes.push(vote);
                    if open.votes.len() >= MAX_VOTES {
                        // Only the first part needs the copy, which may be long.
                        let article = ArticleLine { copy: None, ..open.article.clone() };
                        let next = Part { article, continues: true, days: vec![], votes: vec![] };
                        portion.extend(self.open.replace(next));
                        return Ok((portion, bytes));
                    }
                }
                // Unreachable: the reader rejects lines without an article.
                _ => {}
            }
        }
        portion.extend(self.open.take());
        Ok((portion, bytes))
    }
}
