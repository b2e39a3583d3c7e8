//! A file of the journal: a header and then an entry in each line, each line with a checksum before it.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use crc::{CRC_64_XZ, Crc};
use serde::{Deserialize, Serialize};

use super::{Entry, Position};
use crate::{Moment, StorageError, private};

const VERSION: u32 = 1;
const CHECKSUM: Crc<u64> = Crc::<u64>::new(&CRC_64_XZ);
const CHECKSUM_DIGITS: usize = 16;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    weekwise_journal: u32,
    /// The id of the data file.
    pub(super) file: String,
    /// Where the data file stood.
    pub(super) base: Position,
    pub(super) begun: Moment,
    /// The number of the last snapshot that there was.
    pub(super) after_snapshot: u32,
}

impl Header {
    pub(super) fn new(file: &str, base: Position, begun: Moment, after_snapshot: u32) -> Self {
        Self { weekwise_journal: VERSION, file: file.to_owned(), base, begun, after_snapshot }
    }
}

/// What the end of a segment must say to be written on.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Ends {
    from: Position,
    to: Position,
}

/// A segment that is written to.
pub(super) struct Segment {
    number: u32,
    path: PathBuf,
    file: File,
    header: Header,
    /// Its length up to the last line that is whole.
    len: u64,
    tail: Position,
    last: Option<Last>,
}

/// The last entry.
#[derive(Clone, Copy)]
struct Last {
    from: Position,
    starts: u64,
}

impl Segment {
    pub(super) fn create(folder: &Path, number: u32, header: Header) -> Result<Self, StorageError> {
        let path = folder.join(format!("{number:06}.log"));
        let file = private::options().create_new(true).append(true).open(&path);
        let mut file = file.map_err(StorageError::file("making", &path))?;
        let line = line_of(&header)?;
        file.write_all(&line).map_err(StorageError::file("writing", &path))?;
        let (len, tail) = (line.len() as u64, header.base);
        Ok(Self { number, path, file, header, len, tail, last: None })
    }

    /// Opens one to write on after its last whole line; none when it has no header that is known.
    pub(super) fn open(number: u32, path: &Path) -> Result<Option<Self>, StorageError> {
        let mut lines = Lines::of(path)?;
        let Some(header) = lines.header()? else { return Ok(None) };
        let (mut len, mut tail, mut last) = (lines.read, header.base, None);
        loop {
            let starts = lines.read;
            match lines.next()? {
                Some(Line::Whole(text)) => {
                    let Ok(Ends { from, to }) = serde_json::from_str(&text) else { return Ok(None) };
                    (len, tail, last) = (lines.read, to, Some(Last { from, starts }));
                }
                // What follows a damaged line may be whole; it is not to be written over.
                Some(Line::Damaged) => return Ok(None),
                Some(Line::Torn) | None => break,
            }
        }
        let file = private::options().append(true).open(path).map_err(StorageError::file("opening", path))?;
        Ok(Some(Self { number, path: path.to_owned(), file, header, len, tail, last }))
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Where the data file stands after the last entry.
    pub(super) fn tail(&self) -> Position {
        self.tail
    }

    /// Where it stood before the last entry.
    pub(super) fn last_from(&self) -> Option<Position> {
        self.last.map(|last| last.from)
    }

    /// Whether the file is still the one that was opened, and nobody else has written to it.
    pub(super) fn is_unchanged(&self) -> bool {
        let (Ok(open), Ok(there)) = (self.file.metadata(), fs::metadata(&self.path)) else { return false };
        there.len() == self.len && is_same_file(&open, &there)
    }

    /// Writes an entry as a whole; nothing of it when that fails.
    pub(super) fn append(&mut self, entry: &Entry) -> Result<(), StorageError> {
        let line = line_of(entry)?;
        let starts = self.len;
        let written = self.cut_torn_line().and_then(|()| self.file.write_all(&line));
        if let Err(error) = written {
            let _ = self.file.set_len(starts);
            return Err(StorageError::file("writing", &self.path)(error));
        }
        self.len += line.len() as u64;
        (self.tail, self.last) = (entry.to, Some(Last { from: entry.from, starts }));
        Ok(())
    }

    /// Removes what may follow the last whole line. Only then: to set a length costs as much as to write.
    fn cut_torn_line(&self) -> io::Result<()> {
        if self.file.metadata()?.len() == self.len { Ok(()) } else { self.file.set_len(self.len) }
    }

    /// Removes the last entry.
    pub(super) fn take_back(&mut self) -> Result<(), StorageError> {
        let Some(last) = self.last.take() else { return Ok(()) };
        self.file.set_len(last.starts).map_err(StorageError::file("shortening", &self.path))?;
        (self.len, self.tail) = (last.starts, last.from);
        Ok(())
    }
}

/// The segments of a folder with their numbers, in order.
pub(super) fn list(folder: &Path) -> Result<Vec<(u32, PathBuf)>, StorageError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(StorageError::file("reading the folder", folder))?,
    };
    let named = entries.filter_map(|entry| {
        let path = entry.ok()?.path();
        let number = path.file_name()?.to_str()?.strip_suffix(".log")?.parse().ok()?;
        Some((number, path))
    });
    let mut found: Vec<_> = named.collect();
    found.sort_unstable();
    Ok(found)
}

/// The header of a segment, if it has one that is known.
pub(super) fn read_header(path: &Path) -> Result<Option<Header>, StorageError> {
    Lines::of(path)?.header()
}

/// The entries of a segment that belongs to a data file, each as its text; none for a line that is damaged.
pub(super) fn read_texts(path: &Path, file_id: &str) -> Result<Vec<Option<String>>, StorageError> {
    let mut lines = Lines::of(path)?;
    let header = match lines.next()? {
        Some(Line::Whole(text)) => header_of(&text),
        Some(Line::Damaged) => None,
        // It was only just begun.
        Some(Line::Torn) | None => return Ok(Vec::new()),
    };
    match header {
        Some(header) if header.file == file_id => {}
        Some(_) => return Ok(Vec::new()),
        None => return Ok(vec![None]),
    }
    let mut found = Vec::new();
    while let Some(line) = lines.next()? {
        match line {
            Line::Whole(text) => found.push(Some(text)),
            Line::Damaged => found.push(None),
            Line::Torn => {}
        }
    }
    Ok(found)
}

/// A line as it is found.
enum Line {
    Whole(String),
    Damaged,
    /// The last one, when its end is missing: its process was killed while it wrote it.
    Torn,
}

struct Lines {
    reader: BufReader<File>,
    path: PathBuf,
    /// How many bytes were read.
    read: u64,
}

impl Lines {
    fn of(path: &Path) -> Result<Self, StorageError> {
        let file = File::open(path).map_err(StorageError::file("opening", path))?;
        Ok(Self { reader: BufReader::new(file), path: path.to_owned(), read: 0 })
    }

    fn header(&mut self) -> Result<Option<Header>, StorageError> {
        let Some(Line::Whole(text)) = self.next()? else { return Ok(None) };
        Ok(header_of(&text))
    }

    fn next(&mut self) -> Result<Option<Line>, StorageError> {
        let mut bytes = Vec::new();
        let read = self.reader.read_until(b'\n', &mut bytes).map_err(StorageError::file("reading", &self.path))?;
        self.read += read as u64;
        if read == 0 {
            return Ok(None);
        }
        if bytes.pop() != Some(b'\n') {
            return Ok(Some(Line::Torn));
        }
        Ok(Some(text_of(bytes).map_or(Line::Damaged, Line::Whole)))
    }
}

fn header_of(text: &str) -> Option<Header> {
    serde_json::from_str(text).ok().filter(|header: &Header| header.weekwise_journal == VERSION)
}

fn line_of(value: &impl Serialize) -> Result<Vec<u8>, StorageError> {
    let text = serde_json::to_string(value)?;
    Ok(format!("{:016x} {text}\n", CHECKSUM.checksum(text.as_bytes())).into_bytes())
}

/// The text of a line, if it has the checksum that stands before it.
fn text_of(mut line: Vec<u8>) -> Option<String> {
    if line.get(CHECKSUM_DIGITS) != Some(&b' ') {
        return None;
    }
    let text = line.split_off(CHECKSUM_DIGITS + 1);
    let digits = std::str::from_utf8(&line[..CHECKSUM_DIGITS]).ok()?;
    let expected = u64::from_str_radix(digits, 16).ok()?;
    (CHECKSUM.checksum(&text) == expected).then(|| String::from_utf8(text).ok()).flatten()
}

#[cfg(unix)]
fn is_same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Elsewhere an open file can neither be deleted nor replaced.
#[cfg(not(unix))]
fn is_same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}
