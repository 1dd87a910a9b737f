-- What every capability stands on. The same text runs on SQLite and PostgreSQL. Times are milliseconds since 1970.
-- Unique indexes are named table__column__column, so that both engines report the same name.

-- Events to be told to other capabilities, written with the change they tell of.
create table outbox (
    id uuid not null constraint outbox__id primary key,
    store_id uuid,
    kind text not null,
    body text not null,
    at bigint not null,
    tries bigint not null default 0,
    not_before bigint not null
);

-- Something that must happen at a time, such as cancelling an order nobody paid.
create table deadlines (
    store_id uuid not null,
    kind text not null,
    subject uuid not null,
    due_at bigint not null,
    tries bigint not null default 0,
    not_before bigint not null,
    constraint deadlines__store_id__kind__subject primary key (store_id, kind, subject)
);
create index deadlines_due on deadlines (not_before);

-- Which process does a job that only one may do.
create table leases (
    name text not null constraint leases__name primary key,
    holder uuid not null,
    until bigint not null
);

-- Answers to requests that carried an Idempotency-Key.
create table idempotent_answers (
    account_id uuid not null,
    idempotency_key text not null,
    request_hash text not null,
    status bigint not null,
    body text not null,
    at bigint not null,
    constraint idempotent_answers__account_id__idempotency_key primary key (account_id, idempotency_key)
);
create index idempotent_answers_at on idempotent_answers (at);
