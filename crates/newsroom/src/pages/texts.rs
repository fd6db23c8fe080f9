use crate::texts::texts;

texts! {
    /// Texts of the pages about counts. `{name}` is replaced by a value.
    PageTexts;

    now: "Now", "Sekarang";
    site: "Site", "Situs";
    articles: "Articles", "Artikel";
    article: "Article", "Artikel";
    settings: "Settings in force", "Pengaturan yang berlaku";

    reads: "Reads", "Dibaca";
    reactions: "Reactions", "Tanggapan";
    shares: "Shares", "Dibagikan";
    votes_of: "Reaction: {option}", "Tanggapan: {option}";
    shares_to: "Shares: {network}", "Dibagikan: {network}";
    watching: "Reading with live counts", "Sedang membaca (hitungan langsung)";
    watching_note: "Open tabs of articles whose counts change live", "Tab artikel terbuka yang hitungannya berubah langsung";
    this_hour: "Reads this hour", "Dibaca jam ini";
    today: "Today", "Hari ini";
    before_until: "{date} until {hour}: {n}", "{date} sampai {hour}: {n}";
    nothing_before: "nothing before", "sebelumnya tidak ada";
    same_as_before: "as before", "sama seperti sebelumnya";
    change: "Change", "Perubahan";
    period_before: "Period before", "Periode sebelumnya";

    hours_today: "Reads by hour today, beside {date}", "Dibaca per jam hari ini, di samping {date}";
    hours_sentence: "Most reads in one hour today: {n}, at {hour}. In the same hour on {date}: {m}.",
        "Paling banyak dibaca dalam satu jam hari ini: {n}, pukul {hour}. Pada jam yang sama {date}: {m}.";
    hours_empty: "No reads today so far.", "Belum ada yang dibaca hari ini.";
    hours_unknown: "Of this time no hours are kept, only days.", "Untuk waktu ini hanya ada hitungan harian, bukan per jam.";
    spike: "Spike", "Lonjakan";
    spikes: "Spikes, more than three times what is usual at that hour: {hours}.", "Lonjakan, lebih dari tiga kali yang biasa pada jam itu: {hours}.";
    hour: "Hour", "Jam";
    rises: "What rises", "Yang sedang naik";
    rises_note: "Reads of this hour and the one before it, beside the six hours before them", "Dibaca jam ini dan satu jam sebelumnya, dibandingkan enam jam sebelumnya";
    two_hours: "Last two hours", "Dua jam terakhir";
    usual: "Before, in two hours", "Sebelumnya, per dua jam";
    nothing_rises: "Nothing rises at the moment.", "Saat ini tidak ada yang naik.";
    watched: "Being read now", "Sedang dibaca";
    read_today: "Most read today", "Paling banyak dibaca hari ini";
    no_entries: "Nothing in this time.", "Tidak ada pada waktu ini.";

    last_7: "7 days", "7 hari";
    last_28: "28 days", "28 hari";
    weeks_12: "12 weeks", "12 minggu";
    months_12: "12 months", "12 bulan";
    from: "From", "Dari";
    until: "Until", "Sampai";
    show: "Show", "Tampilkan";
    period: "Period", "Periode";
    days_sentence: "{n} reads from {first} until {last}. Most on one {unit}: {m}, {when}.", "Dibaca {n} kali dari {first} sampai {last}. Paling banyak dalam satu {unit}: {m}, {when}.";
    day: "day", "hari";
    week: "week", "minggu";
    month: "month", "bulan";
    day_head: "Day", "Hari";
    week_head: "Week from", "Minggu mulai";
    month_head: "Month", "Bulan";
    reads_by: "Reads by {unit}", "Dibaca per {unit}";
    totals: "Totals", "Jumlah";
    most_read: "Most read", "Paling banyak dibaca";
    least_read: "Least read of those published in this time", "Paling sedikit dibaca di antara yang terbit pada waktu ini";
    most_answered: "Most answered: {option}", "Terbanyak menjawab: {option}";
    most_divided: "Most divided", "Paling terbelah";
    divided_note: "Readers chose different options: 100% is an even spread. From ten reactions", "Pembaca memilih jawaban yang berbeda: 100% berarti terbagi rata. Mulai sepuluh tanggapan";
    quietly_loved: "Quietly loved", "Diam-diam disukai";
    loved_note: "Reactions for each read, of articles with fewer reads than most and at least five reactions", "Tanggapan per kali dibaca, untuk artikel yang dibaca lebih sedikit dari kebanyakan dan punya paling sedikit lima tanggapan";
    most_shared: "Most shared", "Paling banyak dibagikan";
    spread: "Spread", "Sebaran";
    per_read: "Per read", "Per dibaca";

    search: "Search", "Cari";
    search_hint: "Words of the headline or the key", "Kata dari judul atau kunci";
    section: "Section", "Rubrik";
    section_hint: "How the key begins: /sport/", "Awal kunci: /olahraga/";
    byline: "Byline", "Penulis";
    sort: "Order", "Urutan";
    sort_new: "Newest first", "Terbaru dulu";
    sort_old: "Oldest first", "Terlama dulu";
    sort_reads: "Most read", "Paling banyak dibaca";
    sort_least: "Least read", "Paling sedikit dibaca";
    sort_reactions: "Most answered", "Paling banyak ditanggapi";
    sort_shares: "Most shared", "Paling banyak dibagikan";
    found_range: "{first} to {last} of {n} articles", "{first} sampai {last} dari {n} artikel";
    title: "Headline", "Judul";
    published: "Published", "Terbit";
    csv: "As a table (CSV)", "Sebagai tabel (CSV)";
    next_page: "Next", "Berikutnya";
    previous_page: "Previous", "Sebelumnya";
    no_articles: "No article is like this.", "Tidak ada artikel seperti ini.";
    all_time: "Totals of all time, with starting counts", "Jumlah sepanjang waktu, termasuk hitungan awal";

    total: "Total", "Jumlah";
    what: "What was counted", "Yang dihitung";
    counted: "Counted here", "Dihitung di sini";
    imported: "Starting count", "Hitungan awal";
    imported_note: "Starting counts come from an earlier counter. They are in no day and no chart.", "Hitungan awal berasal dari penghitung terdahulu. Tidak termasuk dalam hari dan grafik mana pun.";
    key: "Key", "Kunci";
    aliases: "Also counted as", "Juga dihitung sebagai";
    page: "Open the page", "Buka halamannya";
    days_of_article: "Days", "Hari";
    first_hours: "The first 48 hours, beside a typical article", "48 jam pertama, di samping artikel yang lazim";
    first_hours_sentence: "After {hours} hours it had {n} reads; the site's typical article had {m} by then, half of {articles} articles more, half fewer.",
        "Setelah {hours} jam dibaca {n} kali; artikel yang lazim di situs ini {m} kali, separuh dari {articles} artikel lebih banyak, separuh lebih sedikit.";
    first_hours_alone: "After {hours} hours it had {n} reads. There is no typical article to compare with yet.",
        "Setelah {hours} jam dibaca {n} kali. Belum ada artikel lain untuk dibandingkan.";
    since_first: "Hours since the first read", "Jam sejak pertama dibaca";
    this_article: "This article", "Artikel ini";
    typical: "Typical article", "Artikel yang lazim";
    options_over_time: "Options over time", "Jawaban dari waktu ke waktu";
    options_sentence: "{option} leads with {n} of {m} reactions counted in this time.", "{option} unggul dengan {n} dari {m} tanggapan yang dihitung pada waktu ini.";
    options_empty: "No reactions in this time.", "Tidak ada tanggapan pada waktu ini.";
    polls: "Poll", "Jajak pendapat";
    poll_open: "Open", "Dibuka";
    poll_closed: "Closed", "Ditutup";
    poll_off: "Off", "Dimatikan";
    unknown_article: "Nothing is known of this article.", "Artikel ini tidak dikenal.";
    edit_copy: "Edit the copy", "Sunting salinan";
    edit_note: "The endpoint's copy: what the widget shows where a page has no text of its own, and the headline of lists.", "Salinan di endpoint: yang ditampilkan bila halaman tidak memuat teksnya sendiri, dan judul dalam daftar.";
    address: "Address", "Alamat";
    body: "Text (HTML)", "Teks (HTML)";
    save: "Save", "Simpan";
    saved: "Saved.", "Tersimpan.";

    option: "Setting", "Pengaturan";
    in_force: "In force", "Berlaku";
    default: "Default", "Bawaan";
    settings_note: "From the configuration that the endpoint has loaded. What differs from the default is marked.", "Dari konfigurasi yang sedang dipakai endpoint. Yang berbeda dari bawaan diberi tanda.";
    differs: "changed", "diubah";
    yes: "yes", "ya";
    no: "no", "tidak";
    none: "none", "tidak ada";

    table: "The same numbers as a table", "Angka yang sama sebagai tabel";
    as_of: "As of {time}", "Keadaan pukul {time}";
    keys: "Keys", "Tombol";
    key_help: "Shows these keys", "Menampilkan tombol-tombol ini";
    key_rows: "Next and previous row", "Baris berikutnya dan sebelumnya";
    key_search: "Search", "Cari";
    key_close: "Close", "Tutup";
    key_choice: "Use these keys in this browser", "Pakai tombol-tombol ini di peramban ini";
}
