//! Runs a plan on this machine.
