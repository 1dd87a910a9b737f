//! A number between its limits.

use kernel::Problem;

/// The number, if it is neither below `least` nor above `most`.
pub(crate) fn within(number: i64, least: i64, most: i64) -> Result<i64, Problem> {
    match number {
        number if number < least => Err(Problem::TooSmall(least)),
        number if number > most => Err(Problem::TooLarge(most)),
        number => Ok(number),
    }
}
