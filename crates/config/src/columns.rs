//! Whether the options of a poll can stand side by side. That depends on the length of their labels, which a style sheet
//! does not know; it only knows the available width.

use wire::Choice;

/// The widths of the style sheet's steps, in em of the poll's text.
const STEPS: [f64; 6] = [18.0, 20.0, 23.0, 27.0, 32.0, 40.0];

/// Least width of an option: 52 px in a text of 16 px.
const LEAST: f64 = 3.25;

/// Padding of an option, and the gap beside it, together.
const SPACE: f64 = 0.375;

/// Size of a label in a narrow poll.
const LABEL: f64 = 0.75;

/// The step of the style sheet from which these options stand side by side; `0`: never. The widths are overestimated,
/// because fonts differ: a label that is too long would break within a word.
pub fn step(choices: &[Choice]) -> u8 {
    let option = |choice: &Choice| {
        let label: f64 = choice.label.chars().map(width).sum();
        (LABEL * label).max(LEAST - SPACE) + SPACE
    };
    let needed: f64 = choices.iter().map(option).sum();
    let step = STEPS.iter().position(|step| *step >= needed);
    step.map_or(0, |step| u8::try_from(step + 1).unwrap_or(0))
}

/// The usual width of a character, in em.
fn width(character: char) -> f64 {
    match character {
        'f' | 'i' | 'j' | 'l' | 'r' | 't' | 'I' | ' ' | '-' | '.' | '’' => 0.34,
        'm' | 'w' | 'M' | 'W' => 0.85,
        // Combining marks.
        '\u{300}'..='\u{36f}' => 0.0,
        '\0'..='\u{36f}' => 0.54,
        // Greek and Cyrillic.
        '\u{370}'..='\u{58f}' => 0.64,
        // Hebrew and Arabic, some of which are marks.
        '\u{590}'..='\u{8ff}' => 0.5,
        // Tamil.
        '\u{b80}'..='\u{bff}' => 0.85,
        // Other Indic scripts, Thai and Lao: many of their characters are marks.
        '\u{900}'..='\u{eff}' => 0.58,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use wire::Reaction;

    use super::*;
    use crate::Site;

    fn labelled(labels: &[&str]) -> Vec<Choice> {
        let choice = |label: &&str| Choice {
            key: Reaction::parse("happy").unwrap(),
            emoji: None,
            image: None,
            face: None,
            label: (*label).to_owned(),
        };
        labels.iter().map(choice).collect()
    }

    #[test]
    fn short_labels_stand_side_by_side_on_the_narrowest_phone() {
        let mut site = Site::demo();
        site.languages = ["id", "en", "ko", "zh-Hans"].map(str::to_owned).into();
        for code in &site.languages {
            let choices = site.choices(&site.language(Some(code)));
            assert!(
                matches!(step(&choices), 1 | 2),
                "{code}: {}",
                step(&choices)
            );
        }
    }

    #[test]
    fn longer_labels_and_more_options_need_more_room() {
        let short = step(&labelled(&["Senang", "Sedih"]));
        let long = step(&labelled(&[
            "Überraschung",
            "Inspiration",
            "Freude",
            "Trauer",
            "Wut",
        ]));
        assert!(short < long, "{short} < {long}");
        assert_eq!(step(&labelled(&["Sangat menggembirakan"; 5])), 0);
        assert_eq!(step(&labelled(&["Senang"; 20])), 0);
    }
}
