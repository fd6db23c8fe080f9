// The sentences of <gema-reader>. `{n}` and the like stand for values.

/** @typedef {{ [name: string]: string }} ReaderTexts */

/** @type {ReaderTexts} */
const ENGLISH = {
  browser: "What this browser keeps",
  nothing: "This browser keeps nothing of Gema's for this site.",
  denied: "This browser lets this page store nothing, so nothing is kept here.",
  visitor: "A random token, made at your first reaction, by which the endpoint recognises your reactions. It holds nothing about you.",
  reactions: "Your reactions: {n}",
  reads: "Articles that you have read, each with a random key until the day ends: {n}",
  shares: "Shares, each with a random key until the day ends: {n}",
  tallies: "Counts that were shown to you, for the next time: {n}",
  instance: "The Mastodon server that you named: {name}",
  endpoint: "What the endpoint keeps of it",
  endpointNothing: "Nothing that can be found by this browser's token.",
  endpointUnknown: "The endpoint has not answered. Reload the page to ask again.",
  endpointVotes: "A reaction for each of these articles, under a digest of your token: {n}",
  endpointReads: "That something was read or shared is kept under a digest until the end of the next day. It names neither you nor this browser.",
  article: "Article",
  choice: "Your choice",
  kept: "Kept at the endpoint",
  yes: "yes",
  no: "no",
  none: "taken back",
  download: "Download",
  forget: "Forget me",
  sure: "Your reactions will be deleted at the endpoint and taken out of the counts, and this browser will forget all of the above. This cannot be undone.",
  forgetNow: "Delete everything",
  cancel: "Cancel",
  working: "Deleting…",
  forgotten: "Done: the endpoint and this browser have forgotten you. An article that you read again today counts again.",
  failed: "The endpoint has not answered, and nothing was deleted. Please try again.",
};

/** @type {ReaderTexts} */
const INDONESIAN = {
  browser: "Yang disimpan peramban ini",
  nothing: "Peramban ini tidak menyimpan apa pun dari Gema untuk situs ini.",
  denied: "Peramban ini tidak mengizinkan halaman ini menyimpan apa pun, jadi tidak ada yang disimpan di sini.",
  visitor: "Token acak, dibuat pada reaksi pertama Anda, agar endpoint mengenali reaksi Anda. Isinya bukan tentang Anda.",
  reactions: "Reaksi Anda: {n}",
  reads: "Artikel yang Anda baca, masing-masing dengan kunci acak sampai hari berakhir: {n}",
  shares: "Berbagi, masing-masing dengan kunci acak sampai hari berakhir: {n}",
  tallies: "Hitungan yang ditampilkan kepada Anda, untuk kunjungan berikutnya: {n}",
  instance: "Server Mastodon yang Anda sebut: {name}",
  endpoint: "Yang disimpan endpoint",
  endpointNothing: "Tidak ada yang dapat ditemukan dengan token peramban ini.",
  endpointUnknown: "Endpoint tidak menjawab. Muat ulang halaman untuk bertanya lagi.",
  endpointVotes: "Satu reaksi untuk setiap artikel ini, di bawah sidik token Anda: {n}",
  endpointReads: "Bahwa sesuatu dibaca atau dibagikan disimpan sebagai sidik sampai akhir hari berikutnya. Sidik itu tidak menyebut Anda ataupun peramban ini.",
  article: "Artikel",
  choice: "Pilihan Anda",
  kept: "Disimpan di endpoint",
  yes: "ya",
  no: "tidak",
  none: "dibatalkan",
  download: "Unduh",
  forget: "Lupakan saya",
  sure: "Reaksi Anda akan dihapus di endpoint dan dikeluarkan dari hitungan, dan peramban ini akan melupakan semua yang di atas. Ini tidak dapat dikembalikan.",
  forgetNow: "Hapus semuanya",
  cancel: "Batal",
  working: "Menghapus…",
  forgotten: "Selesai: endpoint dan peramban ini telah melupakan Anda. Artikel yang Anda baca lagi hari ini dihitung lagi.",
  failed: "Endpoint tidak menjawab, dan tidak ada yang dihapus. Silakan coba lagi.",
};

/** @type {(lang: string) => ReaderTexts} */
export const textsOf = (lang) => (/^(id|in)\b/i.test(lang) ? INDONESIAN : ENGLISH);

/** @type {(text: string, values: { [name: string]: unknown }) => string} */
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
