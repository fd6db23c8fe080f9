export const NEWS = [
  { name: "banjir", title: "Banjir mulai surut", text: "Air di Banjir Kanal mulai surut pada Selasa pagi." },
  { name: "kereta", title: "Kereta ke Bandung", text: "Kereta ke Bandung berangkat lagi." },
  { name: "rancangan", title: "Rancangan", text: "Belum terbit.", draft: true },
];
