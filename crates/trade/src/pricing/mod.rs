//! What an order costs, line by line with its reason. Pure: facts in, a quote out, in whole minor units.

mod quote;

pub use quote::{Charge, Freight, PricedLine, Quote, QuoteError, Reason, Share, SpecialPrice, quote};
