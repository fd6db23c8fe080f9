// Findings about the place of a bare tag's element: the rules of the doctor (crates/doctor/src/placement/), applied to
// the current page.
import { all, isHtml } from "./browser.js";
import { warning } from "./finding.js";

/** @type {(node: Node) => number} */
const length = (node) => (node.textContent || "").length;

// From this length, an <article> has a text of its own; up to that one, it may be a teaser.
const MIN_TEXT = 200;
const MAX_TEASER = 1_500;

// An element whose text is at least three times as long as the article's contains the page's text.
const MIN_TEXT_RATIO = 3;

const SECTIONS = "article, aside, blockquote, dialog, figure, main, nav, section, td";

// Elements within these, or with such an id or class, are not the column of the text.
const OTHER_PARTS = "article, aside, details, dialog, footer, form, header, nav";
const OTHER_NAMES = /comment|komentar|related|terkait|sidebar|widget|footer|cookie/i;

const MORE_TEXT = /^\s*(baca|(selengkap|selanjut)nya|lanjut|continue reading|read more|read the)/i;
const MORE_CLASS = ".more-link, .read-more, .readmore, .read_more, .wp-block-read-more";

const ON_LISTS = 'Leave the tag out of lists, or write <gema-count article="…"> there.';

/** @type {(footer: Element) => boolean} */
const isOfPage = (footer) => !footer.parentElement || !footer.parentElement.closest(SECTIONS);

/** @type {(element: Element) => boolean} */
const isAfterFooter = (element) =>
  all("footer, [role=contentinfo], #colophon, #footer").some(
    (footer) => isOfPage(footer) && footer.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING,
  );

/** @type {(column: Element) => boolean} */
const isOther = (column) => {
  if (column.closest(OTHER_PARTS)) return true;
  for (let one = /** @type {Element | null} */ (column); one && !/^(body|html)$/.test(one.localName); one = one.parentElement) {
    if (OTHER_NAMES.test(`${one.id} ${one.getAttribute("class")}`)) return true;
  }
  return false;
};

/** @type {() => [column: Element, length: number] | undefined} */
const textColumn = () => {
  /** @type {Map<Element, number>} */
  const lengths = new Map();
  for (const paragraph of all("p").slice(0, 1_000)) {
    const column = paragraph.parentElement;
    lengths.set(column, (lengths.get(column) || 0) + length(paragraph));
  }
  const columns = [...lengths].filter(([column]) => column && !isOther(column));
  return columns.sort(([, one], [, other]) => other - one)[0];
};

// The lengths of the article's text and of the page's text, if they are different elements.
/** @type {(article: Element) => { own: number, text: number, column: Element } | undefined} */
const textBeside = (article) => {
  const unread = [...article.querySelectorAll("script, style, noscript")].reduce((sum, one) => sum + length(one), 0);
  const own = length(article) - unread;
  if (own >= MIN_TEXT) return undefined;
  const column = textColumn();
  const isBeside = column && column[1] >= Math.max(MIN_TEXT, own * MIN_TEXT_RATIO);
  return isBeside ? { own, text: column[1], column: column[0] } : undefined;
};

/** @type {(article: Element) => boolean} */
const isTeaser = (article) => {
  if (length(article) > MAX_TEASER) return false;
  const own = [location.href, location.origin + location.pathname].map((href) => href.replace(/\/?(#.*)?$/, ""));
  return /** @type {any[]} */ ([...article.querySelectorAll("a[href]")]).some((link) => {
    const isMore = MORE_TEXT.test(link.textContent) || link.matches(MORE_CLASS) || (link.parentElement && link.parentElement.matches(MORE_CLASS));
    return isMore && link.origin === location.origin && !own.includes(link.href.replace(/\/?(#.*)?$/, ""));
  });
};

// The page's article. The bare tag's element is in it, or follows the tag.
/** @type {(article: Element, isBehindTag: boolean, add: AddFinding) => boolean} */
const ofArticle = (article, isBehindTag, add) => {
  if (isTeaser(article)) {
    add(warning("place-teaser", "The only <article> here is a teaser: the widget has the counts of this list.", ON_LISTS));
    return true;
  }
  const beside = isBehindTag ? undefined : textBeside(article);
  if (beside) {
    const what = `<${beside.column.localName}${beside.column.id && ` id="${beside.column.id}"`}>`;
    const says = `The <article> here has ${beside.own} characters, and ${beside.text} are in ${what}: the widget is not below the text.`;
    add(warning("place-empty", says, "Put the tag below the text, or write <gema-article> around it."));
  }
  return Boolean(beside);
};

/** @type {(shown: ShownElement[], add: AddFinding) => void} */
export const ofBare = (shown, add) => {
  const bare = shown.find(({ element, host }) => host && element.hasAttribute("data-bare"));
  if (!bare) return;
  const { element, host } = bare;
  const isBehindTag = !!element.previousElementSibling && element.previousElementSibling.localName === "script";
  const article = host.pagesArticle();
  if (isBehindTag && article === null) {
    add(warning("place-list", "This is a list, and the widget stands behind the tag, with the list's own counts.", ON_LISTS));
    return;
  }
  if (article && isHtml(article) && article.localName === "article" && ofArticle(article, isBehindTag, add)) return;
  if (!element.closest("article, main") && isAfterFooter(element)) {
    add(warning("tag-at-end", "The widget stands in the page's footer or after it.", "Put the tag into <head>, or where the widget should stand."));
  }
};
