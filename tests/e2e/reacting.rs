use crate::{
    newsroom::{ARTICLE, Newsroom},
    page::{Draft, Page},
    reader::Reader,
};

#[test]
fn a_reaction_is_shown_before_the_endpoint_has_answered() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    newsroom.falls_asleep();
    widget
        .reacts("happy")
        .counts(&[("happy", 1)])
        .has_chosen(Some("happy"))
        .says("[part=responses]", "1 tanggapan");
    newsroom.wakes_up();
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    widget.counts(&[("happy", 1)]);
}

#[test]
fn a_reaction_can_be_changed_and_taken_back_and_made_again() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    let widget = reader.loads(&page);
    widget
        .reacts("happy")
        .counts(&[("happy", 1)])
        .says(".said[aria-live]", "Anda memilih Senang.");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    widget
        .reacts("sad")
        .counts(&[("sad", 1)])
        .has_chosen(Some("sad"));
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
    widget
        .reacts("sad")
        .counts(&[])
        .has_chosen(None)
        .says(".said[aria-live]", "Pilihan Anda dibatalkan.");
    newsroom.has_reactions(ARTICLE, &[]);
    // Faster than any response: the last choice wins.
    for option in ["angry", "inspired", "surprised"] {
        widget.reacts(option);
    }
    widget.counts(&[("surprised", 1)]);
    newsroom.has_reactions(ARTICLE, &[("surprised", 1)]);
}

#[test]
fn a_reaction_survives_a_reload_before_its_answer() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let reader = Reader::new();
    reader.loads(&page).reacts("inspired");
    reader
        .reloads()
        .widget()
        .is_there()
        .has_chosen(Some("inspired"))
        .counts(&[("inspired", 1)]);
    newsroom.has_reactions(ARTICLE, &[("inspired", 1)]);
    // A withdrawn choice stays withdrawn after a reload.
    reader.widget().reacts("inspired");
    reader
        .reloads()
        .widget()
        .is_there()
        .has_chosen(None)
        .counts(&[]);
    newsroom.has_reactions(ARTICLE, &[]);
}

/// A proxy that answers every request for a view with its first response.
const OLD_CACHE: &str = "<script>
    const ask = fetch;
    window.fetch = async (address, options) => {
        if (!String(address).includes('/widget.html?')) return ask(address, options);
        sessionStorage.fragment ??= await (await ask(address, options)).text();
        return new Response(sessionStorage.fragment);
    };
</script>";

#[test]
fn a_cache_that_is_late_takes_nothing_back_from_the_reader() {
    let newsroom = Newsroom::open();
    let page = Draft::article(&(OLD_CACHE.to_owned() + &newsroom.tag("async")), "").served();
    let reader = Reader::new();
    reader
        .loads(&page)
        .reacts("happy")
        .says("[part=reads]", "Dibaca 1 kali");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    reader
        .reloads()
        .widget()
        .is_there()
        .has_chosen(Some("happy"))
        .counts(&[("happy", 1)])
        .says("[part=reads]", "Dibaca 1 kali");
    reader.sees("sessionStorage.fragment.includes('\"rev\":0')", true);
    reader.widget().reacts("sad").counts(&[("sad", 1)]);
    reader
        .reloads()
        .widget()
        .is_there()
        .has_chosen(Some("sad"))
        .counts(&[("sad", 1)]);
    newsroom.has_reactions(ARTICLE, &[("sad", 1)]);
}

#[test]
fn two_readers_see_each_others_reactions() {
    let newsroom = Newsroom::open();
    let page = Page::of(&newsroom);
    let (rini, budi) = (Reader::new(), Reader::new());
    rini.opens(&page).widget().is_there().reacts("happy");
    newsroom.has_reactions(ARTICLE, &[("happy", 1)]);
    budi.opens(&page)
        .widget()
        .is_there()
        .counts(&[("happy", 1)])
        .has_chosen(None)
        .reacts("sad");
    newsroom.has_reactions(ARTICLE, &[("happy", 1), ("sad", 1)]);
    rini.forgets_what_is_cached().reloads();
    rini.widget()
        .is_there()
        .counts(&[("happy", 1), ("sad", 1)])
        .has_chosen(Some("happy"));
    rini.widget()
        .sees("text('[data-part=option-sad] [part=percent]')", "50%")
        .reacts("sad");
    newsroom.has_reactions(ARTICLE, &[("sad", 2)]);
    budi.forgets_what_is_cached().reloads();
    budi.widget()
        .is_there()
        .counts(&[("sad", 2)])
        .has_chosen(Some("sad"));
}
