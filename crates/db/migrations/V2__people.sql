-- Who someone is, how they prove it, what they may do, and what they did.

create table accounts (
    id uuid not null constraint accounts__id primary key,
    name text not null,
    operator boolean not null default false,
    created_at bigint not null
);

-- An e-mail address or phone number that proves who someone is.
create table contacts (
    contact text not null constraint contacts__contact primary key,
    account_id uuid not null references accounts (id),
    created_at bigint not null,
    verified_at bigint
);
create index contacts_account on contacts (account_id);

-- A code on its way to a contact. The code itself is nowhere: it is computed from the id and the platform's secret.
create table sign_in_codes (
    id uuid not null constraint sign_in_codes__id primary key,
    contact text not null,
    tries_left bigint not null check (tries_left >= 0),
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index sign_in_codes_created on sign_in_codes (created_at);

-- When something that is limited was done of late; the row's lock makes those who do it take turns.
create table throttles (
    name text not null constraint throttles__name primary key,
    recent text not null,
    latest_at bigint not null
);
create index throttles_latest on throttles (latest_at);

-- The one-time link that makes whoever follows it from the server's log the first operator.
create table operator_links (
    token_hash text not null constraint operator_links__token_hash primary key,
    expires_at bigint not null
);

-- One browser. Without an account it is a visitor, who may already have a basket.
create table sessions (
    token_hash text not null constraint sessions__token_hash primary key,
    id uuid not null constraint sessions__id unique,
    account_id uuid references accounts (id),
    created_at bigint not null,
    expires_at bigint not null
);
create index sessions_account on sessions (account_id);

create table api_tokens (
    id uuid not null constraint api_tokens__id primary key,
    account_id uuid not null references accounts (id),
    name text not null,
    token_hash text not null constraint api_tokens__token_hash unique,
    created_at bigint not null,
    expires_at bigint not null,
    last_used_at bigint,
    revoked_at bigint
);
create index api_tokens_account on api_tokens (account_id);

create table staff (
    store_id uuid not null,
    account_id uuid not null references accounts (id),
    role text not null,
    created_at bigint not null,
    constraint staff__store_id__account_id primary key (store_id, account_id)
);
create index staff_account on staff (account_id);

-- Append-only: nothing updates or deletes a row.
create table audit (
    id uuid not null constraint audit__id primary key,
    at bigint not null,
    actor_id uuid,
    store_id uuid,
    action text not null,
    subject text not null,
    detail text not null
);
create index audit_store on audit (store_id, id);

-- The alpha: who may open a store before everyone may.
create table invitations (
    contact text not null constraint invitations__contact primary key,
    invited_by uuid,
    at bigint not null
);
create table waiting_list (
    account_id uuid not null constraint waiting_list__account_id primary key references accounts (id),
    note text not null,
    at bigint not null
);
