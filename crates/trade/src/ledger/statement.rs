//! What happened to a merchant's money, line by line, as the page shows it and the CSV gives it.

use db::{Error, Read};
use kernel::{LedgerId, Money, OrderId, Timestamp};
use stores::Store;

use super::{Account, Kind, rows};

/// The most entries of one statement; a page shows one month.
const ENTRIES_MAX: i64 = 20_000;

/// One transaction as the merchant sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub id: LedgerId,
    pub at: Timestamp,
    pub kind: Kind,
    pub order: OrderId,
    pub number: String,
    /// What the merchant's accounts changed by: pending, available, till.
    pub pending: Money,
    pub available: Money,
    pub till: Money,
}

/// A statement and its sums.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Newest first.
    pub lines: Vec<Line>,
    /// What buyers paid, online and at the counter, less what went back.
    pub gross: Money,
    /// What the provider kept.
    pub commission: Money,
    /// There was more than a statement shows.
    pub cut: bool,
}

impl Statement {
    /// What is the merchant's.
    pub fn net(&self) -> Money {
        Money::new(self.gross.minor - self.commission.minor, self.gross.currency)
    }
}

/// The transactions from `from` to before `to`.
pub async fn statement(
    read: &mut Read,
    store: &Store,
    from: Timestamp,
    to: Timestamp,
) -> Result<Statement, Error> {
    let posted = rows::between(read, store.id, store.currency, from, to, ENTRIES_MAX).await?;
    let zero = Money::zero(store.currency);
    let mut statement = Statement {
        lines: Vec::new(),
        gross: zero,
        commission: zero,
        cut: posted.len() as i64 == ENTRIES_MAX,
    };
    for entry in posted {
        let known = statement.lines.last().is_some_and(|line| line.id == entry.id);
        if !known {
            statement.lines.push(Line {
                id: entry.id,
                at: entry.at,
                kind: entry.kind,
                order: entry.order_id,
                number: entry.number,
                pending: zero,
                available: zero,
                till: zero,
            });
        }
        let Some(line) = statement.lines.last_mut() else { continue };
        match entry.account {
            Account::Buyers => statement.gross.minor -= entry.amount,
            Account::Commission => statement.commission.minor += entry.amount,
            Account::Pending => line.pending.minor += entry.amount,
            Account::Available => line.available.minor += entry.amount,
            Account::Till => line.till.minor += entry.amount,
        }
    }
    Ok(statement)
}
