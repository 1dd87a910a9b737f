-- Live rooms' selling tools: flash sales, coupon drops, and orders by a comment.

-- A lower price for some minutes and some pieces. What it costs and how many were taken stands in special_prices.
create table live_flash_sales (
    store_id uuid not null,
    room_id uuid not null,
    -- The special price's own.
    id uuid not null,
    sku_id uuid not null,
    -- The product's number on the room's shelf.
    number bigint not null,
    -- What the room was told last, so that each turn of it is told once.
    state text not null,
    constraint live_flash_sales__store_id__id primary key (store_id, id)
);
-- One at a time for each thing; it also finds those of a room that are not over.
create unique index live_flash_sales__store_id__room_id__sku_id on live_flash_sales (store_id, room_id, sku_id) where state <> 'over';

-- Whether a comment that is a product's number opens that product for who wrote it.
alter table live_rooms add column comment_orders boolean not null default false;

-- So many coupons for whoever is first. What a coupon is and who has it is written where coupons are kept.
create table live_drops (
    store_id uuid not null,
    room_id uuid not null,
    id uuid not null,
    coupon_id uuid not null,
    title text not null,
    pieces bigint not null check (pieces > 0),
    taken bigint not null check (taken between 0 and pieces),
    opened_at bigint not null,
    ends_at bigint not null,
    constraint live_drops__store_id__id primary key (store_id, id)
);
create index live_drops_room on live_drops (store_id, room_id, ends_at);

create table live_drop_claims (
    store_id uuid not null,
    drop_id uuid not null,
    account_id uuid not null,
    at bigint not null,
    constraint live_drop_claims__store_id__drop_id__account_id primary key (store_id, drop_id, account_id)
);
