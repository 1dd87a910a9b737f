//! Not there yet.

use crate::Outcome;

pub fn run(_arguments: &[String]) -> Outcome {
    Err("this bench is not there yet".into())
}
