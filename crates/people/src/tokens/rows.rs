//! The SQL of tokens; every question begins with the account.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, ApiTokenId, Timestamp};

row! {
    /// A token as its owner sees it.
    #[derive(Clone, Debug)]
    pub struct Token {
        pub id: ApiTokenId,
        pub name: String,
        pub created_at: Timestamp,
        pub expires_at: Timestamp,
        pub last_used_at: Option<Timestamp>,
        pub revoked_at: Option<Timestamp>,
    }
}

impl Token {
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

pub(super) async fn insert(
    tx: &mut Tx,
    account: AccountId,
    id: ApiTokenId,
    name: &str,
    token_hash: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "insert into api_tokens (account_id, id, name, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        &[&account, &id, &name, &token_hash, &now, &expires_at],
    )
    .await?;
    Ok(())
}

pub(super) async fn list(read: &mut Read, account: AccountId) -> Result<Vec<Token>, Error> {
    read.query(
        "select id, name, created_at, expires_at, last_used_at, revoked_at from api_tokens
         where account_id = $1 order by id desc limit 100",
        &[&account],
    )
    .await
}

pub(super) async fn count_good(read: &mut Read, account: AccountId, now: Timestamp) -> Result<i64, Error> {
    read.one(
        "select count(*) from api_tokens where account_id = $1 and revoked_at is null and expires_at > $2",
        &[&account, &now],
    )
    .await
}

pub(super) async fn revoke(
    tx: &mut Tx,
    account: AccountId,
    id: ApiTokenId,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "update api_tokens set revoked_at = $3 where account_id = $1 and id = $2 and revoked_at is null",
            &[&account, &id, &now],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn is_there(read: &mut Read, account: AccountId, id: ApiTokenId) -> Result<bool, Error> {
    let rows: i64 = read
        .one("select count(*) from api_tokens where account_id = $1 and id = $2", &[&account, &id])
        .await?;
    Ok(rows == 1)
}
