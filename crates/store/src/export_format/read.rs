use std::{
    collections::BTreeSet,
    io::{self, BufRead, Read},
};

use data_encoding::HEXLOWER;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use visitor::{HashKey, database_id};

use super::{FORMAT_VERSION, Footer, Header, Line, bounds};

/// Maximum length of a line, in bytes: the largest body of an article, with JSON escapes.
pub const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

/// Why a file is rejected.
#[derive(Debug, thiserror::Error)]
pub enum InvalidExport {
    /// It is not an export of this program.
    #[error("it is not an export of gema: its first line must say {{\"export\":…}}")]
    NotOurs,
    /// Its format is newer.
    #[error(
        "its format ({found}) is newer than this gema knows ({FORMAT_VERSION}): install gema {gema} or newer"
    )]
    Newer {
        /// Version of its format.
        found: u32,
        /// Version of the program that wrote it.
        gema: String,
    },
    /// It is truncated, or its checksum is wrong.
    #[error("it is not whole ({0}): copy it again")]
    Truncated(String),
    /// A line is invalid.
    #[error("line {line}: {reason}")]
    Wrong {
        /// Number of the line, from 1.
        line: u64,
        /// The reason.
        reason: String,
    },
    /// An I/O error.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads a file line by line. Its lines are verified only when the end has been reached.
pub struct ExportReader<R> {
    from: R,
    header: Header,
    number: u64,
    bytes: Vec<u8>,
    hash: Sha256,
    seen: Footer,
    /// The current article.
    article: Option<ReadArticle>,
    ended: bool,
}

/// The article whose lines are being read.
struct ReadArticle {
    /// Site and key, as errors begin.
    name: String,
    /// Number of its sources.
    sources: usize,
    /// Sum of its daily changes.
    counted: u64,
    /// Days whose hours have been read.
    days_with_hours: BTreeSet<String>,
}

impl<R: BufRead> ExportReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`InvalidExport`] names the cause.
    pub fn new(mut from: R) -> Result<Self, InvalidExport> {
        /// The part of the header that every version has.
        #[derive(Deserialize)]
        struct AnyHeader {
            export: ExportVersion,
        }
        #[derive(Deserialize)]
        struct ExportVersion {
            format: u32,
            #[serde(default)]
            gema: String,
        }
        let mut bytes = Vec::new();
        from.by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut bytes)?;
        let AnyHeader { export } =
            serde_json::from_slice(&bytes).map_err(|_| InvalidExport::NotOurs)?;
        if export.format > FORMAT_VERSION {
            return Err(InvalidExport::Newer {
                found: export.format,
                gema: export.gema,
            });
        }
        let wrong = |reason: String| InvalidExport::Wrong { line: 1, reason };
        let Line::Export(header) =
            serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?
        else {
            return Err(InvalidExport::NotOurs);
        };
        if let Some((name, _)) = header
            .secrets
            .iter()
            .find(|(name, key)| **name != database_id(&HashKey(key.0)))
        {
            return Err(wrong(format!(
                "the key of `{name}` is not the one of that name"
            )));
        }
        bounds::day(&header.day).map_err(wrong)?;
        let mut hash = Sha256::new();
        hash.update(&bytes);
        Ok(Self {
            from,
            header,
            number: 1,
            bytes,
            hash,
            seen: Footer::default(),
            article: None,
            ended: false,
        })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next line of an article; `None` at the end of a complete file.
    ///
    /// # Errors
    /// [`InvalidExport`] names the cause. Then discard all lines read so far.
    pub fn next_line(&mut self) -> Result<Option<Line>, InvalidExport> {
        if self.ended {
            return Ok(None);
        }
        self.bytes.clear();
        self.from
            .by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut self.bytes)?;
        self.number += 1;
        if self.bytes.last() != Some(&b'\n') {
            if self.bytes.len() as u64 >= MAX_LINE_BYTES {
                return Err(self.wrong(format!("a line must be at most {MAX_LINE_BYTES} bytes")));
            }
            return Err(InvalidExport::Truncated(format!(
                "line {} has no end",
                self.number
            )));
        }
        let line =
            serde_json::from_slice(&self.bytes).map_err(|error| self.wrong(error.to_string()))?;
        if let Line::End(end) = line {
            self.finish(end)?;
            return Ok(None);
        }
        self.check(&line).map_err(|reason| self.wrong(reason))?;
        self.hash.update(&self.bytes);
        self.seen.count(&line);
        Ok(Some(line))
    }

    /// Length of the last line, in bytes.
    pub fn line_bytes(&self) -> usize {
        self.bytes.len()
    }

    fn finish(&mut self, end: Footer) -> Result<(), InvalidExport> {
        let hash = std::mem::take(&mut self.hash).finalize();
        let seen = Footer {
            sha256: HEXLOWER.encode(&hash),
            ..std::mem::take(&mut self.seen)
        };
        if seen != end {
            return Err(InvalidExport::Truncated(
                "its sums do not agree with its last line".into(),
            ));
        }
        let mut more = [0; 1];
        if self.from.read(&mut more)? > 0 {
            return Err(InvalidExport::Wrong {
                line: self.number + 1,
                reason: "there is something after the end".into(),
            });
        }
        self.ended = true;
        Ok(())
    }

    fn wrong(&self, reason: String) -> InvalidExport {
        InvalidExport::Wrong {
            line: self.number,
            reason,
        }
    }

    /// Checks what the types do not guarantee. The error names the article.
    fn check(&mut self, line: &Line) -> Result<(), String> {
        match line {
            Line::Article(article) => {
                let named = |why| format!("{} {}: {why}", article.site, article.key);
                bounds::check_article(article, &self.header.secrets).map_err(named)?;
                self.article = Some(ReadArticle {
                    name: named(String::new()),
                    sources: article.sources.len(),
                    counted: 0,
                    days_with_hours: BTreeSet::new(),
                });
                Ok(())
            }
            Line::Day(line) => {
                let article = self.article.as_mut().ok_or(NO_ARTICLE_ERROR)?;
                article.counted = bounds::check_day(line, article.sources)
                    .and_then(|()| bounds::sum(article.counted, line))
                    .map_err(|why| article.name.clone() + &why)?;
                Ok(())
            }
            Line::Hours(line) if line.site.is_some() => {
                // What belongs to an article comes before the hours of sites.
                self.article = None;
                bounds::check_hours(line)
            }
            Line::Hours(line) => {
                let article = self.article.as_mut().ok_or(NO_ARTICLE_ERROR)?;
                bounds::check_hours(line).map_err(|why| article.name.clone() + &why)?;
                match article.days_with_hours.insert(line.day.clone()) {
                    true => Ok(()),
                    false => Err(article.name.clone() + &bounds::hours_twice(&line.day)),
                }
            }
            Line::Vote(vote) => {
                let article = self.article.as_ref().ok_or(NO_ARTICLE_ERROR)?;
                bounds::check_vote(vote).map_err(|why| article.name.clone() + &why)
            }
            Line::Export(_) => Err("a second first line".into()),
            Line::End(_) => Ok(()),
        }
    }
}

/// The error for a day, hours or vote before the first article.
const NO_ARTICLE_ERROR: &str = "there is no article before it";
