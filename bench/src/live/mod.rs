//! Live video: how old a picture is when it is seen, and how many see it from one core, by every way there is.

mod ask;
mod clock;
mod crowd;
mod film;
mod glass;
mod goals;
mod http1;
mod nginx;
mod playlist;
mod publisher;
mod rtc;
mod town;
mod viewers;
mod whep;
mod wire;

use crate::Outcome;
use goals::Goals;

/// Measures, prints what it found, and says which goals that meets.
type Part = fn(&mut Goals) -> Outcome;

/// All of it, or the part that is named.
pub fn run(arguments: &[String]) -> Outcome {
    let only = arguments.first().map(String::as_str);
    let mut goals = Goals::default();
    let parts: [(&str, Part); 3] =
        [("glass", glass::measure), ("viewers", viewers::measure), ("whep", whep::measure)];
    if let Some(only) = only.filter(|only| parts.iter().all(|(name, _)| name != only)) {
        return Err(format!("\"{only}\" is no part of this bench").into());
    }
    for (_, measure) in parts.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        measure(&mut goals)?;
    }
    goals.print();
    Ok(())
}
