//! Tests of the export: documents as snapshots, every rule broken and kept, scripts run as the service runs them.

mod build;
mod conditions;
mod documents;
mod oracles;
mod placed;
mod refused;
mod scanner;
mod scripts;
mod started;
mod values;
