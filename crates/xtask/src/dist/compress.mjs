// Writes FILE.br and FILE.gz beside each FILE named as an argument.
import { readFile, writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

// Encodings to try. Code, scripts and style sheets each compress best by another one. Of distances: postfix bits, and
// distances that have a code of their own; and the size of an input block as a power of two (0: as brotli chooses).
const ENCODINGS = [[0, 0, 0], [0, 15, 0], [1, 8, 0], [2, 0, 0], [2, 4, 0], [0, 0, 16], [0, 5, 16]];

const brotli = (content, text, [postfix, direct, block]) =>
  promisify(brotliCompress)(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_MODE]: text ? constants.BROTLI_MODE_TEXT : constants.BROTLI_MODE_GENERIC,
      [constants.BROTLI_PARAM_NPOSTFIX]: postfix,
      [constants.BROTLI_PARAM_NDIRECT]: direct,
      [constants.BROTLI_PARAM_LGBLOCK]: block,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });

const smallest = async (content, text) => {
  const made = await Promise.all(ENCODINGS.map((encoding) => brotli(content, text, encoding)));
  return made.reduce((best, next) => (next.length < best.length ? next : best));
};

async function compress(file) {
  const content = await readFile(file);
  await writeFile(`${file}.br`, await smallest(content, !file.endsWith(".wasm")));
  await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }));
}

await Promise.all(argv.slice(1).map(compress));
