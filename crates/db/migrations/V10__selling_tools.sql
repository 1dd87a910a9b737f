-- Live rooms' selling tools: flash sales.

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
