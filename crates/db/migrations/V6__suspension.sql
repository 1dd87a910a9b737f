-- An operator stops a store beside what its merchant chose, so that neither undoes the other: when the operator
-- lets it go on, it is as open or paused as its merchant left it.
alter table stores add column suspended boolean not null default false;
