//! The SQL of the operator's list of stores.

use ::stores::State;
use db::{Error, Read, Tx, row};
use kernel::{StoreId, Timestamp};

/// Stores shown at once; the search finds the others.
const SHOWN: i64 = 200;

row! {
    /// A store as the operator sees it.
    pub(crate) struct Listed {
        pub id: StoreId,
        pub handle: String,
        pub name: String,
        pub state: State,
        pub region: String,
        pub owner: String,
        pub created_at: Timestamp,
    }
}

/// Stores whose name, address or owner contains the text, the newest first.
pub(crate) async fn list(read: &mut Read, text: &str) -> Result<Vec<Listed>, Error> {
    let pattern = format!("%{}%", literal(&text.trim().to_lowercase()));
    read.query(
        r"select s.id, s.handle, s.name,
            case when s.suspended then 'suspended' else s.state end as state, s.region, a.name as owner, s.created_at
          from stores s join accounts a on a.id = s.owner_id
          where lower(s.name) like $1 escape '\' or s.handle like $1 escape '\' or lower(a.name) like $1 escape '\'
          order by s.created_at desc, s.id limit $2",
        &[&pattern, &SHOWN],
    )
    .await
}

/// The text as `like` finds it and nothing else. A null character is in no column and would be refused by PostgreSQL.
fn literal(text: &str) -> String {
    text.replace('\0', "").replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

pub(super) async fn suspend(tx: &mut Tx, store: StoreId, suspended: bool) -> Result<(), Error> {
    tx.execute("update stores set suspended = $2 where id = $1", &[&store, &suspended]).await?;
    Ok(())
}
