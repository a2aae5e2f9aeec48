//! Layout by construct; `comments` and `random` hold the properties.

use crate::source::SourceId;
use crate::syntax::parse;

