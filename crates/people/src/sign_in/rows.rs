//! The SQL of codes, sessions and the first operator's link.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, SessionId, SignInCodeId, Timestamp};

use super::code;
use crate::Contact;

row! {
    /// A browser that is signed in.
    #[derive(Clone, Debug)]
    pub struct Session {
        pub id: SessionId,
        pub created_at: Timestamp,
    }
}

row! {
    pub(super) struct Try {
        pub contact: Contact,
        pub tries_left: i64,
    }
}

pub(super) async fn insert_code(
    tx: &mut Tx,
    contact: &Contact,
    id: SignInCodeId,
    now: Timestamp,
) -> Result<(), Error> {
    let expires_at = now + code::GOOD_FOR;
    tx.execute(
        "insert into sign_in_codes (contact, id, tries_left, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        &[contact, &id, &code::TRIES, &now, &expires_at],
    )
    .await?;
    Ok(())
}

/// Takes one of the code's tries, if it still has any.
pub(super) async fn take_try(tx: &mut Tx, id: SignInCodeId, now: Timestamp) -> Result<Option<Try>, Error> {
    tx.query_opt(
        "update sign_in_codes set tries_left = tries_left - 1
         where id = $1 and used_at is null and tries_left > 0 and expires_at > $2 returning contact, tries_left",
        &[&id, &now],
    )
    .await
}

pub(super) async fn use_up(tx: &mut Tx, id: SignInCodeId, now: Timestamp) -> Result<bool, Error> {
    let rows = tx
        .execute("update sign_in_codes set used_at = $2 where id = $1 and used_at is null", &[&id, &now])
        .await?;
    Ok(rows == 1)
}

/// Whom a code was sent to, as long as it can still be typed in.
pub(super) async fn contact_of(
    read: &mut Read,
    id: SignInCodeId,
    now: Timestamp,
) -> Result<Option<Contact>, Error> {
    read.opt(
        "select contact from sign_in_codes where id = $1 and used_at is null and tries_left > 0 and expires_at > $2",
        &[&id, &now],
    )
    .await
}

pub(super) async fn sweep_codes(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    tx.execute("delete from sign_in_codes where created_at < $1", &[&before]).await
}

pub(super) async fn sessions(
    read: &mut Read,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<Session>, Error> {
    read.query(
        "select id, created_at from sessions where account_id = $1 and expires_at > $2 order by created_at desc",
        &[&account, &now],
    )
    .await
}

pub(super) async fn end_session(tx: &mut Tx, account: AccountId, session: SessionId) -> Result<bool, Error> {
    let rows =
        tx.execute("delete from sessions where account_id = $1 and id = $2", &[&account, &session]).await?;
    Ok(rows == 1)
}

pub(super) async fn end_all_sessions(tx: &mut Tx, account: AccountId) -> Result<u64, Error> {
    tx.execute("delete from sessions where account_id = $1", &[&account]).await
}

pub(super) async fn replace_operator_link(
    tx: &mut Tx,
    token_hash: &str,
    expires_at: Timestamp,
) -> Result<(), Error> {
    tx.execute("delete from operator_links", &[]).await?;
    tx.execute(
        "insert into operator_links (token_hash, expires_at) values ($1, $2)",
        &[&token_hash, &expires_at],
    )
    .await?;
    Ok(())
}

/// Takes the link, if it is good; it is gone then.
pub(super) async fn take_operator_link(tx: &mut Tx, token_hash: &str, now: Timestamp) -> Result<bool, Error> {
    let rows = tx
        .execute("delete from operator_links where token_hash = $1 and expires_at > $2", &[&token_hash, &now])
        .await?;
    Ok(rows == 1)
}
