use super::texts;

texts! {
    /// Texts of the pages of accounts, and of the frame of all pages. `{}` is replaced by a name, number or time.
    Texts;

    newsroom: "Newsroom", "Redaksi";
    skip: "Skip to the content", "Langsung ke isi";
    navigation: "Pages", "Halaman";
    home: "Sites", "Situs";
    people: "People", "Orang";
    links: "Links", "Tautan";
    log: "Log", "Catatan";
    account: "Account", "Akun";
    sign_out: "Sign out", "Keluar";
    signed_in_as: "Signed in as {}", "Masuk sebagai {}";
    viewing_by_link: "Read-only link: {}", "Tautan baca saja: {}";
    sites_heading: "Your sites", "Situs Anda";
    no_sites: "You have no role on any site here. An operator can give you one.",
        "Anda belum punya peran di situs mana pun di sini. Operator dapat memberikannya.";
    whole_site: "whole site", "seluruh situs";
    section: "Section", "Rubrik";
    role: "Role", "Peran";
    reader: "Reader", "Pembaca";
    editor: "Editor", "Editor";
    operator: "Operator", "Operator";
    site: "Site", "Situs";
    sign_in: "Sign in", "Masuk";
    name: "Name", "Nama";
    password: "Password", "Kata sandi";
    wrong_sign_in: "Name or password is wrong.", "Nama atau kata sandi salah.";
    too_many_tries: "There were too many tries from your network. Try again in {} minutes.",
        "Terlalu banyak percobaan dari jaringan Anda. Coba lagi dalam {} menit.";
    busy: "Too many people are signing in at the moment. Try again in a minute.",
        "Terlalu banyak orang sedang masuk. Coba lagi sebentar lagi.";
    needs_https: "This page was requested by http. Signing in needs https, because a browser would not keep the session otherwise.",
        "Halaman ini diminta lewat http. Untuk masuk perlu https, karena tanpa itu peramban tidak menyimpan sesi.";
    sign_in_hint: "Forgotten the password? An operator makes a link with which you set a new one.",
        "Lupa kata sandi? Operator membuat tautan untuk menetapkan yang baru.";
    set_password: "Set a password", "Tetapkan kata sandi";
    set_password_for: "For the user {}.", "Untuk pengguna {}.";
    new_password: "New password", "Kata sandi baru";
    repeat_password: "The same again", "Sekali lagi";
    password_rule: "At least 12 characters. A few words are easy to remember and hard to guess.",
        "Paling sedikit 12 karakter. Beberapa kata mudah diingat dan sulit ditebak.";
    too_short: "The password needs at least 12 characters.", "Kata sandi perlu paling sedikit 12 karakter.";
    too_long: "The password may have 1,024 bytes at most.", "Kata sandi paling panjang 1.024 bita.";
    guessable: "The password is easy to guess: it contains your name, or hardly any different characters.",
        "Kata sandi mudah ditebak: memuat nama Anda, atau hampir tanpa karakter yang berbeda.";
    differ: "The two passwords differ.", "Kedua kata sandi berbeda.";
    invitation_over: "This link was used already, or is older than an hour, or a newer one was made. Ask an operator for another one.",
        "Tautan ini sudah dipakai, atau lebih tua dari satu jam, atau ada yang lebih baru. Minta yang lain kepada operator.";
    save: "Save", "Simpan";
    forbidden: "Not permitted", "Tidak diizinkan";
    forbidden_hint: "Your role does not permit this.", "Peran Anda tidak mengizinkan ini.";
    foreign_form: "This form was sent by another page than the newsroom's own, or the browser does not say by which one. Nothing was changed.",
        "Formulir ini dikirim oleh halaman lain, bukan halaman redaksi, atau peramban tidak menyebutkan asalnya. Tidak ada yang diubah.";
    continue_heading: "One moment", "Sebentar";
    continue_link: "Continue to the newsroom", "Lanjut ke redaksi";
    store_is_away: "The database does not answer", "Basis data tidak menjawab";
    store_is_away_hint: "The database of accounts and counts cannot be reached at the moment, so this page cannot be shown and nothing was changed. Try again in a minute; if it lasts, tell the people who run the endpoint.",
        "Basis data akun dan hitungan sedang tidak dapat dihubungi, jadi halaman ini tidak dapat ditampilkan dan tidak ada yang diubah. Coba lagi sebentar lagi; jika berlanjut, beri tahu pengelola endpoint.";
    failed: "This did not work. Try again in a minute.", "Tidak berhasil. Coba lagi sebentar lagi.";
    add_person: "Add somebody, or change a role", "Tambah orang, atau ubah peran";
    add_person_hint: "Whoever is new gets a link that is valid for an hour and sets a password.",
        "Orang baru mendapat tautan yang berlaku satu jam untuk menetapkan kata sandi.";
    section_hint: "Beginning of the articles' keys, such as /sport/. Empty: the whole site.",
        "Awal kunci artikel, misalnya /olahraga/. Kosong: seluruh situs.";
    add: "Save", "Simpan";
    people_none: "Nobody yet.", "Belum ada orang.";
    last_seen: "Last seen (UTC)", "Terakhir (UTC)";
    never: "never", "belum pernah";
    password_missing: "no password yet", "belum ada kata sandi";
    invite: "Password link", "Tautan kata sandi";
    more: "More", "Lainnya";
    invited_heading: "A link for {}", "Tautan untuk {}";
    invited_hint: "Give this link to that person. It works once, for an hour, and is shown only now.",
        "Berikan tautan ini kepada orang itu. Berlaku sekali, selama satu jam, dan hanya ditampilkan sekarang.";
    remove_role: "Take the role away", "Cabut peran";
    remove_user: "Remove", "Hapus";
    sign_out_user: "Sign out everywhere", "Keluarkan di mana-mana";
    actions: "Actions", "Tindakan";
    not_all_yours: "also has roles on other sites", "juga punya peran di situs lain";
    invalid_name: "The name {}.", "Nama {}.";
    invalid_section: "The section {}.", "Rubrik {}.";
    operator_section: "Operators manage a whole site: leave the section empty.", "Operator mengelola seluruh situs: kosongkan rubrik.";
    last_operator: "You cannot take away your own role as an operator: ask another operator.",
        "Anda tidak dapat mencabut peran operator Anda sendiri: minta operator lain.";
    changed_meanwhile: "Somebody else has changed this user at the same time. Look, and try again.",
        "Orang lain mengubah pengguna ini pada saat yang sama. Periksa, lalu coba lagi.";
    links_hint: "Whoever has such a link reads the pages without an account, until it ends or is revoked.",
        "Siapa pun yang punya tautan ini membaca halaman tanpa akun, sampai berakhir atau dicabut.";
    make_link: "Make a link", "Buat tautan";
    label: "What for", "Untuk apa";
    label_hint: "Shown here and to those who use it, such as: Board meeting",
        "Tampil di sini dan kepada pemakainya, misalnya: Rapat direksi";
    days_valid: "Valid for", "Berlaku selama";
    revoke: "Revoke", "Cabut";
    link_made: "The link", "Tautannya";
    link_made_hint: "It is shown only now. Only its hash is kept.", "Hanya ditampilkan sekarang. Yang disimpan hanya hash-nya.";
    links_none: "There are no links.", "Tidak ada tautan.";
    made_by: "Made by", "Dibuat oleh";
    expires: "Ends (UTC)", "Berakhir (UTC)";
    link_over: "This link has ended, or was revoked.", "Tautan ini sudah berakhir atau dicabut.";
    invalid_label: "Say what the link is for, in 1 to 100 characters.", "Sebutkan untuk apa tautan ini, dalam 1 sampai 100 karakter.";
    too_many_links: "The site has 1,000 links, which is the maximum. Revoke some.",
        "Situs ini sudah punya 1.000 tautan, jumlah terbanyak. Cabut beberapa.";
    too_many_own_links: "You have made 100 links, which is the maximum for one person. Revoke some.",
        "Anda sudah membuat 100 tautan, jumlah terbanyak untuk satu orang. Cabut beberapa.";
    log_hint: "The last 10,000 entries of a year, of the sites that you manage. Times are in UTC.",
        "10.000 catatan terakhir selama setahun, dari situs yang Anda kelola. Waktu dalam UTC.";
    log_none: "Nothing was done yet.", "Belum ada yang dilakukan.";
    when: "When", "Kapan";
    who: "Who", "Siapa";
    what: "What", "Apa";
    whom: "Whom or what", "Siapa atau apa";
    sessions: "Where you are signed in", "Di mana Anda masuk";
    sessions_hint: "A session ends after 14 days without a request. Times are in UTC, to the hour.",
        "Sesi berakhir setelah 14 hari tanpa permintaan. Waktu dalam UTC, sampai jamnya.";
    this_session: "this one", "yang ini";
    session_begun: "Since", "Sejak";
    sign_out_everywhere: "Sign out everywhere", "Keluar di mana-mana";
    sign_out_everywhere_hint: "Ends all sessions, this one too.", "Mengakhiri semua sesi, termasuk yang ini.";
    by_proxy: "Your sign-in comes from the proxy in front of this endpoint. Sign out there.",
        "Anda masuk lewat proxy di depan endpoint ini. Keluar di sana.";
    did_signed_in: "signed in", "masuk";
    did_signed_out_everywhere: "ended all sessions of", "mengakhiri semua sesi";
    did_password_set: "set a password", "menetapkan kata sandi";
    did_invited: "made a one-time link for", "membuat tautan sekali pakai untuk";
    did_role_set: "gave a role to", "memberi peran kepada";
    did_role_removed: "took a role from", "mencabut peran dari";
    did_user_removed: "removed the user", "menghapus pengguna";
    did_link_made: "made the read-only link", "membuat tautan baca saja";
    did_link_revoked: "revoked the read-only link", "mencabut tautan baca saja";
    did_copy_changed: "changed the copy of", "mengubah salinan";
    did_poll_changed: "changed the poll of", "mengubah jajak";
    did_address_joined: "joined an earlier address", "menggabungkan alamat terdahulu";
    did_starting_count_set: "replaced a starting count", "mengganti hitungan awal";
    one_day: "1 day", "1 hari";
    n_days: "{} days", "{} hari";
}
