-- Requests to open a store, and how many stores one person or one licence holds.

-- The form is kept as it was typed, also half filled.
create table applications (
    id uuid not null constraint applications__id primary key,
    account_id uuid not null references accounts (id),
    -- Grows with every change, so that nobody decides about answers they have not seen.
    version bigint not null,
    form text not null,
    status text not null,
    -- What the operator refused, field by field, as far as it is not mended.
    reasons text not null,
    store_id uuid references stores (id),
    times_submitted bigint not null,
    submitted_at bigint,
    decided_at bigint,
    decided_by uuid references accounts (id),
    created_at bigint not null,
    updated_at bigint not null
);
create index applications_account on applications (account_id, id);
create index applications_status on applications (status, submitted_at);
create index applications_store on applications (store_id);

-- `person acc_…` or `licence SG 53312345X`: counted in the statement that opens a store, so no race goes over the limit.
create table store_holders (
    holder text not null constraint store_holders__holder primary key,
    stores bigint not null check (stores >= 0)
);
