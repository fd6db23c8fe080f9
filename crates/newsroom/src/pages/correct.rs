use yew::prelude::*;

use super::PageContext;

/// The forms with which operators correct an article's counts.
#[derive(Clone, Debug, Default)]
pub struct CorrectionPanel {
    /// Reads of the starting count now.
    pub starting_reads: u64,
    /// The earlier address as it was written.
    pub earlier: String,
    /// What is asked before an earlier address is joined: its key, its reads, and whether its counts are merged for ever.
    pub question: Option<Joining>,
    /// The change that was just made.
    pub done: bool,
    /// Why nothing was done.
    pub refusal: Option<String>,
}

/// An earlier address that would be joined.
#[derive(Clone, Debug)]
pub struct Joining {
    /// Its key.
    pub key: String,
    /// Its reads.
    pub reads: u64,
    /// Whether the counts of both become one, which cannot be undone.
    pub is_merge: bool,
}

/// Draws the forms.
pub(crate) fn corrections(context: &PageContext, panel: &CorrectionPanel, action: &str) -> Html {
    let texts = context.texts;
    let done = panel
        .done
        .then(|| html! { <p class="note" role="status">{texts.saved}</p> });
    let refusal = panel.refusal.as_ref();
    let refusal = refusal.map(|why| html! { <p class="note error" role="alert">{&**why}</p> });
    let is_open = panel.question.is_some() || panel.refusal.is_some();
    html! {
        <section id="correct" class="form" aria-labelledby="correct-head">
            <h2 id="correct-head">{texts.correct}</h2>
            {done.unwrap_or_default()}{refusal.unwrap_or_default()}
            <p class="hint">{texts.correct_note}</p>
            {panel.question.as_ref().map(|joining| question(context, joining, action)).unwrap_or_default()}
            <details open={is_open}>
                <summary>{texts.correct}</summary>
                <form method="post" action={action.to_owned()} class="card">
                    <label>
                        {texts.earlier_address}
                        <small id="earlier-hint">{texts.earlier_hint}</small>
                        <input name="earlier" required=true value={panel.earlier.clone()} aria-describedby="earlier-hint" />
                    </label>
                    <button>{texts.look_at_earlier}</button>
                </form>
                <form method="post" action={action.to_owned()} class="card">
                    <label>
                        {texts.starting_reads}
                        <small id="starting-hint">{texts.starting_hint}</small>
                        <input type="number" name="starting" min="0" required=true value={panel.starting_reads.to_string()}
                            aria-describedby="starting-hint" />
                    </label>
                    <button>{texts.save}</button>
                </form>
            </details>
        </section>
    }
}

fn question(context: &PageContext, joining: &Joining, action: &str) -> Html {
    let texts = context.texts;
    let text = match joining.is_merge {
        true => texts.join_merges,
        false => texts.join_notes,
    };
    let reads = context.number(joining.reads.cast_signed());
    let text = context.fill(text, &[("key", &joining.key), ("n", &reads)]);
    html! {
        <form method="post" action={action.to_owned()} class="card">
            <p>{text}</p>
            <input type="hidden" name="earlier" value={joining.key.clone()} />
            <input type="hidden" name="confirmed" value="1" />
            <button>{texts.join}</button>
        </form>
    }
}
