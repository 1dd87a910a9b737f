//! What was asked beside what is.

use std::fmt::Display;

#[derive(Default)]
pub struct Goals(Vec<String>);

impl Goals {
    pub fn at_most<T: PartialOrd + Display>(&mut self, what: &str, is: T, goal: T, unit: &str) {
        self.tell(what, &format!("≤{goal} {unit}"), &format!("{is} {unit}"), is <= goal);
    }

    pub fn at_least<T: PartialOrd + Display>(&mut self, what: &str, is: T, goal: T, unit: &str) {
        self.tell(what, &format!("≥{goal} {unit}"), &format!("{is} {unit}"), is >= goal);
    }

    /// A figure that was asked for without a goal.
    pub fn note(&mut self, what: &str, is: &str) {
        self.0.push(format!("| {what} | | {is} | |"));
    }

    fn tell(&mut self, what: &str, goal: &str, is: &str, met: bool) {
        let verdict = if met { "met" } else { "missed" };
        self.0.push(format!("| {what} | {goal} | {is} | {verdict} |"));
    }

    pub fn print(&self) {
        println!("## Goals\n\n| what | goal | is | |\n|---|--:|--:|---|\n{}", self.0.join("\n"));
    }
}
