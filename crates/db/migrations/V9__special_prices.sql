-- What a SKU costs in some circumstance: in a live room, for some minutes, to one who won it. And where orders come from.

create table special_prices (
    store_id uuid not null references stores (id),
    id uuid not null,
    sku_id uuid not null,
    kind text not null,
    price bigint not null check (price > 0),
    -- Only for those who come from this room.
    room_id uuid,
    -- Only for this account.
    buyer_id uuid,
    -- The pieces that were put aside for it.
    hold_id uuid,
    starts_at bigint not null,
    -- Without an end it holds until someone closes it.
    ends_at bigint,
    -- How many pieces there are at this price, all buyers together and each.
    quota bigint check (quota > 0),
    taken bigint not null default 0 check (taken >= 0),
    per_buyer bigint check (per_buyer > 0),
    state text not null,
    created_at bigint not null,
    closed_at bigint,
    constraint special_prices__store_id__id primary key (store_id, id),
    check (quota is null or taken <= quota)
);
create index special_prices_sku on special_prices (store_id, sku_id) where state = 'open';
create index special_prices_room on special_prices (store_id, room_id) where state = 'open';
-- What was put aside goes to one person at a time.
create unique index special_prices__store_id__hold_id on special_prices (store_id, hold_id) where state = 'open';

-- Which order took how many pieces at a special price; given back at most once.
create table special_takes (
    store_id uuid not null,
    order_id uuid not null,
    special_id uuid not null,
    buyer_id uuid not null,
    pieces bigint not null check (pieces > 0),
    at bigint not null,
    given_back_at bigint,
    constraint special_takes__store_id__order_id__special_id primary key (store_id, order_id, special_id)
);
create index special_takes_buyer on special_takes (store_id, special_id, buyer_id);

-- Pieces put aside before there is an order for them. What is held is not available.
create table stock_holds (
    store_id uuid not null references stores (id),
    id uuid not null,
    sku_id uuid not null,
    pieces bigint not null check (pieces > 0),
    state text not null,
    -- The order they went into.
    order_id uuid,
    created_at bigint not null,
    ended_at bigint,
    constraint stock_holds__store_id__id primary key (store_id, id)
);

alter table checkouts add column source_room uuid;
alter table checkouts add column source_product uuid;
-- What one piece cost when a checkout in a live room began: nobody is charged more without being asked.
alter table checkouts add column seen_price bigint;

alter table orders add column source_room uuid;
alter table orders add column source_product uuid;
create index orders_room on orders (store_id, source_room, placed_at) where source_room is not null;

-- What special prices took off the line; frozen like its other shares.
alter table order_lines add column discount bigint not null default 0 check (discount >= 0 and discount <= goods);
