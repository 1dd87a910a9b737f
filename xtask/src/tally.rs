//! Reading how many tests passed and failed from the closing lines of cargo test, nextest and node.

use std::ops::AddAssign;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// The tally of a run, given whether it exited with success. A run that failed without naming a
    /// failed test (it did not compile, it was killed) counts as one failure, and so does a run that
    /// says it succeeded but shows no closing line: silence must not look like success.
    pub fn of_run(counted: Option<Self>, succeeded: bool) -> Self {
        let mut tally = counted.unwrap_or_default();
        let unexplained = !succeeded && tally.failed == 0;
        if unexplained || counted.is_none() {
            tally.failed = tally.failed.max(1);
        }
        tally
    }
}

/// The last `Summary [ 1.2s] 3 tests run: 2 passed (1 slow), 1 failed, 0 skipped` of cargo nextest.
pub fn of_nextest(text: &str) -> Option<Tally> {
    let plain = without_colours(text);
    let summary = plain.lines().rev().find_map(|line| line.trim_start().strip_prefix("Summary ["))?;
    let (_, counts) = summary.split_once("run:")?;
    let mut tally = Tally::default();
    for part in without_brackets(counts).split(',') {
        let Some((number, what)) = part.trim().split_once(' ') else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        match what.trim() {
            "passed" => tally.passed += number,
            "skipped" => {}
            // failed, exec failed, timed out, and whatever else a later nextest may call it
            _ => tally.failed += number,
        }
    }
    Some(tally)
}

/// All `test result: ok. 5 passed; 0 failed; …` of cargo test added up, one for each test binary.
pub fn of_cargo_test(text: &str) -> Option<Tally> {
    let plain = without_colours(text);
    let mut total = None;
    for line in plain.lines().filter_map(|line| line.strip_prefix("test result: ")) {
        let tally: &mut Tally = total.get_or_insert_default();
        for part in line.split(['.', ';']) {
            let Some((number, what)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => tally.passed += number,
                "failed" => tally.failed += number,
                _ => {}
            }
        }
    }
    total
}

/// The last `ℹ pass 2` (or `# pass 2`) and its neighbours of node's test runner.
pub fn of_node(text: &str) -> Option<Tally> {
    let plain = without_colours(text);
    let last = |word: &str| {
        plain.lines().rev().find_map(|line| {
            let line = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?;
            line.strip_prefix(word)?.strip_prefix(' ')?.trim().parse::<u64>().ok()
        })
    };
    Some(Tally { passed: last("pass")?, failed: last("fail")? + last("cancelled").unwrap_or(0) })
}

/// The lines of a runner's own summary, as it printed them.
pub fn summary_lines(text: &str) -> String {
    let plain = without_colours(text);
    let is_summary = |line: &&str| {
        let line = line.trim_start();
        ["Summary [", "test result: ", "ℹ "].iter().any(|start| line.starts_with(start))
    };
    plain.lines().filter(is_summary).collect::<Vec<_>>().join("\n")
}

fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            plain.push(letter);
            continue;
        }
        // An escape sequence ends with its first letter: ESC [ 3 2 m
        for inside in letters.by_ref() {
            if inside.is_ascii_alphabetic() {
                break;
            }
        }
    }
    plain
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_counts_every_way_to_fail() {
        let text = "        PASS [   0.1s] a b\n     Summary [  12.345s] 12/14 tests run: 7 passed (1 slow, 2 leaky), \
                    2 failed, 1 exec failed, 2 timed out, 3 skipped\n        FAIL a c\n";
        assert_eq!(of_nextest(text), Some(Tally { passed: 7, failed: 5 }));
    }

    #[test]
    fn nextest_is_read_in_colour_and_the_last_summary_counts() {
        let text = "     Summary [ 1s] 9 tests run: 9 passed, 0 skipped\n\
                    \u{1b}[32;1m     Summary\u{1b}[0m [   0.003s] \u{1b}[1m1\u{1b}[0m test run: \
                    \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped\n";
        assert_eq!(of_nextest(text), Some(Tally { passed: 1, failed: 0 }));
    }

    #[test]
    fn cargo_test_adds_up_its_binaries() {
        let text = "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
                    note: a test may print test result: ok. 90 passed; 0 failed; in the middle of a line\n\
                    test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(of_cargo_test(text), Some(Tally { passed: 7, failed: 3 }));
        assert_eq!(of_cargo_test("error: could not compile"), None);
    }

    #[test]
    fn node_is_read_from_both_reporters_and_cancelled_is_failed() {
        let spec = "✔ opens (12ms)\nℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\n";
        let tap = "# tests 4\n# pass 2\n# fail 1\n# cancelled 1\n";
        assert_eq!(of_node(spec), Some(Tally { passed: 2, failed: 2 }));
        assert_eq!(of_node(tap), of_node(spec));
        assert_eq!(of_node("SyntaxError: Unexpected token"), None);
    }

    #[test]
    fn a_summary_is_repeated_as_its_runner_said_it() {
        let nextest =
            "        PASS [   0.1s] a b\n\u{1b}[32m     Summary\u{1b}[0m [ 1s] 9 tests run: 9 passed\n";
        assert_eq!(summary_lines(nextest), "     Summary [ 1s] 9 tests run: 9 passed");
        let node = "✔ opens (12ms)\nℹ tests 4\nℹ pass 4\n";
        assert_eq!(summary_lines(node), "ℹ tests 4\nℹ pass 4");
    }

    #[test]
    fn a_run_never_looks_better_than_its_exit_status() {
        let clean = Tally { passed: 3, failed: 0 };
        assert_eq!(Tally::of_run(Some(clean), true), clean);
        assert_eq!(Tally::of_run(Some(clean), false), Tally { passed: 3, failed: 1 });
        assert_eq!(Tally::of_run(None, true), Tally { passed: 0, failed: 1 });
        assert_eq!(Tally::of_run(None, false), Tally { passed: 0, failed: 1 });
        assert_eq!(Tally::of_run(Some(Tally { passed: 0, failed: 4 }), false).failed, 4);
    }
}
