use crate::texts::texts;

texts! {
    /// Texts of the pages about counts. `{name}` is replaced by a value.
    PageTexts;

    now: "Now", "Sekarang";
    site: "Site", "Seluruh situs";
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
    days_sentence: "Reads from {first} until {last}: {n}. Most in one {unit}: {m}, {when}.", "Dibaca {n} kali dari {first} sampai {last}. Paling banyak dalam satu {unit}: {m}, {when}.";
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
    first_hours_sentence: "Reads up to hour {hours}: {n}. The site's typical article had {m} by then: of {articles} articles, half had more and half fewer.",
        "Setelah {hours} jam dibaca {n} kali; artikel yang lazim di situs ini {m} kali, separuh dari {articles} artikel lebih banyak, separuh lebih sedikit.";
    first_hours_alone: "Reads up to hour {hours}: {n}. There is no typical article to compare with yet.",
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
    poll_own: "set for this article", "diatur untuk artikel ini";
    poll_state: "May readers react?", "Bolehkah pembaca menanggapi?";
    poll_now: "Now: {state}", "Sekarang: {state}";
    poll_by_site: "As the site has it: {state}", "Menurut aturan situs: {state}";
    question: "Question of this article", "Pertanyaan untuk artikel ini";
    question_of_site: "Empty: the site's question, “{question}”", "Kosong: pertanyaan situs, “{question}”";
    options_on: "Options that readers get", "Jawaban yang tersedia bagi pembaca";
    options_on_hint: "An option that is taken off keeps its votes; they are shown here only.", "Jawaban yang dimatikan tetap menyimpan suaranya; hanya ditampilkan di sini.";
    option_off: "off", "dimatikan";
    save_poll: "Save the poll", "Simpan jajak pendapat";
    refused: "Not counted", "Tidak dihitung";
    refused_none: "No event of this article was refused in the last {days} days.", "Tidak ada kejadian dari artikel ini yang ditolak dalam {days} hari terakhir.";
    refused_sentence: "Refused events of this article in the last {days} days: {n}. Most often: {cause} ({m}).", "Dalam {days} hari terakhir {n} kejadian dari artikel ini ditolak. Paling sering: {cause} ({m}).";
    refused_note: "They are in none of the numbers above. Of each day, the articles with the most refused events are kept; a request that is refused as a whole belongs to no article.", "Tidak termasuk dalam angka mana pun di atas. Untuk setiap hari disimpan artikel dengan penolakan terbanyak; permintaan yang ditolak seluruhnya tidak terkait artikel mana pun.";
    refused_events: "Refused events", "Kejadian yang ditolak";
    refused_method: "How we count", "Cara kami menghitung";
    cause: "Why", "Sebab";
    cause_bot: "Known robot", "Robot yang dikenal";
    cause_limit: "Too many from one place: a limit was exceeded", "Terlalu banyak dari satu tempat: batas terlampaui";
    cause_closed: "The poll was closed", "Jajak pendapat sudah ditutup";
    cause_option: "No such option", "Jawaban tidak tersedia";
    cause_network: "No such button", "Tombol tidak tersedia";
    cause_ignored: "The site does not count this article", "Situs tidak menghitung artikel ini";
    cause_off: "The site does not count this", "Situs tidak menghitung hal ini";
    cause_origin: "Page of another site", "Halaman situs lain";
    cause_malformed: "Malformed", "Rusak atau tidak lengkap";
    correct: "Correct the counts", "Perbaiki hitungan";
    correct_note: "For operators: count an earlier address of this article here too, or replace its starting count. The log says who did it.",
        "Untuk operator: hitung juga alamat terdahulu artikel ini di sini, atau ganti hitungan awalnya. Catatan menyebutkan siapa yang melakukannya.";
    earlier_address: "Earlier address of this article", "Alamat terdahulu artikel ini";
    earlier_hint: "Its path, such as /2015/banjir.html, or the whole address", "Jalurnya, misalnya /2015/banjir.html, atau alamat lengkap";
    look_at_earlier: "Look at it", "Periksa dulu";
    join: "Count it here", "Hitung di sini";
    join_merges: "Reads of {key}: {n}. Its counts are added to this article's, for ever.", "{key} sudah dibaca {n} kali. Hitungannya digabungkan ke artikel ini untuk selamanya.";
    join_notes: "Reads of {key}: {n}. From now on it counts here.", "{key} sudah dibaca {n} kali. Mulai sekarang dihitung di sini.";
    starting_reads: "Reads counted by an earlier counter", "Dibaca menurut penghitung terdahulu";
    starting_hint: "Replaces the starting count of reads; 0 removes it", "Mengganti hitungan awal; 0 menghapusnya";
    no_such_address: "That is no address of an article.", "Itu bukan alamat artikel.";
    no_such_number: "That is no number of reads.", "Itu bukan jumlah yang sah.";
    unknown_article: "Nothing is known of this article.", "Artikel ini tidak dikenal.";
    edit_copy: "Edit the copy", "Sunting salinan";
    edit_note: "The endpoint's copy: what the widget shows where a page has no text of its own, and the headline of lists.", "Salinan di endpoint: yang ditampilkan bila halaman tidak memuat teksnya sendiri, dan judul dalam daftar.";
    address: "Address", "Alamat";
    body: "Text (HTML)", "Teks (HTML)";
    save: "Save", "Simpan";
    saved: "Saved.", "Tersimpan.";
    changed_meanwhile: "Somebody else has changed this since you opened the page, and nothing was saved. Below is what you sent: compare it with what is shown above, and send it again.",
        "Orang lain mengubahnya sejak Anda membuka halaman ini, dan belum ada yang tersimpan. Di bawah ini isian Anda: bandingkan dengan yang tampil di atas, lalu kirim lagi.";

    option: "Setting", "Pengaturan";
    in_force: "In force", "Berlaku";
    default: "Default", "Bawaan";
    settings_note: "From the configuration that the endpoint has loaded. What differs from the default is marked.", "Dari konfigurasi yang sedang dipakai endpoint. Yang berbeda dari bawaan diberi tanda.";
    differs: "changed", "diubah";
    yes: "yes", "ya";
    no: "no", "tidak";
    none: "none", "tidak ada";

    overlay: "On your pages", "Di halaman Anda";
    overlay_intro: "Shows beside each headline of your own front page how often its article was read since the previous hour, and whether that rises or falls. Only you see it.",
        "Menampilkan di samping setiap judul di halaman depan Anda berapa kali artikelnya dibaca sejak jam sebelumnya, dan apakah naik atau turun. Hanya Anda yang melihatnya.";
    overlay_open_head: "Open a page with numbers", "Buka halaman dengan angka";
    overlay_open: "Make a link to the front page", "Buat tautan ke halaman depan";
    overlay_opened: "Open your page with this link. It is for you alone.", "Buka halaman Anda dengan tautan ini. Tautan ini hanya untuk Anda.";
    overlay_hint: "The numbers stay in that tab for {hours} hours at most, until you press Escape there or sign out everywhere.",
        "Angka tetap tampil di tab itu paling lama {hours} jam, sampai Anda menekan Escape di sana atau keluar di mana saja.";
    overlay_no_origin: "The site's settings name no address of its pages (origins).", "Pengaturan situs tidak menyebut alamat halamannya (origins).";
    top_head: "The most read on your page", "Terbanyak dibaca di halaman Anda";
    top_intro: "Your webmaster shows a list of the most read articles of the last days with these two lines.", "Webmaster menampilkan daftar artikel terbanyak dibaca beberapa hari terakhir dengan dua baris ini.";
    overlay_script_head: "What the page needs, once", "Yang perlu dipasang sekali di halaman";
    overlay_tag: "A front page that has the widget's tag (embed.js) needs nothing. To any other, your webmaster adds this line. For readers it does nothing.", "Halaman depan yang memuat tag widget (embed.js) tidak perlu apa-apa lagi. Di halaman lain, webmaster menambahkan baris ini. Bagi pembaca baris ini tidak melakukan apa-apa.";
    overlay_bookmark: "Or without the webmaster: drag this to your bookmarks, and press it on the page after opening the link.",
        "Atau tanpa webmaster: seret ini ke markah Anda, lalu tekan di halaman setelah membuka tautan.";
    overlay_bookmark_name: "Numbers beside headlines", "Angka di samping judul";
    overlay_bookmark_hint: "Pages with a strict policy may refuse the bookmark; the tag and the line of the webmaster work there too.", "Halaman dengan kebijakan ketat dapat menolak markah; tag dan baris webmaster tetap berfungsi di sana.";

    table: "The same numbers as a table", "Angka yang sama sebagai tabel";
    as_of: "As of {time}", "Keadaan pukul {time}";
    keys: "Keys", "Pintasan";
    key_help: "Shows these keys", "Menampilkan pintasan ini";
    key_rows: "Next and previous row", "Baris berikutnya dan sebelumnya";
    key_search: "Search", "Cari";
    key_close: "Close", "Tutup";
    key_choice: "Use these keys in this browser", "Pakai pintasan ini di peramban ini";
}
