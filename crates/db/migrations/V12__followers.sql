-- Who follows a store, and is told when it goes live.

create table followers (
    store_id uuid not null references stores (id),
    account_id uuid not null references accounts (id),
    -- The live room in which they began to.
    room_id uuid,
    since bigint not null,
    -- When they were last told that the store is live.
    told_at bigint,
    constraint followers__store_id__account_id primary key (store_id, account_id)
);
create index followers_account on followers (account_id, since);
create index followers_room on followers (store_id, room_id) where room_id is not null;
