//! The layout of each construct.
