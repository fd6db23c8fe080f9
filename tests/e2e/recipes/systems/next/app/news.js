export const NEWS = {
  banjir: { title: "Banjir mulai surut", text: "Air di Banjir Kanal mulai surut pada Selasa pagi.", next: "kereta" },
  kereta: { title: "Kereta ke Bandung", text: "Kereta ke Bandung berangkat lagi.", next: "banjir" },
};
