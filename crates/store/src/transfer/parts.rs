use std::io::BufRead;

use super::{ArticleLine, BadFile, DayLine, Line, Reader, VoteLine};

/// The most votes of one article that are taken over at once.
const MAX_VOTES: usize = 4000;

/// About how many lines are taken over at once: so few that the readers' events need not wait long.
const LINES: usize = 2000;

/// And about how many bytes: articles may be long.
const BYTES: usize = 1024 * 1024;

/// An article and some of what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which article.
    pub article: ArticleLine,
    /// Whether its first part was before this one.
    pub continues: bool,
    /// All its days, in its first part.
    pub days: Vec<DayLine>,
    /// Some of its votes, each in one part.
    pub votes: Vec<VoteLine>,
}

/// A file in portions of bounded size, whatever it holds.
pub struct Parts<R> {
    lines: Reader<R>,
    /// The article whose lines are being read.
    open: Option<Part>,
}

impl<R: BufRead> Parts<R> {
    /// Reads on from the first line.
    pub fn new(lines: Reader<R>) -> Self {
        Self { lines, open: None }
    }

    /// Some articles, each once, and about how many bytes they had; none after the last.
    ///
    /// # Errors
    /// [`BadFile`] if the file is not as it should be.
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
                        // Its first part has the copy, which may be long.
                        let article = ArticleLine { copy: None, ..open.article.clone() };
                        let next = Part { article, continues: true, days: vec![], votes: vec![] };
                        portion.extend(self.open.replace(next));
                        return Ok((portion, bytes));
                    }
                }
                // The reader refuses what has no article before it.
                _ => {}
            }
        }
        portion.extend(self.open.take());
        Ok((portion, bytes))
    }
}
