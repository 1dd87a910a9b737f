-- Auctions and giveaways of live rooms: who bid and who entered, and what came of it.

create table live_auctions (
    store_id uuid not null references stores (id),
    room_id uuid not null,
    id uuid not null,
    product_id uuid not null,
    sku_id uuid not null,
    -- As the room showed it when the bidding opened.
    number bigint not null,
    title text not null,
    -- The piece that was put aside.
    hold_id uuid not null,
    start_price bigint not null check (start_price > 0),
    increment bigint not null check (increment > 0),
    -- Below this it is not sold.
    reserve bigint check (reserve >= start_price),
    -- A late bid does not move the end.
    fixed_end boolean not null,
    state text not null,
    ends_at bigint not null,
    -- What stands, and whose bid it is; before the first bid the starting price, and nobody's.
    price bigint not null check (price >= start_price),
    leader_id uuid,
    bids bigint not null default 0,
    bidders bigint not null default 0,
    -- How often the row was taken to be changed.
    turn bigint not null default 0,
    -- To whom it was offered last, and how many had it before.
    winner_id uuid,
    win_price bigint,
    pay_by bigint,
    order_id uuid,
    offers bigint not null default 0,
    created_by uuid not null,
    created_at bigint not null,
    ended_at bigint,
    constraint live_auctions__store_id__id primary key (store_id, id)
);
create unique index live_auctions__store_id__room_id on live_auctions (store_id, room_id) where state = 'open';
create index live_auctions_room on live_auctions (store_id, room_id, id);
create index live_auctions_order on live_auctions (store_id, order_id) where order_id is not null;

create table live_bidders (
    store_id uuid not null,
    auction_id uuid not null,
    account_id uuid not null,
    -- The bidder's own within the auction, and what of the name everyone sees.
    number bigint not null,
    name text not null,
    -- The highest amount that was said aloud, and the most that would be paid.
    bid bigint not null,
    max bigint not null check (max >= bid),
    -- The order in which the maxima were reached: of two equal ones the lower is the earlier.
    place bigint not null,
    -- Let the chance pass, and is asked no more.
    passed boolean not null default false,
    constraint live_bidders__store_id__auction_id__account_id primary key (store_id, auction_id, account_id),
    constraint live_bidders__store_id__auction_id__number unique (store_id, auction_id, number)
);
create index live_bidders_max on live_bidders (store_id, auction_id, max);

-- Every bid as it was made, and what it made of the price.
create table live_bids (
    store_id uuid not null,
    auction_id uuid not null,
    turn bigint not null,
    account_id uuid not null,
    amount bigint not null,
    max bigint not null,
    price_after bigint not null,
    at bigint not null,
    constraint live_bids__store_id__auction_id__turn primary key (store_id, auction_id, turn)
);

create table live_giveaways (
    store_id uuid not null references stores (id),
    room_id uuid not null,
    id uuid not null,
    prize text not null,
    winners bigint not null check (winners > 0),
    -- What people do to take part; for a comment, the word.
    task text not null,
    keyword text not null,
    state text not null,
    ends_at bigint not null,
    -- Nobody is shown the seed before the draw; its hash, everybody from the beginning.
    seed text not null,
    commitment text not null,
    entries bigint not null default 0,
    -- The hash of the list from which was drawn.
    list_hash text,
    created_by uuid not null,
    created_at bigint not null,
    drawn_at bigint,
    constraint live_giveaways__store_id__id primary key (store_id, id)
);
create index live_giveaways_room on live_giveaways (store_id, room_id, id);
create index live_giveaways_open on live_giveaways (store_id, room_id) where state = 'open';

create table live_entries (
    store_id uuid not null,
    giveaway_id uuid not null,
    account_id uuid not null,
    -- Under what everyone finds the entry on the list.
    id uuid not null,
    number bigint not null,
    name text not null,
    at bigint not null,
    -- The place in which the entry was drawn.
    won bigint,
    constraint live_entries__store_id__giveaway_id__account_id primary key (store_id, giveaway_id, account_id),
    constraint live_entries__store_id__giveaway_id__number unique (store_id, giveaway_id, number)
);
