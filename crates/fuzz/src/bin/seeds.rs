//! Writes the seeds of each target to a subdirectory of its own, and prints the names of the targets.

use std::{fs, io, path::PathBuf};

use fuzz::TARGETS;

fn main() -> io::Result<()> {
    let corpus = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .ok_or_else(|| io::Error::other("name a directory"))?,
    );
    for target in TARGETS {
        let dir = corpus.join(target.name);
        fs::create_dir_all(&dir)?;
        for (at, seed) in target.seeds.iter().enumerate() {
            fs::write(dir.join(format!("seed-{at}")), seed)?;
        }
        println!("{}", target.name);
    }
    Ok(())
}
