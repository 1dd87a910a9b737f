-- Stores, what they show, what they sell and how much of it is there.

create table stores (
    id uuid not null constraint stores__id primary key,
    handle text not null constraint stores__handle unique,
    name text not null,
    -- The name without case and width, so that two stores cannot look alike.
    name_key text not null constraint stores__name_key unique,
    abbreviation text not null,
    state text not null,
    region text not null,
    currency text not null,
    time_zone text not null,
    owner_id uuid not null references accounts (id),
    commission bigint not null check (commission between 0 and 10000),
    created_at bigint not null
);
create index stores_owner on stores (owner_id);

-- The page has two copies: what the merchant is writing, and what buyers see.
create table store_pages (
    store_id uuid not null constraint store_pages__store_id primary key references stores (id),
    draft text not null,
    live text not null,
    draft_at bigint not null,
    published_at bigint not null
);

create table branches (
    store_id uuid not null references stores (id),
    id uuid not null,
    position bigint not null,
    name text not null,
    address text not null,
    phone text not null,
    -- Millionths of a degree; both or neither.
    latitude bigint check (latitude between -90000000 and 90000000),
    longitude bigint check (longitude between -180000000 and 180000000),
    -- Opening hours of its own; without them the store's hold.
    hours text,
    pick_up boolean not null,
    slot_minutes bigint not null check (slot_minutes > 0),
    slot_capacity bigint not null check (slot_capacity > 0),
    closed_at bigint,
    constraint branches__store_id__id primary key (store_id, id),
    check ((latitude is null) = (longitude is null))
);

-- A picture that was uploaded and made anew in our own sizes. The bytes are files, not rows.
create table images (
    id uuid not null constraint images__id primary key,
    store_id uuid references stores (id),
    account_id uuid not null references accounts (id),
    kind text not null,
    width bigint not null,
    height bigint not null,
    created_at bigint not null
);
create index images_store on images (store_id, id);
create index images_account on images (account_id, id);

create table products (
    store_id uuid not null references stores (id),
    id uuid not null,
    state text not null,
    -- Two copies of the words, pictures and options; prices and stocks are in skus and change at once.
    draft text not null,
    live text,
    draft_at bigint not null,
    -- From the live copy and its SKUs, so that lists need not read every document.
    title text not null,
    subtitle text not null,
    image_id uuid,
    search text not null,
    price_from bigint not null,
    price_to bigint not null,
    sold bigint not null default 0 check (sold >= 0),
    removed_reason text,
    published_at bigint not null,
    created_at bigint not null,
    constraint products__store_id__id primary key (store_id, id)
);
create index products_newest on products (store_id, state, published_at, id);
create index products_sales on products (store_id, state, sold, id);
create index products_price on products (store_id, state, price_from, id);
create index products_created on products (store_id, created_at, id);

-- Every two neighbouring characters of a product's title as one number: how text is found within words, in any script.
create table product_grams (
    store_id uuid not null,
    gram bigint not null,
    product_id uuid not null,
    constraint product_grams__store_id__gram__product_id primary key (store_id, gram, product_id)
);
create index product_grams_product on product_grams (store_id, product_id);

create table skus (
    store_id uuid not null references stores (id),
    id uuid not null,
    product_id uuid not null,
    position bigint not null,
    -- The chosen values, as a JSON list and as people read it.
    choice text not null,
    options text not null,
    code text not null,
    price bigint not null check (price > 0),
    list_price bigint,
    weight_grams bigint not null check (weight_grams >= 0),
    image_id uuid,
    available bigint not null check (available >= 0),
    sold bigint not null default 0 check (sold >= 0),
    -- In the live copy of a product that is on the shelf.
    on_sale boolean not null,
    constraint skus__store_id__id primary key (store_id, id),
    constraint skus__store_id__product_id__choice unique (store_id, product_id, choice),
    check (list_price is null or list_price > price)
);

-- The one stock ledger. Append-only: the sum of a SKU's changes is what is available.
create table stock_changes (
    store_id uuid not null references stores (id),
    id uuid not null,
    sku_id uuid not null,
    change bigint not null,
    available_after bigint not null check (available_after >= 0),
    reason text not null,
    order_id uuid,
    actor_id uuid,
    at bigint not null,
    constraint stock_changes__store_id__id primary key (store_id, id),
    -- An order takes, gives back and counts a SKU at most once for each reason.
    constraint stock_changes__store_id__order_id__sku_id__reason unique (store_id, order_id, sku_id, reason)
);
create index stock_changes_sku on stock_changes (store_id, sku_id, id);

create table shelves (
    store_id uuid not null references stores (id),
    id uuid not null,
    name text not null,
    position bigint not null,
    created_at bigint not null,
    constraint shelves__store_id__id primary key (store_id, id),
    constraint shelves__store_id__name unique (store_id, name)
);

create table shelf_products (
    store_id uuid not null,
    shelf_id uuid not null,
    product_id uuid not null,
    position bigint not null,
    constraint shelf_products__store_id__shelf_id__product_id primary key (store_id, shelf_id, product_id)
);
create index shelf_products_order on shelf_products (store_id, shelf_id, position);
create index shelf_products_product on shelf_products (store_id, product_id);
