-- Live rooms: what is shown and when, the room's story, who may talk, what was said and what came of it.

create table live_rooms (
    store_id uuid not null references stores (id),
    id uuid not null constraint live_rooms__id unique,
    title text not null,
    cover uuid,
    host_id uuid not null references accounts (id),
    state text not null,
    starts_at bigint not null,
    planned_minutes bigint not null check (planned_minutes > 0),
    portrait boolean not null,
    -- Recorded, and shown after its end.
    replay boolean not null,
    -- The present or last broadcast; its recording bears this name.
    show_id uuid,
    -- Where the room's story stands. The epoch grows when the story starts over.
    epoch bigint not null,
    seq bigint not null,
    pinned_product uuid,
    pinned_at bigint,
    announcement text not null,
    pinned_comment uuid,
    slow_seconds bigint not null check (slow_seconds >= 0),
    -- The stream key itself is nowhere.
    key_hash text constraint live_rooms__key_hash unique,
    started_at bigint,
    -- Since when no pictures come, while the room is live.
    lost_at bigint,
    ended_at bigint,
    ending text,
    -- The most who watched at once, and what all did.
    peak bigint not null default 0,
    likes bigint not null default 0,
    shares bigint not null default 0,
    -- Which process the pictures come to, as the others reach it, and until when that holds without another word.
    media_node text,
    media_until bigint,
    created_by uuid not null,
    created_at bigint not null,
    constraint live_rooms__store_id__id primary key (store_id, id)
);
create index live_rooms_state on live_rooms (store_id, state, starts_at);
create index live_rooms_live on live_rooms (state) where state = 'live';

-- What happened, in order: told to those who watch, and again to those who missed it.
create table live_events (
    store_id uuid not null,
    room_id uuid not null,
    epoch bigint not null,
    seq bigint not null,
    kind text not null,
    by_id uuid,
    d text not null,
    at bigint not null,
    constraint live_events__store_id__room_id__epoch__seq primary key (store_id, room_id, epoch, seq)
);
create index live_events_at on live_events (at);

-- The goods of a room. The number is what the host says and buyers type.
create table live_shelf (
    store_id uuid not null,
    room_id uuid not null,
    product_id uuid not null,
    number bigint not null check (number between 1 and 100),
    position bigint not null,
    impressions bigint not null default 0,
    clicks bigint not null default 0,
    -- The SKUs of which the room was told that they are sold out, as a JSON list: each is told once.
    sold_out text not null,
    added_at bigint not null,
    constraint live_shelf__store_id__room_id__product_id primary key (store_id, room_id, product_id),
    constraint live_shelf__store_id__room_id__number unique (store_id, room_id, number)
);
create index live_shelf_product on live_shelf (store_id, product_id);

-- When each product was explained: the chapters of the replay.
create table live_pins (
    store_id uuid not null,
    room_id uuid not null,
    id uuid not null,
    show_id uuid,
    product_id uuid not null,
    number bigint not null,
    at bigint not null,
    until bigint,
    -- Where in the recording, once that is known.
    programme_ms bigint,
    constraint live_pins__store_id__room_id__id primary key (store_id, room_id, id)
);

create table live_chat (
    store_id uuid not null,
    room_id uuid not null,
    id uuid not null,
    epoch bigint not null,
    account_id uuid not null,
    name text not null,
    text text not null,
    staff boolean not null,
    state text not null,
    at bigint not null,
    decided_by uuid,
    constraint live_chat__store_id__room_id__id primary key (store_id, room_id, id)
);

-- People with a part in a room, and those who lost theirs.
create table live_people (
    store_id uuid not null,
    account_id uuid not null,
    room_id uuid not null,
    role text,
    muted_until bigint,
    -- Only they see what they say.
    shadowed boolean not null default false,
    banned_at bigint,
    said_at bigint,
    said text not null default '',
    constraint live_people__store_id__account_id__room_id primary key (store_id, account_id, room_id)
);
create index live_people_room on live_people (store_id, room_id);

-- What nobody may say in the rooms of a store.
create table live_words (
    store_id uuid not null,
    word text not null,
    constraint live_words__store_id__word primary key (store_id, word)
);

create table live_reminders (
    store_id uuid not null,
    room_id uuid not null,
    account_id uuid not null,
    at bigint not null,
    told boolean not null default false,
    constraint live_reminders__store_id__room_id__account_id primary key (store_id, room_id, account_id)
);

-- Who was there, account or visitor.
create table live_viewers (
    store_id uuid not null,
    room_id uuid not null,
    person_id uuid not null,
    first_at bigint not null,
    constraint live_viewers__store_id__room_id__person_id primary key (store_id, room_id, person_id)
);

-- Minute by minute, for each process: what is summed is what all had.
create table live_minutes (
    store_id uuid not null,
    room_id uuid not null,
    minute bigint not null,
    node_id uuid not null,
    -- The most who watched at once within the minute.
    viewers bigint not null default 0,
    -- Seconds that all watched together.
    watched_seconds bigint not null default 0,
    joins bigint not null default 0,
    likes bigint not null default 0,
    chats bigint not null default 0,
    shares bigint not null default 0,
    impressions bigint not null default 0,
    clicks bigint not null default 0,
    constraint live_minutes__store_id__room_id__minute__node_id primary key (store_id, room_id, minute, node_id)
);
