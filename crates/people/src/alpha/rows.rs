//! The SQL of invitations and the waiting list.

use db::{Error, Read, Tx, row};
use kernel::{AccountId, Timestamp};

use crate::Contact;

/// How much of a list an operator is shown at once.
const LIST_MAX: i64 = 500;

row! {
    /// A contact that may apply during the alpha.
    #[derive(Clone, Debug)]
    pub struct Invitation {
        pub contact: Contact,
        pub at: Timestamp,
        /// Who signs in with the contact, once someone does.
        pub name: Option<String>,
    }
}

row! {
    /// Someone on the waiting list, with a contact to invite them by.
    #[derive(Clone, Debug)]
    pub struct Waiting {
        pub account_id: AccountId,
        pub name: String,
        pub contact: Contact,
        pub note: String,
        pub at: Timestamp,
    }
}

pub(super) async fn is_invited(read: &mut Read, account: AccountId) -> Result<bool, Error> {
    let rows: i64 = read
        .one(
            "select count(*) from contacts c join invitations i on i.contact = c.contact
             where c.account_id = $1 and c.verified_at is not null",
            &[&account],
        )
        .await?;
    Ok(rows > 0)
}

pub(super) async fn waiting_since(read: &mut Read, account: AccountId) -> Result<Option<Timestamp>, Error> {
    read.opt("select at from waiting_list where account_id = $1", &[&account]).await
}

/// Whether the contact was not invited before.
pub(super) async fn invite(
    tx: &mut Tx,
    contact: &Contact,
    operator: AccountId,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = tx
        .execute(
            "insert into invitations (contact, invited_by, at) values ($1, $2, $3) on conflict (contact) do nothing",
            &[contact, &operator, &now],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn withdraw(tx: &mut Tx, contact: &Contact) -> Result<bool, Error> {
    Ok(tx.execute("delete from invitations where contact = $1", &[contact]).await? == 1)
}

pub(super) async fn wait(tx: &mut Tx, account: AccountId, note: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "insert into waiting_list (account_id, note, at) values ($1, $2, $3)
         on conflict (account_id) do update set note = $2",
        &[&account, &note, &now],
    )
    .await?;
    Ok(())
}

pub(super) async fn invitations(read: &mut Read) -> Result<Vec<Invitation>, Error> {
    read.query(
        "select i.contact, i.at, a.name from invitations i
         left join contacts c on c.contact = i.contact left join accounts a on a.id = c.account_id
         order by i.at desc, i.contact limit $1",
        &[&LIST_MAX],
    )
    .await
}

pub(super) async fn waiting(read: &mut Read) -> Result<Vec<Waiting>, Error> {
    read.query(
        "select w.account_id, a.name, c.contact, w.note, w.at from waiting_list w
         join accounts a on a.id = w.account_id
         join contacts c on c.account_id = w.account_id
         where c.contact = (select min(f.contact) from contacts f where f.account_id = w.account_id and f.verified_at is not null)
           and not exists (select 1 from contacts k join invitations i on i.contact = k.contact where k.account_id = w.account_id)
         order by w.at, w.account_id limit $1",
        &[&LIST_MAX],
    )
    .await
}
