use wire::Poll;
use yew::prelude::*;

use super::PageContext;

/// The poll of one article.
pub struct PollPanel {
    /// The settings for this article; `None`: as the site has it.
    pub own: Option<Poll>,
    /// Its state now.
    pub now: Poll,
    /// Its state if nothing were set for this article.
    pub by_site: Poll,
    /// Its own question; empty: the site's.
    pub question: String,
    /// The site's question.
    pub site_question: String,
    /// The site's options, in its order.
    pub options: Vec<PollOption>,
    /// Whether the viewer may change it.
    pub may_edit: bool,
    /// Whether it has just been saved.
    pub is_saved: bool,
    /// Why it was not saved.
    pub refusal: Option<String>,
    /// A mark of what is stored, which the form sends back.
    pub mark: String,
}

/// An option of the poll.
pub struct PollOption {
    /// Its name in forms.
    pub key: String,
    /// Its label.
    pub label: String,
    /// Whether readers of this article get it.
    pub is_on: bool,
    /// Readers who chose it, with the starting count.
    pub votes: u64,
}

/// The name of a state in the form.
pub fn state_name(state: Option<Poll>) -> &'static str {
    match state {
        None => "site",
        Some(Poll::Open) => "open",
        Some(Poll::Closed) => "closed",
        Some(Poll::Off) => "off",
    }
}

/// The state of that name in the form; `None`: another name.
pub fn named_state(name: &str) -> Option<Option<Poll>> {
    let all = [None, Some(Poll::Open), Some(Poll::Closed), Some(Poll::Off)];
    all.into_iter().find(|state| state_name(*state) == name)
}

fn word(context: &PageContext, state: Poll) -> &'static str {
    match state {
        Poll::Open => context.texts.poll_open,
        Poll::Closed => context.texts.poll_closed,
        Poll::Off => context.texts.poll_off,
    }
}

/// The state of the poll, with whether it was set for this article.
pub(crate) fn state(context: &PageContext, panel: &PollPanel) -> String {
    let word = word(context, panel.now);
    match panel.own {
        Some(own) if own == panel.now => format!("{word} ({})", context.texts.poll_own),
        _ => word.to_owned(),
    }
}

/// Draws the options with their votes, and for editors the form.
pub(crate) fn poll(context: &PageContext, panel: &PollPanel, action: String) -> Html {
    let texts = context.texts;
    let saved = panel
        .is_saved
        .then(|| html! { <p class="note" role="status">{texts.saved}</p> });
    let refusal = panel.refusal.as_ref();
    let refusal = refusal.map(|why| html! { <p class="note error" role="alert">{&**why}</p> });
    let content = if panel.may_edit {
        form(context, panel, action)
    } else {
        shown(context, panel)
    };
    html! {
        <section id="poll" class={panel.may_edit.then_some("form")} aria-labelledby="poll-head">
            <h2 id="poll-head">{texts.polls}</h2>
            {saved.unwrap_or_default()}{refusal.unwrap_or_default()}
            {content}
        </section>
    }
}

fn shown(context: &PageContext, panel: &PollPanel) -> Html {
    let question = match panel.question.as_str() {
        "" => &panel.site_question,
        own => own,
    };
    let options = panel.options.iter().map(|option| {
        let off = (!option.is_on)
            .then(|| html! { <span class="mark-off">{context.texts.option_off}</span> });
        html! { <li>{described(context, option)}{off.unwrap_or_default()}</li> }
    });
    html! { <><p>{state(context, panel)}</p><p dir="auto">{question}</p><ul>{ for options }</ul></> }
}

/// "Marah: 12"
fn described(context: &PageContext, option: &PollOption) -> String {
    let votes = context.number(option.votes.cast_signed());
    format!("{}: {votes}", option.label)
}

fn form(context: &PageContext, panel: &PollPanel, action: String) -> Html {
    let texts = context.texts;
    let by_site = context.fill(
        texts.poll_by_site,
        &[("state", &word(context, panel.by_site).to_lowercase())],
    );
    let states = [
        (None, by_site),
        (Some(Poll::Open), texts.poll_open.to_owned()),
        (Some(Poll::Closed), texts.poll_closed.to_owned()),
        (Some(Poll::Off), texts.poll_off.to_owned()),
    ];
    let states = states.map(|(state, text)| {
        let checked = state == panel.own;
        html! {
            <label class="choice">
                <input type="radio" name="state" value={state_name(state)} {checked} />{text}
            </label>
        }
    });
    let options = panel.options.iter().map(|option| {
        html! {
            <label class="choice">
                <input type="checkbox" name="on" value={option.key.clone()} checked={option.is_on} />
                {described(context, option)}
            </label>
        }
    });
    let site_question = context.fill(
        texts.question_of_site,
        &[("question", &panel.site_question)],
    );
    html! {
        <form method="post" {action} class="card wide-card">
            <fieldset>
                <legend>{texts.poll_state}</legend>
                <p class="hint">{context.fill(texts.poll_now, &[("state", &state(context, panel).to_lowercase())])}</p>
                { for states }
            </fieldset>
            <label>
                {texts.question}
                <small id="question-hint">{site_question}</small>
                <input name="question" maxlength="300" value={panel.question.clone()} aria-describedby="question-hint" dir="auto" />
            </label>
            <fieldset>
                <legend>{texts.options_on}</legend>
                <p class="hint">{texts.options_on_hint}</p>
                { for options }
            </fieldset>
            <input type="hidden" name="mark" value={panel.mark.clone()} />
            <button>{texts.save_poll}</button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_a_poll_has_its_name() {
        for state in [None, Some(Poll::Open), Some(Poll::Closed), Some(Poll::Off)] {
            assert_eq!(named_state(state_name(state)), Some(state));
        }
        assert_eq!(named_state("x"), None);
    }
}
