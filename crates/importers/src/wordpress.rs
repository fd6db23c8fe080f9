use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
};

use store::Metric;
use text::key::article_key;

use super::{
    ContentsBuilder, ExportContents, ReadError, grouped_count,
    pages::PageColumns,
    path::{Hosts, Page},
    unreadable,
};

/// Post fields in which plugins and themes count views: WP-PostViews, many themes, WPBakery.
const FIELDS: [&str; 3] = ["views", "post_views_count", "_vc_view_count"];

/// Maximum length of a text, in bytes; the middle of a longer one is dropped.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The relevant data of a post.
#[derive(Default)]
struct Post {
    id: String,
    link: String,
    status: String,
    kind: String,
    /// The fields with views, each with its greatest value.
    views: BTreeMap<String, String>,
    /// Name of the field that is being parsed.
    field: String,
}

/// WordPress' export (Tools, Export: "WXR", XML), with views that plugins and themes have stored in post fields. A
/// post's key is derived from its address; with `page=id`, it is `wp-123`, as in Gema's plugin. `reads` names the field
/// if the export has several.
///
/// # Errors
/// [`ReadError`]: the export has several fields with views, or none.
pub fn read(from: impl Read, columns: &PageColumns) -> Result<ExportContents, ReadError> {
    let by_id = match columns.page.as_deref() {
        None | Some("link") => false,
        Some("id") => true,
        Some(other) => {
            return Err(ReadError::File(format!(
                "page=`{other}`: page=link, or page=id for the keys of Gema's plugin"
            )));
        }
    };
    let mut posts = Posts::of(from);
    let mut by_field: BTreeMap<String, ContentsBuilder> = BTreeMap::new();
    let (mut all, mut hosts) = (ContentsBuilder::of(vec![Metric::Reads]), Hosts::default());
    while let Some(post) = posts.next(columns.reads.as_deref())? {
        if post.views.is_empty() {
            continue;
        }
        if post.status != "publish"
            || ["attachment", "nav_menu_item", "revision"].contains(&&*post.kind)
        {
            all.skip("posts that are not published, or no articles");
            continue;
        }
        let page = if by_id {
            article_key(&format!("wp-{}", post.id)).map(Page::Article)
        } else {
            hosts.page(&post.link).unwrap_or(Ok(Page::Home))
        };
        for (field, views) in &post.views {
            let builder = by_field
                .entry(field.clone())
                .or_insert_with(|| ContentsBuilder::of(vec![Metric::Reads]));
            match (&page, grouped_count(views)) {
                (_, Ok(0)) => builder.skip("posts without views"),
                (Ok(Page::Article(key)), Ok(views)) => {
                    builder.add_named(&post.link, key.clone(), &[views])
                }
                (Ok(_), Ok(_)) => builder.skip("posts whose address is the home page"),
                (Err(invalid), _) => {
                    builder.report_row(format!("post {}", post.id), "link", invalid.to_string())
                }
                (_, Err(reason)) => builder.report_row(format!("post {}", post.id), field, reason),
            }
        }
    }
    if !posts.is_wxr {
        return Err(ReadError::File(
            "it is not an export of WordPress (Tools, Export): it has no <wp:wxr_version>".into(),
        ));
    }
    let names = by_field
        .keys()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let mut fields = by_field.into_iter();
    match (fields.next(), fields.next()) {
        (Some((_, mut builder)), None) => {
            builder.contents.skipped.extend(all.contents.skipped);
            builder.contents.notes.extend(hosts.note());
            Ok(builder.finish())
        }
        (Some(_), Some(_)) => {
            Err(ReadError::File(format!("it has views in several fields ({names}): choose one with --columns reads=FIELD")))
        }
        (None, _) => Err(ReadError::File(
            "no post of it has a field of views: name it with --columns reads=FIELD. Tables of plugins are not in this \
             export: import them in WordPress, with Gema's plugin"
                .into(),
        )),
    }
}

/// Reads post after post. Memory is needed for one text alone.
struct Posts<R> {
    from: BufReader<R>,
    is_wxr: bool,
}

impl<R: Read> Posts<R> {
    fn of(from: R) -> Self {
        Self {
            from: BufReader::with_capacity(64 * 1024, from),
            is_wxr: false,
        }
    }

    /// The next post. `field`: the only field to keep.
    fn next(&mut self, field: Option<&str>) -> Result<Option<Post>, ReadError> {
        let mut post: Option<Post> = None;
        let (mut tag, mut text) = (String::new(), Vec::new());
        loop {
            if !self.text(&mut text)? {
                return Ok(None);
            }
            let before = std::mem::take(&mut text);
            let next = self.tag(&mut text)?;
            let Some(next) = next else {
                // The text of a CDATA section belongs to the current tag.
                continue;
            };
            if next == "/item" {
                return Ok(post.or_else(|| Some(Post::default())));
            }
            self.is_wxr |= next == "wp:wxr_version";
            if next == "item" {
                post = Some(Post::default());
            } else if let Some(post) = &mut post
                && next.strip_prefix('/') == Some(&*tag)
            {
                post.take(&tag, &unescaped(&String::from_utf8_lossy(&before)), field);
            }
            tag = next;
        }
    }

    /// Appends text up to the next `<`; `false` at the end of the file.
    fn text(&mut self, text: &mut Vec<u8>) -> Result<bool, ReadError> {
        self.until(b'<', text)
    }

    /// The name of the next tag; `None` if it was a CDATA section, whose text has been appended.
    fn tag(&mut self, text: &mut Vec<u8>) -> Result<Option<String>, ReadError> {
        let mut name = Vec::new();
        self.until(b'>', &mut name)?;
        let Some(begun) = name.strip_prefix(b"![CDATA[") else {
            let name = String::from_utf8_lossy(&name).into_owned();
            return Ok(Some(
                name.split_ascii_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            ));
        };
        text.extend_from_slice(begun);
        text.push(b'>');
        while !text.ends_with(b"]]>") {
            if !self.until(b'>', text)? {
                break;
            }
            text.push(b'>');
        }
        text.truncate(text.len().saturating_sub(3));
        Ok(None)
    }

    /// Appends bytes up to `end`, which is consumed. Of a long text, only the beginning and the end are kept.
    fn until(&mut self, end: u8, to: &mut Vec<u8>) -> Result<bool, ReadError> {
        loop {
            let buffer = self.from.fill_buf().map_err(unreadable)?;
            if buffer.is_empty() {
                return Ok(false);
            }
            let found = buffer.iter().position(|byte| *byte == end);
            let length = found.unwrap_or(buffer.len());
            if to.len() > MAX_TEXT_BYTES {
                to.drain(16..to.len() - 8);
            }
            to.extend_from_slice(&buffer[..length]);
            self.from.consume(length + usize::from(found.is_some()));
            if found.is_some() {
                return Ok(true);
            }
        }
    }
}

impl Post {
    /// Assigns the text of an element to the post.
    fn take(&mut self, tag: &str, text: &str, field: Option<&str>) {
        let text = text.trim();
        match tag {
            "link" => self.link = text.to_owned(),
            "wp:post_id" => self.id = text.to_owned(),
            "wp:status" => self.status = text.to_owned(),
            "wp:post_type" => self.kind = text.to_owned(),
            "wp:meta_key" => self.field = text.to_owned(),
            "wp:meta_value"
                if field.map_or(FIELDS.contains(&&*self.field), |field| field == self.field) =>
            {
                // If a field occurs twice, the greater value is the later one.
                let known = self.views.entry(self.field.clone()).or_default();
                if grouped_count(known).ok() <= grouped_count(text).ok() {
                    *known = text.to_owned();
                }
            }
            _ => {}
        }
    }
}

/// Unescapes text outside of CDATA sections.
fn unescaped(text: &str) -> String {
    let named = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#038;", "&");
    named.replace("&#38;", "&").replace("&amp;", "&")
}
