//! testkit/macros
