-- Buying: addresses, baskets, checkouts, orders, payments, the ledger. Amounts are minor units of the store's currency.

-- A buyer's address book, for all stores.
create table addresses (
    account_id uuid not null,
    id uuid not null,
    name text not null,
    phone text not null,
    region text not null,
    lines text not null,
    postcode text not null,
    used_at bigint not null,
    constraint addresses__account_id__id primary key (account_id, id)
);

-- What someone means to buy in a store. The owner is a visitor's session or an account.
create table basket_lines (
    store_id uuid not null,
    owner_id uuid not null,
    sku_id uuid not null,
    quantity bigint not null check (quantity > 0),
    added_at bigint not null,
    constraint basket_lines__store_id__owner_id__sku_id primary key (store_id, owner_id, sku_id)
);
create index basket_lines_owner on basket_lines (owner_id);

-- An intention to order. It becomes at most one order: orders__store_id__checkout_id sees to that.
create table checkouts (
    store_id uuid not null,
    id uuid not null,
    owner_id uuid not null,
    lines text not null,
    from_basket boolean not null,
    source text not null,
    created_at bigint not null,
    constraint checkouts__store_id__id primary key (store_id, id)
);
create index checkouts_owner on checkouts (owner_id);
create index checkouts_created on checkouts (created_at);

-- How many orders a branch hands over in one time slot.
create table slot_bookings (
    store_id uuid not null,
    branch_id uuid not null,
    starts_at bigint not null,
    taken bigint not null check (taken >= 0),
    constraint slot_bookings__store_id__branch_id__starts_at primary key (store_id, branch_id, starts_at)
);

create table orders (
    store_id uuid not null,
    id uuid not null,
    number text not null,
    checkout_id uuid not null,
    buyer_id uuid not null,
    state text not null,
    reason text,
    due_at bigint,
    fulfilment text not null,
    -- Name and phone in lower case, for the counter's search.
    recipient text not null,
    branch_id uuid,
    pick_up_code text,
    method text not null,
    note text not null,
    source text not null,
    currency text not null,
    charges text not null,
    total bigint not null check (total >= 0),
    paid bigint not null default 0 check (paid >= 0 and paid <= total),
    refunded bigint not null default 0 check (refunded >= 0),
    placed_at bigint not null,
    moved_at bigint not null,
    constraint orders__store_id__id primary key (store_id, id),
    constraint orders__store_id__checkout_id unique (store_id, checkout_id),
    constraint orders__store_id__number unique (store_id, number),
    constraint orders__store_id__pick_up_code unique (store_id, pick_up_code)
);
create index orders_buyer on orders (buyer_id, placed_at);
create index orders_state on orders (store_id, state, placed_at);
create index orders_placed on orders (store_id, placed_at);

-- The shares are frozen when the order is placed, so that refunds never add up to more than was paid.
create table order_lines (
    store_id uuid not null,
    order_id uuid not null,
    line bigint not null,
    sku_id uuid not null,
    product_id uuid not null,
    title text not null,
    options text not null,
    image uuid,
    quantity bigint not null check (quantity > 0),
    unit_price bigint not null,
    goods bigint not null,
    freight bigint not null,
    shipped bigint not null default 0 check (shipped >= 0 and shipped <= quantity),
    constraint order_lines__store_id__order_id__line primary key (store_id, order_id, line)
);

-- Append-only: every move of an order, who made it and why.
create table order_moves (
    store_id uuid not null,
    order_id uuid not null,
    id uuid not null,
    at bigint not null,
    actor text not null,
    actor_id uuid,
    from_state text,
    to_state text not null,
    why text not null,
    constraint order_moves__store_id__order_id__id primary key (store_id, order_id, id)
);

create table parcels (
    store_id uuid not null,
    order_id uuid not null,
    id uuid not null,
    carrier text not null,
    tracking text not null,
    contents text not null,
    at bigint not null,
    constraint parcels__store_id__order_id__id primary key (store_id, order_id, id)
);

-- Attempts to pay, each recorded before the provider is asked.
create table payments (
    store_id uuid not null,
    id uuid not null constraint payments__id unique,
    order_id uuid not null,
    provider text not null,
    amount bigint not null,
    currency text not null,
    state text not null,
    reference text,
    pay_url text,
    failure text,
    created_at bigint not null,
    settled_at bigint,
    constraint payments__store_id__id primary key (store_id, id)
);
create index payments_order on payments (store_id, order_id);

-- Each notification is heard once.
create table payment_notifications (
    provider text not null,
    event_id text not null,
    at bigint not null,
    constraint payment_notifications__provider__event_id primary key (provider, event_id)
);

create table refunds (
    store_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    payment_id uuid not null,
    amount bigint not null check (amount > 0),
    why text not null,
    state text not null,
    reference text,
    failure text,
    created_at bigint not null,
    done_at bigint,
    constraint refunds__store_id__id primary key (store_id, id)
);
-- What a payment gives back today is all of it, once.
create unique index refunds__store_id__payment_id on refunds (store_id, payment_id);
create index refunds_order on refunds (store_id, order_id);

-- Double entry, append-only: the entries of one transaction (id) add up to zero. The subject is what was paid, given
-- back or completed; the unique index refuses to book it twice.
create table ledger_entries (
    store_id uuid not null,
    id uuid not null,
    account text not null,
    kind text not null,
    subject uuid not null,
    order_id uuid not null,
    currency text not null,
    amount bigint not null,
    at bigint not null,
    constraint ledger_entries__store_id__id__account primary key (store_id, id, account),
    constraint ledger_entries__store_id__kind__subject__account unique (store_id, kind, subject, account)
);
create index ledger_entries_account on ledger_entries (store_id, account, currency);

-- The sandbox provider's own memory, as a real provider would have it on its own machines.
create table sandbox_charges (
    id uuid not null constraint sandbox_charges__id primary key,
    merchant_reference text not null,
    description text not null,
    amount bigint not null,
    currency text not null,
    state text not null,
    return_url text not null,
    refunded bigint not null default 0 check (refunded >= 0 and refunded <= amount),
    created_at bigint not null,
    expires_at bigint not null,
    constraint sandbox_charges__merchant_reference unique (merchant_reference)
);
create table sandbox_refunds (
    reference text not null constraint sandbox_refunds__reference primary key,
    charge_id uuid not null,
    amount bigint not null,
    at bigint not null
);
-- The key with which the sandbox signs, made when first needed.
create table sandbox_keys (
    name text not null constraint sandbox_keys__name primary key,
    secret text not null
);
