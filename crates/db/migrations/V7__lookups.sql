-- Indexes that answer what is asked often without walking over everything a store ever had.

-- With the id in them, an order's own rows come in their order; without it SQLite preferred to walk the primary key, and
-- so over every payment of the store.
drop index payments_order;
create index payments_order on payments (store_id, order_id, id);
drop index refunds_order;
create index refunds_order on refunds (store_id, order_id, id);

-- What a store has is summed from the index alone; what one order brought is found by the order.
drop index ledger_entries_account;
create index ledger_entries_account on ledger_entries (store_id, currency, account, amount);
create index ledger_entries_order on ledger_entries (store_id, order_id);

-- The few events that were put off; others of their store wait behind them.
create index outbox_put_off on outbox (store_id, id) where tries > 0;
