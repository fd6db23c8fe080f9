// The articles of all apps, and the ways in which a page names its article: by the element's attribute, by an element without the
// attribute, or by the tag alone.
export const NEWS = {
  satu: { title: "Banjir mulai surut", text: "Air di Banjir Kanal mulai surut pada Selasa pagi." },
  dua: { title: "Kereta ke Bandung", text: "Kereta ke Bandung berangkat lagi." },
  tiga: { title: "Pasar dibuka", text: "Pasar lama dibuka kembali pada hari Sabtu." },
};
export const NAMES = Object.keys(NEWS);
export const KINDS = ["a", "k", "t"];

// The way of naming that a page's links keep.
export const kindOf = (path) => path.split("/").find((part) => KINDS.includes(part)) ?? "a";
