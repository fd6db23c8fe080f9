// An article's key, of any text: as the endpoint makes it (`wire::ArticleKey`), so that a list of old counts, a command and a
// page name the same article.

const MAX_BYTES = 200;
const PREFIX_BYTES = 180;

const WORD = 2 ** 32;
/** @type {(word: number) => string} */
const digits = (word) => word.toString(16).padStart(8, "0");

// FNV-1a, 64 bits, in hexadecimal digits: in two words of 32 bits, since not every browser has BigInt. The prime is 2^40 + 435.
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

// In Unicode NFC, without white space around it. What is too long keeps its beginning, and a hash of the whole.
/** @type {(text: string) => string} */
export const articleKey = (text) => {
  const key = text.normalize("NFC").trim();
  const bytes = new TextEncoder().encode(key);
  if (bytes.length <= MAX_BYTES) return key;
  // A character that the cut has parted is left out.
  const prefix = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, PREFIX_BYTES), { stream: true });
  return `${prefix}~${hash(bytes)}`;
};
