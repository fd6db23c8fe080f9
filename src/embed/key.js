// An article's key, of any text: as the endpoint makes it (`wire::ArticleKey`), so that a list of old counts, a command and a
// page name the same article.

const MAX_BYTES = 200;
const PREFIX_BYTES = 180;

// FNV-1a, 64 bits, in hexadecimal digits.
const hash = (bytes) => {
  let all = BigInt("0xcbf29ce484222325");
  for (const byte of bytes) all = BigInt.asUintN(64, (all ^ BigInt(byte)) * BigInt("0x100000001b3"));
  return all.toString(16).padStart(16, "0");
};

// In Unicode NFC, without white space around it. What is too long keeps its beginning, and a hash of the whole.
export const articleKey = (text) => {
  const key = text.normalize("NFC").trim();
  const bytes = new TextEncoder().encode(key);
  if (bytes.length <= MAX_BYTES) return key;
  // A character that the cut has parted is left out.
  const prefix = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, PREFIX_BYTES), { stream: true });
  return `${prefix}~${hash(bytes)}`;
};
