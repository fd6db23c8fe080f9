// Normalises an article's key like the endpoint (`wire::ArticleKey`), so that a list of old counts, a command and a
// page name the same article.

const MAX_BYTES = 200;
const PREFIX_BYTES = 180;

const WORD = 2 ** 32;
/** @type {(word: number) => string} */
const digits = (word) => word.toString(16).padStart(8, "0");

// FNV-1a with 64 bits, in hexadecimal digits. Uses two 32-bit words, because not every browser has BigInt. The prime is
// 2^40 + 435.
/** @type {(bytes: Uint8Array) => string} */
const hash = (bytes) => {
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    const product = low * 435;
    high = (high * 435 + low * 256 + Math.floor(product / WORD)) % WORD;
    low = product % WORD;
  }
  return digits(high) + digits(low);
};

// Converts a text to NFC, trims it, and shortens it if it is too long: a prefix and a hash of the whole.
/** @type {(text: string) => string} */
export const articleKey = (text) => {
  const key = text.normalize("NFC").trim();
  const bytes = new TextEncoder().encode(key);
  if (bytes.length <= MAX_BYTES) return key;
  // `stream` omits an incomplete character at the end.
  const prefix = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, PREFIX_BYTES), { stream: true });
  return `${prefix}~${hash(bytes)}`;
};
