//! The log's SQL: insert and select, nothing else.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, AuditId, StoreId, Timestamp};

row! {
    /// One line of the log.
    #[derive(Clone, Debug)]
    pub struct Entry {
        pub id: AuditId,
        pub at: Timestamp,
        pub actor_id: Option<AccountId>,
        /// The actor's present name.
        pub actor_name: Option<String>,
        pub store_id: Option<StoreId>,
        pub action: String,
        pub subject: String,
        pub detail: String,
    }
}

/// What to show of the log; `None` shows all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub store: Option<StoreId>,
    pub actor: Option<AccountId>,
    pub action: Option<String>,
    pub subject: Option<String>,
    /// Only rows older than this one, for the next page.
    pub before: Option<AuditId>,
}

pub(super) async fn insert(tx: &mut Tx, entry: &Entry) -> Result<(), Error> {
    tx.execute(
        "insert into audit (id, at, actor_id, store_id, action, subject, detail) values ($1, $2, $3, $4, $5, $6, $7)",
        &[&entry.id, &entry.at, &entry.actor_id, &entry.store_id, &entry.action, &entry.subject, &entry.detail],
    )
    .await?;
    Ok(())
}

pub(super) async fn list(read: &mut Read, filter: &Filter) -> Result<Vec<Entry>, Error> {
    read.query(
        "select a.id, a.at, a.actor_id, p.name as actor_name, a.store_id, a.action, a.subject, a.detail
         from audit a left join accounts p on p.id = a.actor_id
         where (cast($1 as uuid) is null or a.store_id = $1) and (cast($2 as uuid) is null or a.actor_id = $2)
           and (cast($3 as text) is null or a.action = $3) and (cast($4 as text) is null or a.subject = $4)
           and (cast($5 as uuid) is null or a.id < $5)
         order by a.id desc limit $6",
        &[&filter.store, &filter.actor, &filter.action, &filter.subject, &filter.before, &super::PAGE],
    )
    .await
}

pub(super) async fn actions(read: &mut Read) -> Result<Vec<String>, Error> {
    read.column("select distinct action from audit order by action", &[]).await
}
