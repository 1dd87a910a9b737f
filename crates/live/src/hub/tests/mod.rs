//! The hub as viewers, hosts and other nodes meet it. Rules of a single part are tested beside it.

mod bus;
mod client;
mod crowds;
mod fuzz;
mod intruders;
mod joining;
mod nodes;
mod shop;
mod telling;
