// The articles of all these pages.
export const NEWS = {
  "/satu": { id: "satu", title: "Banjir mulai surut", text: "Air di Banjir Kanal mulai surut pada Selasa pagi.", next: "/dua" },
  "/dua": { id: "dua", title: "Kereta ke Bandung", text: "Kereta ke Bandung berangkat lagi.", next: "/satu" },
};

// Updates the head after a navigation, as a router does besides rendering.
export const announce = (path) => {
  document.title = NEWS[path].title;
  document.querySelector("link[rel=canonical]").href = path;
};
