//! The sentences of the page: each in English, then in Indonesian. `{name}` stands for a value.

/// Defines the texts of the page, by part, in both languages.
macro_rules! texts {
    ($Texts:ident { $($(#[$about:meta])* $name:ident $(: $type:ty)? = $en:expr, $id:expr;)* }
     $($part:ident: $Part:ident { $($(#[$doc:meta])* $text:ident $(: $ty:ty)? = $part_en:expr, $part_id:expr;)* })*) => {
        /// The sentences in one language.
        pub(super) struct $Texts {
            $($(#[$about])* pub(super) $name: text_type!($($type)?),)*
            $(pub(super) $part: $Part,)*
        }

        $(pub(super) struct $Part {
            $($(#[$doc])* pub(super) $text: text_type!($($ty)?),)*
        })*

        const ENGLISH: $Texts = $Texts {
            $($name: $en,)*
            $($part: $Part { $($text: $part_en,)* },)*
        };
        const INDONESIAN: $Texts = $Texts {
            $($name: $id,)*
            $($part: $Part { $($text: $part_id,)* },)*
        };
    };
}

/// A text, unless the table gives another type.
macro_rules! text_type {
    () => { &'static str };
    ($type:ty) => { $type };
}

/// Indonesian for Indonesian, else English.
pub(super) fn texts(lang: &str) -> &'static Texts {
    match lang.split('-').next() {
        Some("id") => &INDONESIAN,
        _ => &ENGLISH,
    }
}

texts! {
    Texts {
        /// BCP 47 tag.
        lang = "en", "id";
        title = "How {site} counts", "Cara {site} menghitung";
        intro =
            "These are the rules in force now: the endpoint makes this page from the settings by which it counts. The page names no reader.",
            "Inilah aturan yang sekarang berlaku: endpoint membuat halaman ini dari pengaturan yang dipakainya untuk menghitung. Halaman ini tidak menyebut pembaca mana pun.";
        made =
            "Gema {version}. Days begin and end in the time zone {zone}.",
            "Gema {version}. Hari berganti menurut zona waktu {zone}.";
        as_data = "The same as data", "Isi yang sama sebagai data";
        seconds = "{n} s", "{n} detik";
        milliseconds = "{n} ms", "{n} milidetik";
    }
    reads: ReadTexts {
        title = "Reads", "Pembacaan";
        off = "Reads are not counted on this site.", "Pembacaan tidak dihitung di situs ini.";
        what =
            "A read counts when the text of the article has been in view for {time} in all, while the page was visible. A page that is hidden or loaded in advance does not count until its reader sees it.",
            "Pembacaan dihitung bila teks artikel sudah tampak di layar selama {time} seluruhnya, sementara halaman terlihat. Halaman yang tersembunyi atau dimuat lebih dulu tidak dihitung sampai pembaca melihatnya.";
        by_key =
            "The same browser counts once for each article and day. It keeps a random key for the article until the day ends, which is used for nothing else. A reader with two browsers is two reads.",
            "Peramban yang sama dihitung sekali untuk setiap artikel dan hari. Peramban menyimpan kunci acak untuk artikel itu sampai hari berakhir; kunci itu tidak dipakai untuk hal lain. Satu pembaca dengan dua peramban dihitung dua kali.";
        by_hash =
            "The same address (of IPv6, the same /64 network) with the same version of a browser counts once for each article and day. Readers who share both are one read; a reader whose address changes is two.",
            "Alamat yang sama (pada IPv6: jaringan /64 yang sama) dengan versi peramban yang sama dihitung sekali untuk setiap artikel dan hari. Pembaca yang keduanya sama dihitung satu; pembaca yang alamatnya berganti dihitung dua.";
        stand_in =
            "A browser that stores nothing is recognised by its address and version instead: it counts once for each article and day, together with others that share both.",
            "Peramban yang tidak menyimpan apa pun dikenali dari alamat dan versinya: dihitung sekali untuk setiap artikel dan hari, bersama peramban lain yang keduanya sama.";
        no_stand_in =
            "A browser that stores nothing counts each time it loads the page.",
            "Peramban yang tidak menyimpan apa pun dihitung setiap kali memuat halaman.";
    }
    reactions: ReactionTexts {
        title = "Reactions", "Reaksi";
        off = "This site has no poll.", "Situs ini tidak punya jajak reaksi.";
        closed =
            "All polls are closed: results are shown, and no reaction counts.",
            "Semua jajak ditutup: hasilnya ditampilkan, dan reaksi tidak dihitung.";
        open =
            "A browser has one choice for each article, recognised by a random token that it makes at its first reaction. Only its last choice counts, and it can be taken back.",
            "Satu peramban punya satu pilihan untuk setiap artikel, dikenali dari token acak yang dibuatnya pada reaksi pertama. Hanya pilihan terakhir yang dihitung, dan pilihan itu dapat dibatalkan.";
        never_closes = "Polls do not close.", "Jajak tidak pernah ditutup.";
        closes =
            "The poll of an article closes {n} days after its publication; if that day is unknown, after the day on which the newsroom registered the article, or on which it had its tenth event.",
            "Jajak sebuah artikel ditutup {n} hari setelah terbit; bila hari terbitnya tidak diketahui, dihitung dari hari redaksi mendaftarkan artikel itu, atau dari hari kejadian kesepuluhnya.";
        by_article =
            "The newsroom may close and reopen the poll of one article, give it a question of its own, and take options off. Reactions to an option that was taken off stay stored, and are not shown to readers.",
            "Redaksi dapat menutup dan membuka kembali jajak satu artikel, memberinya pertanyaan sendiri, dan meniadakan pilihan. Reaksi untuk pilihan yang ditiadakan tetap disimpan, dan tidak ditampilkan kepada pembaca.";
        options = "Options: {list}.", "Pilihan: {list}.";
        stand_in =
            "Readers whose browser runs no script or stores nothing may react too: for one day, address and version of the browser stand for them, so readers who share both are one.",
            "Pembaca yang perambannya tidak menjalankan skrip atau tidak menyimpan apa pun juga boleh bereaksi: selama satu hari, alamat dan versi peramban mewakili mereka, sehingga pembaca yang keduanya sama dihitung satu.";
        no_stand_in =
            "Readers whose browser runs no script or stores nothing cannot react.",
            "Pembaca yang perambannya tidak menjalankan skrip atau tidak menyimpan apa pun tidak dapat bereaksi.";
    }
    shares: ShareTexts {
        title = "Shares", "Berbagi";
        none =
            "The share bar has no buttons, and no share counts.",
            "Bilah berbagi tidak punya tombol, dan tidak ada yang dihitung.";
        by_key =
            "A share is a press on a button of the share bar. It counts once for each browser, article, button and day. Whether anything was posted is not known.",
            "Berbagi berarti menekan tombol di bilah berbagi. Dihitung sekali untuk setiap peramban, artikel, tombol, dan hari. Apakah sesuatu benar-benar dikirim tidak diketahui.";
        by_hash =
            "A share is a press on a button of the share bar. It counts once for each address and version of a browser, article, button and day. Whether anything was posted is not known.",
            "Berbagi berarti menekan tombol di bilah berbagi. Dihitung sekali untuk setiap alamat dan versi peramban, artikel, tombol, dan hari. Apakah sesuatu benar-benar dikirim tidak diketahui.";
        stand_in =
            "A browser that stores nothing is recognised by its address and version here too.",
            "Peramban yang tidak menyimpan apa pun juga di sini dikenali dari alamat dan versinya.";
        no_stand_in =
            "In a browser that stores nothing, presses count once each time it loads the page.",
            "Pada peramban yang tidak menyimpan apa pun, tekanan tombol dihitung sekali setiap kali halaman dimuat.";
        buttons = "Buttons: {list}.", "Tombol: {list}.";
    }
    accepted: AcceptedTexts {
        title = "What can count", "Yang dapat dihitung";
        open =
            "Any article: its first event creates its count.",
            "Artikel mana pun: hitungannya dimulai oleh kejadian pertama.";
        registered =
            "Only articles that the newsroom has registered, or that had counts before.",
            "Hanya artikel yang didaftarkan redaksi, atau yang sudah punya hitungan sebelumnya.";
        ignored =
            "Articles whose key matches one of these patterns (* stands for any characters) do not count: {list}.",
            "Artikel yang kuncinya cocok dengan salah satu pola ini (* berarti karakter apa pun) tidak dihitung: {list}.";
        origins =
            "Events count from pages of these origins: {list}.",
            "Yang dihitung adalah kejadian dari halaman dengan origin ini: {list}.";
        loopback = "this machine (localhost), any port", "mesin ini (localhost), porta apa pun";
        below =
            "In an origin, *. stands for every name below it.",
            "Dalam sebuah origin, *. berarti setiap nama di bawahnya.";
        no_origins =
            "Events from no page of another origin count: the site has no origins.",
            "Tidak ada halaman dari origin lain yang dihitung: situs ini tidak punya origin.";
        own_pages =
            "Events from the endpoint's own pages count too, such as the frame for readers without JavaScript.",
            "Kejadian dari halaman endpoint sendiri juga dihitung, misalnya bingkai untuk pembaca tanpa JavaScript.";
        opaque =
            "Events that name no page (of sandboxed frames, local files and programs) count too.",
            "Kejadian yang tidak menyebut halamannya (dari bingkai sandbox, berkas lokal, dan program) juga dihitung.";
        no_opaque =
            "Events that name no page (of sandboxed frames, local files and programs) are refused.",
            "Kejadian yang tidak menyebut halamannya (dari bingkai sandbox, berkas lokal, dan program) ditolak.";
        clients =
            "What these clients of other counters report counts too, once for each article and day, by address and version of a browser: {list}. They count a read when they report it, whatever was in view.",
            "Laporan klien penghitung lain ini juga dihitung, sekali untuk setiap artikel dan hari menurut alamat dan versi peramban: {list}. Pembacaan dihitung saat dilaporkan, apa pun yang tampak di layar.";
        arrival =
            "An event counts on the day on which it arrives. A browser that was offline sends it later.",
            "Kejadian dihitung pada hari kedatangannya. Peramban yang sedang luring mengirimnya kemudian.";
    }
    refused: RefusedTexts {
        title = "What is refused", "Yang ditolak";
        robots =
            "Reads of known robots, by their User-Agent, and reads of browsers that report that a program drives them, do not count. Reactions and shares are not checked for robots; limits apply to them.",
            "Pembacaan oleh robot yang dikenal dari User-Agent-nya, dan oleh peramban yang melaporkan bahwa program mengendalikannya, tidak dihitung. Reaksi dan berbagi tidak diperiksa terhadap daftar robot; batas berlaku untuk keduanya.";
        robots_count =
            "Robots count like readers: this endpoint is configured for tests (bots = \"count\").",
            "Robot dihitung seperti pembaca: endpoint ini diatur untuk pengujian (bots = \"count\").";
        limits =
            "Events beyond a limit are refused. Each limit counts separately for each address (an IPv4 address or an IPv6 /64), network (an IPv4 /20 or an IPv6 /48), token, article or site; their names and amounts are at the end of this page.",
            "Kejadian di luar batas ditolak. Setiap batas berlaku terpisah untuk setiap alamat (satu alamat IPv4 atau satu /64 IPv6), jaringan (/20 IPv4 atau /48 IPv6), token, artikel, atau situs; nama dan besarnya ada di akhir halaman ini.";
        no_limits =
            "No limits are in force: this endpoint is configured for tests (limits off).",
            "Tidak ada batas yang berlaku: endpoint ini diatur untuk pengujian (limits off).";
        limit_table = "Limits", "Batas";
        limit_names: [&'static str; 8] = [
            "requests, opaque_requests: requests that send events, and those of them that name no page.",
            "reactions, daily_reactions: readers' first reactions to one article.",
            "choices: any reaction, also a changed one.",
            "reads, shares: those of one article that count; shares to one network.",
            "events, daily_events: first reactions, reads and shares of all articles together.",
            "articles, daily_articles: articles that a first event creates.",
            "per_address, per_ipv4_network, per_ipv6_network, per_visitor (a token), per_article, per_site: for each of these.",
            "At once: how many may come together. Back in an hour: how many of these become free again. In a day: how many count between two midnights.",
        ], [
            "requests, opaque_requests: permintaan yang mengirim kejadian, dan di antaranya yang tidak menyebut halamannya.",
            "reactions, daily_reactions: reaksi pertama para pembaca pada satu artikel.",
            "choices: reaksi apa pun, juga yang diubah.",
            "reads, shares: pembacaan dan berbagi satu artikel yang dihitung; berbagi ke satu jaringan.",
            "events, daily_events: reaksi pertama, pembacaan, dan berbagi semua artikel bersama-sama.",
            "articles, daily_articles: artikel yang dimulai oleh kejadian pertama.",
            "per_address, per_ipv4_network, per_ipv6_network, per_visitor (sebuah token), per_article, per_site: untuk setiap alamat, jaringan, token, artikel, atau situs.",
            "Sekaligus: berapa yang boleh datang bersamaan. Kembali per jam: berapa di antaranya yang tersedia lagi. Per hari: berapa yang dihitung di antara dua tengah malam.",
        ];
        limit_caption =
            "How much is accepted, by limit",
            "Seberapa banyak yang diterima, menurut batas";
        /// Limit, at once, back in an hour, in a day.
        limit_head: [&'static str; 4] =
            ["Limit", "At once", "Back in an hour", "In a day"],
            ["Batas", "Sekaligus", "Kembali per jam", "Per hari"];
    }
    yesterday: YesterdayTexts {
        title = "Yesterday: {date}", "Kemarin: {date}";
        table = "Events that were counted and refused", "Kejadian yang dihitung dan yang ditolak";
        /// List, version, published, taken, words.
        head: [&'static str; 5] =
            ["Events", "Reads", "Reactions", "Shares", "Other"],
            ["Kejadian", "Pembacaan", "Reaksi", "Berbagi", "Lainnya"];
        counted = "Counted", "Dihitung";
        net =
            "Reactions are counted less those that were taken back.",
            "Reaksi dihitung setelah dikurangi yang dibatalkan.";
        again =
            "A browser sends again what a limit has refused, so that one event may be refused several times. A browser does not report its second read of a day, so that it is in no number here. Other: whole requests, and events of Waline's client.",
            "Peramban mengirim ulang yang ditolak oleh batas, sehingga satu kejadian dapat ditolak beberapa kali. Peramban tidak melaporkan pembacaan keduanya pada hari yang sama, sehingga pembacaan itu tidak ada dalam angka ini. Lainnya: permintaan utuh, dan kejadian dari klien Waline.";
        /// By the name of the reason in metrics.
        reasons: [(&'static str, &'static str); 11] = [
            ("bot", "Refused: robots"),
            ("limit", "Refused: limits"),
            ("origin", "Refused: pages of other origins"),
            ("off", "Refused: not counted on this site"),
            ("closed", "Refused: closed polls"),
            ("ignored", "Refused: ignored articles"),
            ("unregistered", "Refused: articles that are not registered"),
            ("option", "Refused: unknown options"),
            ("network", "Refused: unknown buttons"),
            ("visitor", "Refused: reactions without a token"),
            ("malformed", "Refused: malformed events"),
        ], [
            ("bot", "Ditolak: robot"),
            ("limit", "Ditolak: batas"),
            ("origin", "Ditolak: halaman dengan origin lain"),
            ("off", "Ditolak: tidak dihitung di situs ini"),
            ("closed", "Ditolak: jajak ditutup"),
            ("ignored", "Ditolak: artikel yang diabaikan"),
            ("unregistered", "Ditolak: artikel yang tidak terdaftar"),
            ("option", "Ditolak: pilihan tidak dikenal"),
            ("network", "Ditolak: tombol tidak dikenal"),
            ("visitor", "Ditolak: reaksi tanpa token"),
            ("malformed", "Ditolak: kejadian yang salah bentuk"),
        ];
    }
    robots: RobotTexts {
        title = "Lists of robots", "Daftar robot";
        table = "The lists that this version has", "Daftar dalam versi ini";
        /// List, version, published, taken, words.
        head: [&'static str; 5] =
            ["List", "Version", "Published", "Taken", "Words"],
            ["Daftar", "Versi", "Terbit", "Diambil", "Kata"];
        changes =
            "Gema adds {added} words of its own, and leaves out {left_out} words that programs of readers have too.",
            "Gema menambah {added} kata sendiri, dan tidak memakai {left_out} kata yang juga ada pada program pembaca.";
    }
    stored: StoredTexts {
        title =
            "What is stored of readers, and until when",
            "Yang disimpan tentang pembaca, dan sampai kapan";
        reactions =
            "That a reader has reacted: a digest of the token and the article, with the option, until the reader deletes it or the article is removed.",
            "Bahwa seorang pembaca bereaksi: sidik dari token dan artikel, beserta pilihannya, sampai pembaca menghapusnya atau artikelnya dihapus.";
        reads =
            "That a read or a share was counted: a digest with a random salt, until the end of the next day.",
            "Bahwa satu pembacaan atau berbagi sudah dihitung: sidik dengan garam acak, sampai akhir hari berikutnya.";
        days =
            "Sums of each article and day, until the article is removed.",
            "Jumlah setiap artikel dan hari, sampai artikelnya dihapus.";
        hours =
            "Sums of each hour: of the site, always; of an article, those of its first eight days until it is removed, others for nine days.",
            "Jumlah setiap jam: milik situs, selalu; milik artikel, delapan hari pertamanya sampai artikelnya dihapus, yang lain selama sembilan hari.";
        refused =
            "Numbers of refused events of each day, for {n} days.",
            "Jumlah kejadian yang ditolak setiap hari, selama {n} hari.";
        nothing_else =
            "No address, no user agent, no name and no cookie.",
            "Tidak ada alamat, user agent, nama, ataupun kuki.";
    }
    notes: NoteTexts {
        starting = "Starting counts", "Hitungan awal";
        starting_what =
            "The number shown for an article may contain counts of an earlier counter; the data of the article gives them apart, as \"imported\". The newsroom says of them:",
            "Angka sebuah artikel dapat memuat hitungan dari penghitung sebelumnya; data artikel menyebutnya terpisah sebagai \"imported\". Keterangan redaksi:";
        no_starting =
            "The number shown for an article may contain counts of an earlier counter; the data of the article gives them apart, as \"imported\". The newsroom says nothing more of them.",
            "Angka sebuah artikel dapat memuat hitungan dari penghitung sebelumnya; data artikel menyebutnya terpisah sebagai \"imported\". Redaksi tidak memberi keterangan lain.";
        corrections = "Corrections", "Koreksi";
        no_corrections = "The newsroom names none.", "Redaksi tidak menyebut satu pun.";
    }
    check: CheckTexts {
        title = "How to check", "Cara memeriksa";
        tally =
            "The counts of an article as data, with starting counts apart, KEY being its key:",
            "Hitungan sebuah artikel sebagai data, dengan hitungan awal terpisah; KEY adalah kuncinya:";
        audit =
            "On the endpoint's machine: the tests of double clicks of COUNTER's Code of Practice 5.1 (appendix E.2.3), and the lists of robots, against this endpoint:",
            "Di mesin endpoint: pengujian klik ganda menurut Code of Practice 5.1 dari COUNTER (lampiran E.2.3), dan daftar robot, terhadap endpoint ini:";
        sums =
            "Also there: whether all sums agree, and the days of an article:",
            "Juga di sana: apakah semua jumlah cocok, dan hari-hari sebuah artikel:";
        code =
            "What decides is open source: the rules are in crates/rules of Gema's repository.",
            "Yang menentukan adalah sumber terbuka: aturannya ada di crates/rules dalam repositori Gema.";
    }
}
