//! The log of one action: its lines on disk with time and stream, on the screen, and the last ones for the summary.
//! Takes any bytes in any amount. The file is made with the first line, so that a silent action costs nothing.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::clock;
use crate::error::Error;
use crate::event::{Event, Events, Stream};
use crate::mask::Filter;

/// Longer lines are cut into pieces: a line is kept in memory until it ends.
const LONGEST_LINE: usize = 64 * 1024;
/// How many last lines are kept for the summary.
const TAIL: usize = 20;
/// How much of each of them.
const TAIL_LINE: usize = 400;

/// The log of one action.
#[derive(Debug)]
pub(crate) struct Log {
    action: String,
    path: PathBuf,
    events: Events,
    file: Option<BufWriter<File>>,
    tail: VecDeque<Vec<u8>>,
    /// The unfinished lines of output and errors.
    partial: [Vec<u8>; 2],
    /// Hides secrets in output and errors; before lines are cut, so that none hides in two halves.
    filters: [Filter; 2],
}

impl Log {
    pub(crate) fn new(action: &str, path: PathBuf, events: Events) -> Self {
        Self {
            action: action.to_owned(),
            path,
            events,
            file: None,
            tail: VecDeque::new(),
            partial: Default::default(),
            filters: Default::default(),
        }
    }

    /// Takes a piece of output, cut anywhere.
    pub(crate) fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<(), Error> {
        if self.events.masker().is_idle() {
            self.cut(stream, bytes)?;
        } else {
            let shown = self.filters[slot(stream)].write(self.events.masker(), bytes);
            self.cut(stream, &shown)?;
        }
        self.flush()
    }

    /// Whether whole lines wait for what follows them, in case it makes a secret of them.
    pub(crate) fn holds_line(&self) -> bool {
        self.filters.iter().any(Filter::holds_line)
    }

    /// Nothing was written for a while: whole lines wait no longer.
    pub(crate) fn pause(&mut self) -> Result<(), Error> {
        for stream in [Stream::Out, Stream::Err] {
            let shown = self.filters[slot(stream)].pause(self.events.masker());
            self.cut(stream, &shown)?;
        }
        self.flush()
    }

    /// Cuts what may be shown into lines.
    fn cut(&mut self, stream: Stream, mut bytes: &[u8]) -> Result<(), Error> {
        let slot = slot(stream);
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let line = &bytes[..end];
            if self.partial[slot].is_empty() {
                self.line(stream, line)?;
            } else {
                let mut whole = std::mem::take(&mut self.partial[slot]);
                whole.extend_from_slice(line);
                self.line(stream, &whole)?;
                whole.clear();
                self.partial[slot] = whole;
            }
            bytes = &bytes[end + 1..];
        }
        while !bytes.is_empty() {
            let room = LONGEST_LINE.saturating_sub(self.partial[slot].len());
            let (piece, rest) = bytes.split_at(bytes.len().min(room));
            self.partial[slot].extend_from_slice(piece);
            bytes = rest;
            if self.partial[slot].len() >= LONGEST_LINE {
                let whole = std::mem::take(&mut self.partial[slot]);
                self.line(stream, &whole)?;
            }
        }
        Ok(())
    }

    /// A line of the runtime's own.
    pub(crate) fn note(&mut self, text: &str) -> Result<(), Error> {
        let text = self.events.masker().text(text);
        self.line(Stream::Note, text.as_bytes())?;
        self.flush()
    }

    /// The process has ended: unfinished lines are lines, too.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        for stream in [Stream::Out, Stream::Err] {
            let shown = self.filters[slot(stream)].finish(self.events.masker());
            self.cut(stream, &shown)?;
            let rest = std::mem::take(&mut self.partial[slot(stream)]);
            if !rest.is_empty() {
                self.line(stream, &rest)?;
            }
        }
        self.flush()
    }

    /// The last lines, as text.
    pub(crate) fn tail(&self) -> Vec<String> {
        self.tail.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    /// Where it is, if anything was written.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.file.is_some().then_some(&*self.path)
    }

    fn line(&mut self, stream: Stream, line: &[u8]) -> Result<(), Error> {
        if self.file.is_none() {
            self.file = Some(self.open()?);
        }
        if let Some(file) = &mut self.file {
            let word = match stream {
                Stream::Out => "out",
                Stream::Err => "err",
                Stream::Note => "---",
            };
            let written = write!(file, "{} {word} ", clock::stamp())
                .and_then(|()| file.write_all(line))
                .and_then(|()| file.write_all(b"\n"));
            written.map_err(|error| Error::io("write", &self.path, &error))?;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line[..line.len().min(TAIL_LINE)].to_vec());
        self.events.emit(&Event::Line { action: &self.action, stream, line });
        Ok(())
    }

    fn open(&self) -> Result<BufWriter<File>, Error> {
        let mut options = File::options();
        options.create(true).append(true);
        let file = options.open(&self.path).or_else(|error| {
            // The folder is made with the first log.
            let Some(folder) = self.path.parent().filter(|_| error.kind() == std::io::ErrorKind::NotFound)
            else {
                return Err(error);
            };
            std::fs::create_dir_all(folder).and_then(|()| options.open(&self.path))
        });
        file.map(BufWriter::new).map_err(|error| Error::io("write", &self.path, &error))
    }

    fn flush(&mut self) -> Result<(), Error> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.flush().map_err(|error| Error::io("write", &self.path, &error))
    }
}

/// Where the state of a stream is.
fn slot(stream: Stream) -> usize {
    usize::from(stream == Stream::Err)
}
