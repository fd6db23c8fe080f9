/// Byte sequences that often break parsers; inserted at random places.
const TOKENS: [&[u8]; 24] = [
    b"\0",
    b"\x1f",
    b"\x7f",
    b"\xff",
    b"\xc2\x80",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"e\xcc\x81",
    b"\\ud800",
    b"\\u0000",
    b"%ff",
    b"%00",
    b"%",
    b"&",
    b";q=0,",
    b"\"",
    b"null",
    b"-1",
    b"1e400",
    b"9007199254740992",
    b"18446744073709551616",
    b"[[[[[[[[",
    b"{\"\":",
    b"<svg><style><p></style>",
];

/// `many` inputs: the seeds, then variations of them. The sequence is the same in every run.
pub fn variations(seeds: &[&[u8]], many: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    (0..many).map(move |at| match seeds.get(at) {
        Some(seed) => seed.to_vec(),
        None => {
            let mut input = dice.of(seeds).to_vec();
            for _ in 0..=dice.below(6) {
                change(&mut input, seeds, &mut dice);
            }
            input
        }
    })
}

fn change(input: &mut Vec<u8>, seeds: &[&[u8]], dice: &mut Dice) {
    let from = dice.below(input.len() + 1);
    let to = (from + dice.below(12)).min(input.len());
    match dice.below(6) {
        0 => drop(input.drain(from..to)),
        1 => drop(input.splice(from..to, dice.of(&TOKENS).iter().copied())),
        2 => input.insert(from, dice.next() as u8),
        3 => {
            let again = input[from..to].repeat(1 + dice.below(40));
            input.splice(from..to, again);
        }
        4 => {
            let other = dice.of(seeds);
            let begin = dice.below(other.len() + 1);
            input.splice(from..to, other[begin..].iter().copied());
        }
        _ => {
            if let Some(byte) = input.get_mut(from) {
                *byte ^= 1 << dice.below(8);
            }
        }
    }
}

/// A pseudorandom generator (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 8) as usize % end
    }

    fn of<'a>(&mut self, list: &[&'a [u8]]) -> &'a [u8] {
        list[self.below(list.len())]
    }
}
