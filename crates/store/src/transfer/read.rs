use std::io::{self, BufRead, Read};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use text::{hex, key::article_key};
use visitor::{Day, HashKey, key_name};

use super::{ArticleLine, DayLine, End, FORMAT, Header, Line};
use crate::Metric;

/// The longest line: the largest body of an article, in which JSON may have to escape every byte.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

/// The greatest count that a JavaScript number holds exactly.
const MAX_COUNT: u64 = (1 << 53) - 1;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// It is of another program, or another version of this one.
    #[error("it is no export of gema: its first line must say {{\"export\":…}}")]
    NotOurs,
    /// A later version may mean what this one does not know.
    #[error("its format ({found}) is newer than this gema knows ({FORMAT}): install gema {gema} or newer")]
    Newer {
        /// The version of its format.
        found: u32,
        /// What wrote it.
        gema: String,
    },
    /// The end is missing, or something before it is.
    #[error("it is not whole ({0}): copy it again")]
    Truncated(String),
    /// A line that no export has.
    #[error("line {line}: {reason}")]
    Wrong {
        /// Its number, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads a file line by line. What it has read is certain only when it was read to its end.
pub struct Reader<R> {
    from: R,
    header: Header,
    number: u64,
    bytes: Vec<u8>,
    hash: Sha256,
    seen: End,
    /// How many sources the article has that is being read.
    sources: Option<usize>,
    /// What its days have together.
    counted: u64,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line.
    ///
    /// # Errors
    /// [`BadFile`] says what is wrong with the file.
    pub fn new(mut from: R) -> Result<Self, BadFile> {
        /// What every version says, whatever else.
        #[derive(Deserialize)]
        struct AnyHeader {
            export: Version,
        }
        #[derive(Deserialize)]
        struct Version {
            format: u32,
            #[serde(default)]
            gema: String,
        }
        let mut bytes = Vec::new();
        from.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes)?;
        let AnyHeader { export } = serde_json::from_slice(&bytes).map_err(|_| BadFile::NotOurs)?;
        if export.format > FORMAT {
            return Err(BadFile::Newer { found: export.format, gema: export.gema });
        }
        let wrong = |reason: String| BadFile::Wrong { line: 1, reason };
        let Line::Export(header) = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))? else {
            return Err(BadFile::NotOurs);
        };
        if let Some((name, _)) = header.secrets.iter().find(|(name, key)| **name != key_name(&HashKey(key.0))) {
            return Err(wrong(format!("the key of `{name}` is not the one of that name")));
        }
        day(&header.day).map_err(wrong)?;
        let mut hash = Sha256::new();
        hash.update(&bytes);
        Ok(Self { from, header, number: 1, bytes, hash, seen: End::default(), sources: None, counted: 0, ended: false })
    }

    /// What the first line says.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next line that is an article's; `None` after the last one of a file that is whole.
    ///
    /// # Errors
    /// [`BadFile`] says what is wrong with the file. Nothing of it is to be believed then.
    pub fn next_line(&mut self) -> Result<Option<Line>, BadFile> {
        if self.ended {
            return Ok(None);
        }
        self.bytes.clear();
        self.from.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut self.bytes)?;
        self.number += 1;
        if self.bytes.last() != Some(&b'\n') {
            if self.bytes.len() as u64 >= MAX_LINE_BYTES {
                return Err(self.wrong(format!("a line may have {MAX_LINE_BYTES} bytes")));
            }
            return Err(BadFile::Truncated(format!("line {} has no end", self.number)));
        }
        let line = serde_json::from_slice(&self.bytes).map_err(|error| self.wrong(error.to_string()))?;
        if let Line::End(end) = line {
            self.finish(end)?;
            return Ok(None);
        }
        self.check(&line).map_err(|reason| self.wrong(reason))?;
        self.hash.update(&self.bytes);
        self.seen.count(&line);
        Ok(Some(line))
    }

    /// How many bytes the line had that was read last.
    pub fn line_bytes(&self) -> usize {
        self.bytes.len()
    }

    fn finish(&mut self, end: End) -> Result<(), BadFile> {
        let hash = std::mem::take(&mut self.hash).finalize();
        let seen = End { sha256: hex::encode(&hash), ..std::mem::take(&mut self.seen) };
        if seen != end {
            return Err(BadFile::Truncated("its sums do not agree with its last line".into()));
        }
        let mut more = [0; 1];
        if self.from.read(&mut more)? > 0 {
            return Err(BadFile::Wrong { line: self.number + 1, reason: "there is something after the end".into() });
        }
        self.ended = true;
        Ok(())
    }

    fn wrong(&self, reason: String) -> BadFile {
        BadFile::Wrong { line: self.number, reason }
    }

    /// What the types do not say.
    fn check(&mut self, line: &Line) -> Result<(), String> {
        match line {
            Line::Article(article) => {
                self.check_article(article)?;
                (self.sources, self.counted) = (Some(article.sources.len()), 0);
                Ok(())
            }
            Line::Day(line) => {
                check_day(line, self.sources.ok_or(NO_ARTICLE)?)?;
                let counts = line.counts.values().map(|count| count.unsigned_abs());
                self.counted = counts.fold(self.counted, u64::saturating_add);
                let is_much = self.counted > MAX_COUNT;
                if is_much { Err(format!("an article may have {MAX_COUNT} counts at most")) } else { Ok(()) }
            }
            Line::Vote(vote) if vote.seq > MAX_COUNT => Err(format!("a seq may be {MAX_COUNT} at most")),
            Line::Vote(_) => self.sources.map(|_| ()).ok_or_else(|| NO_ARTICLE.into()),
            Line::Export(_) => Err("a second first line".into()),
            Line::End(_) => Ok(()),
        }
    }

    fn check_article(&self, article: &ArticleLine) -> Result<(), String> {
        day(&article.created)?;
        for key in std::iter::once(&article.key).chain(article.aliases.iter().map(|alias| &alias.key)) {
            // No request could name it.
            if article_key(key.as_str()).as_ref() != Ok(key) {
                return Err(format!("`{key}` is no key as gema writes them: trimmed, in Unicode NFC"));
            }
        }
        if article.rev > MAX_COUNT {
            return Err(format!("a rev may be {MAX_COUNT} at most"));
        }
        for source in &article.sources {
            if !self.header.secrets.contains_key(&source.of) {
                return Err(format!("the first line has no key of `{}`", source.of));
            }
        }
        for (name, count) in &article.imported {
            metric(name)?;
            if *count > MAX_COUNT {
                return Err(format!("{name}: a count may be {MAX_COUNT} at most"));
            }
        }
        Ok(())
    }
}

/// Of a day or vote that comes too early.
const NO_ARTICLE: &str = "there is no article before it";

fn check_day(line: &DayLine, sources: usize) -> Result<(), String> {
    day(&line.day)?;
    if line.source >= sources {
        return Err(format!("its article has no source {}", line.source));
    }
    for (name, count) in &line.counts {
        let metric = metric(name)?;
        let is_net = matches!(metric, Metric::Reaction(_));
        if count.unsigned_abs() > MAX_COUNT || (*count < 0 && !is_net) {
            return Err(format!("{name}: {count} is no count of a day"));
        }
    }
    Ok(())
}

fn metric(name: &str) -> Result<Metric, String> {
    Metric::parse(name).ok_or_else(|| format!("`{name}` is nothing that is counted"))
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| format!("`{text}` is no day"))
}
