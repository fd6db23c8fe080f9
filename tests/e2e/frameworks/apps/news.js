// What all of these apps tell, and how a page names its article: an element with its name, an element without, nothing but the tag.
export const NEWS = {
  satu: { title: "Banjir mulai surut", text: "Air di Banjir Kanal mulai surut pada Selasa pagi." },
  dua: { title: "Kereta ke Bandung", text: "Kereta ke Bandung berangkat lagi." },
  tiga: { title: "Pasar dibuka", text: "Pasar lama dibuka kembali pada hari Sabtu." },
};
export const NAMES = Object.keys(NEWS);
export const KINDS = ["a", "k", "t"];

// Of which kind the articles are that a page links to.
export const kindOf = (path) => path.split("/").find((part) => KINDS.includes(part)) ?? "a";
