//! Money in integer minor units with its currency. There are no floating point numbers near it.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! currencies {
    ($($code:ident $exponent:literal $symbol:literal;)*) => {
        /// A currency we can charge in (ISO 4217), with its number of decimals and its sign.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Currency { $($code),* }
        impl Currency {
            pub const ALL: &[Currency] = &[$(Currency::$code),*];
            pub const fn code(self) -> &'static str { match self { $(Currency::$code => stringify!($code)),* } }
            /// How many decimals people write: 2 for SGD, 0 for JPY, 3 for KWD.
            pub const fn exponent(self) -> u32 { match self { $(Currency::$code => $exponent),* } }
            pub const fn symbol(self) -> &'static str { match self { $(Currency::$code => $symbol),* } }
            pub fn from_code(code: &str) -> Option<Self> { match code { $(stringify!($code) => Some(Currency::$code),)* _ => None } }
        }
    };
}

currencies! {
    CNY 2 "¥"; SGD 2 "S$"; USD 2 "US$"; EUR 2 "€"; GBP 2 "£"; HKD 2 "HK$"; TWD 2 "NT$"; MYR 2 "RM";
    THB 2 "฿"; IDR 2 "Rp"; PHP 2 "₱"; AUD 2 "A$"; JPY 0 "JP¥"; KRW 0 "₩"; VND 0 "₫"; KWD 3 "KD";
}

/// An amount of money. `minor` counts the currency's smallest unit, and may be negative in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// Two amounts that do not belong together, or a sum beyond what 64 bits hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("amounts in {0:?} and {1:?} cannot be added")]
    Currency(Currency, Currency),
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }
    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Currency(self.currency, other.currency));
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Money::new(minor, self.currency))
    }
    pub fn minus(self, other: Money) -> Result<Money, MoneyError> {
        self.plus(Money::new(other.minor.checked_neg().ok_or(MoneyError::TooLarge)?, other.currency))
    }
    pub fn times(self, count: i64) -> Result<Money, MoneyError> {
        let minor = self.minor.checked_mul(count).ok_or(MoneyError::TooLarge)?;
        Ok(Money::new(minor, self.currency))
    }
    pub const fn negative(self) -> Money {
        Money::new(-self.minor, self.currency)
    }
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Reads what a person typed, such as `12`, `12.5` or `12.50`; never more decimals than the currency has.
    pub fn parse(text: &str, currency: Currency) -> Option<Money> {
        let text = text.trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let exponent = currency.exponent() as usize;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > 15
            || !digits(whole)
            || !digits(fraction)
            || fraction.len() > exponent
        {
            return None;
        }
        if text.ends_with('.') {
            return None;
        }
        format!("{whole}{fraction:0<exponent$}").parse().ok().map(|minor| Money::new(minor, currency))
    }

    /// The number alone, as in a form field: `1234.50`.
    pub fn plain(self) -> String {
        let exponent = self.currency.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        if exponent == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// With the currency's sign and thousands grouped: `S$1,234.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = Money::new(self.minor.saturating_abs(), self.currency).plain();
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        f.write_str(if self.minor < 0 { "−" } else { "" })?;
        f.write_str(self.currency.symbol())?;
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
    }
}

/// A rate in hundredths of a per cent: 60 is 0.6 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    /// The rate's share of `amount`, rounded half up (away from zero) to the minor unit, once.
    pub fn of(self, amount: Money) -> Money {
        let exact = i128::from(amount.minor) * i128::from(self.0);
        let half = if exact < 0 { -5_000 } else { 5_000 };
        // A rate of at most 100 % cannot leave i64; a larger one saturates rather than wraps.
        let minor =
            i64::try_from((exact + half) / 10_000).unwrap_or(if exact < 0 { i64::MIN } else { i64::MAX });
        Money::new(minor, amount.currency)
    }
}

impl fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{whole} %"),
            tenths if tenths % 10 == 0 => write!(f, "{whole}.{} %", tenths / 10),
            _ => write!(f, "{whole}.{rest:02} %"),
        }
    }
}

/// Shares `total` out by `weights`, to the last unit: each share is rounded down, then the units that remain
/// go one by one to the largest remainders, the earlier first among equals. All weights zero: the first has all.
pub fn share_out(total: i64, weights: &[u64]) -> Vec<i64> {
    let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
    let mut shares = vec![0i64; weights.len()];
    if sum == 0 {
        if let Some(first) = shares.first_mut() {
            *first = total;
        }
        return shares;
    }
    let sign = if total < 0 { -1 } else { 1 };
    let units = u128::from(total.unsigned_abs());
    let mut order: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    let mut given = 0u128;
    for (index, weight) in weights.iter().enumerate() {
        let exact = units * u128::from(*weight);
        given += exact / sum;
        shares[index] = sign * (exact / sum) as i64;
        order.push((exact % sum, index));
    }
    order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, index) in order.into_iter().take((units - given) as usize) {
        shares[index] += sign;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn money_is_read_and_written_as_people_do() {
        let read = |text| Money::parse(text, Currency::SGD).map(|m| m.minor);
        assert_eq!(read("12.5"), Some(1250));
        assert_eq!(read(" 0.05 "), Some(5));
        for wrong in ["", "-1", "1.234", "1.", ".5", "1,0", "1e3", "٣", "9999999999999999"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
        assert_eq!(Money::new(123_456_789, Currency::SGD).to_string(), "S$1,234,567.89");
        assert_eq!(Money::new(-5, Currency::SGD).to_string(), "−S$0.05");
        assert_eq!(Money::new(1200, Currency::JPY).to_string(), "JP¥1,200");
        assert_eq!(Money::new(1234, Currency::KWD).to_string(), "KD1.234");
    }

    #[test]
    fn a_rate_is_rounded_once_half_up() {
        let fee = |minor| BasisPoints(60).of(Money::new(minor, Currency::SGD)).minor;
        assert_eq!((fee(10_000), fee(83), fee(84), fee(0)), (60, 0, 1, 0));
        assert_eq!(BasisPoints(60).to_string(), "0.6 %");
    }

    proptest! {
        #[test]
        fn shares_add_up_and_differ_by_less_than_one_unit(
            total in -1_000_000_000_000i64..1_000_000_000_000,
            weights in proptest::collection::vec(0u64..1_000_000_000, 1..40),
        ) {
            let shares = share_out(total, &weights);
            prop_assert_eq!(shares.iter().sum::<i64>(), total);
            let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
            if sum > 0 {
                for (share, weight) in shares.iter().zip(&weights) {
                    let exact = i128::from(total) * i128::from(*weight);
                    prop_assert!((i128::from(*share) * sum as i128 - exact).abs() < sum as i128);
                }
            }
        }
        #[test]
        fn typed_money_survives_its_field(minor in 0i64..1_000_000_000_000_000, which in 0usize..Currency::ALL.len()) {
            let money = Money::new(minor, Currency::ALL[which]);
            prop_assert_eq!(Money::parse(&money.plain(), money.currency), Some(money));
        }
    }
}
