//! The minute chart, as points of a drawing 1,000 wide and 300 high. Pure rules.

use kernel::Timestamp;

use super::Minute;

/// More points than this would be drawn over each other.
const POINTS_MAX: i64 = 240;
/// The drawing's height, and what the highest point of each kind takes of it.
const HEIGHT: i64 = 300;
const LINE_HEIGHT: i64 = 280;
const BAR_HEIGHT: i64 = 120;
const WIDTH: i64 = 1_000;
/// Times written below it.
const TICKS: i64 = 4;

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chart {
    /// Points of the viewers' line, and of the area below it.
    pub line: String,
    pub area: String,
    pub bars: Vec<Bar>,
    pub ticks: Vec<Timestamp>,
    pub most_viewers: i64,
    pub all_orders: i64,
}

/// Orders of a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub x: i64,
    pub width: i64,
    pub height: i64,
}

impl Chart {
    /// The minutes from the first to before the last of `window`. What was ordered later, at the replay, is not drawn.
    pub fn of(minutes: &[Minute], window: Option<(i64, i64)>) -> Self {
        let Some((first, end)) = window.filter(|(first, end)| end > first) else { return Self::default() };
        let length = end - first;
        let step = (length + POINTS_MAX - 1) / POINTS_MAX;
        let points = (length + step - 1) / step;
        let (mut viewers, mut orders) = (vec![0; points as usize], vec![0; points as usize]);
        for minute in minutes.iter().filter(|minute| (first..end).contains(&minute.minute)) {
            let at = ((minute.minute - first) / step) as usize;
            viewers[at] = minute.viewers.max(viewers[at]);
            orders[at] += minute.orders;
        }
        let (most_viewers, most_orders) = (top(&viewers), top(&orders));
        let x = |at: usize| if points > 1 { at as i64 * WIDTH / (points - 1) } else { WIDTH / 2 };
        let y = |count: i64| HEIGHT - count * LINE_HEIGHT / most_viewers.max(1);
        let line: Vec<String> =
            viewers.iter().enumerate().map(|(at, count)| format!("{},{}", x(at), y(*count))).collect();
        let line = line.join(" ");
        let width = (WIDTH / points / 2).clamp(2, 24);
        let bar = |(at, count): (usize, &i64)| Bar {
            x: (x(at) - width / 2).clamp(0, WIDTH - width),
            width,
            height: (count * BAR_HEIGHT / most_orders.max(1)).max(4),
        };
        let mut ticks: Vec<_> =
            (0..=TICKS).map(|tick| super::pages::at_minute(first + length * tick / TICKS)).collect();
        // A short show has fewer minutes than there is room for.
        ticks.dedup();
        Self {
            area: format!("0,{HEIGHT} {line} {WIDTH},{HEIGHT}"),
            line,
            bars: orders.iter().enumerate().filter(|(_, count)| **count > 0).map(bar).collect(),
            ticks,
            most_viewers,
            all_orders: orders.iter().sum(),
        }
    }
}

fn top(counts: &[i64]) -> i64 {
    counts.iter().copied().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64, viewers: i64, orders: i64) -> Minute {
        Minute {
            minute,
            viewers,
            orders,
            joins: 0,
            likes: 0,
            chats: 0,
            shares: 0,
            impressions: 0,
            clicks: 0,
            revenue: 0,
        }
    }

    #[test]
    fn each_minute_is_written_once_below_a_short_show() {
        let ticks = |length: i64| Chart::of(&[], Some((100, 100 + length))).ticks.len();
        assert_eq!([1, 2, 3, 4, 90].map(ticks), [2, 3, 4, 5, 5]);
    }

    #[test]
    fn minutes_without_anything_are_drawn_as_nothing() {
        let chart = Chart::of(&[minute(100, 10, 0), minute(104, 5, 2)], Some((100, 105)));
        assert_eq!(chart.line, "0,20 250,300 500,300 750,300 1000,160");
        assert_eq!(chart.bars.len(), 1);
        assert_eq!((chart.most_viewers, chart.all_orders), (10, 2));
    }

    #[test]
    fn a_whole_day_is_drawn_with_its_peaks() {
        let minutes: Vec<Minute> = (0..1_440)
            .map(|at| minute(at, if at == 777 { 900 } else { 3 }, i64::from(at % 60 == 0)))
            .collect();
        let chart = Chart::of(&minutes, Some((0, 1_440)));
        assert_eq!(chart.line.split(' ').count(), 240);
        assert_eq!(
            (chart.most_viewers, chart.all_orders),
            (900, 24),
            "nothing is lost where minutes are drawn together"
        );
        assert!(chart.bars.iter().all(|bar| bar.x >= 0 && bar.x + bar.width <= WIDTH));
    }

    #[test]
    fn a_room_that_was_never_live_has_no_chart() {
        assert_eq!(Chart::of(&[minute(1, 1, 1)], None), Chart::default());
        assert_eq!(Chart::of(&[], Some((5, 5))), Chart::default());
    }

    #[test]
    fn what_was_ordered_at_the_replay_is_not_in_the_live() {
        assert_eq!(Chart::of(&[minute(1, 1, 1), minute(9, 0, 4)], Some((1, 3))).all_orders, 1);
    }
}
