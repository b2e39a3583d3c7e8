//! Backups as plain SQL, as `pg_dump` writes them unless told otherwise.

use std::io::{self, BufRead, Write};

/// Copies a script from `from` to `to` without what belongs to the place it came from: who owned what, and who was allowed
/// what. The roles there need not exist here; whoever restores a backup owns what is in it.
///
/// Returns whether the script is whole. One that was cut off still ends somewhere.
pub(super) fn copy(mut from: impl BufRead, mut to: impl Write) -> io::Result<bool> {
    const LAST: &[u8] = b"-- PostgreSQL database dump complete";
    let mut line = Vec::new();
    let mut in_rows = false;
    let mut is_whole = false;
    loop {
        line.clear();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Ok(is_whole && !in_rows);
        }
        let text = line.trim_ascii_end();
        if in_rows {
            in_rows = text != b"\\.";
        } else {
            in_rows = text.starts_with(b"COPY ") && text.ends_with(b" FROM stdin;");
            is_whole |= text == LAST;
            if is_of_its_place(text) {
                continue;
            }
        }
        to.write_all(&line)?;
    }
}

fn is_of_its_place(statement: &[u8]) -> bool {
    const FIRST_WORDS: [&[u8]; 4] = [b"GRANT ", b"REVOKE ", b"ALTER DEFAULT PRIVILEGES ", b"COMMENT ON EXTENSION "];
    let changes_owner = || statement.windows(10).any(|words| words == b" OWNER TO ");
    let is_one_line = statement.ends_with(b";");
    is_one_line
        && (FIRST_WORDS.iter().any(|words| statement.starts_with(words))
            || statement.starts_with(b"ALTER ") && changes_owner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(script: &str) -> (String, bool) {
        let mut to = Vec::new();
        let is_whole = copy(script.as_bytes(), &mut to).unwrap();
        (String::from_utf8(to).unwrap(), is_whole)
    }

    #[test]
    fn owners_and_rights_stay_behind_and_rows_do_not() {
        let script = "CREATE TABLE public.t (a text);\n\
            ALTER TABLE public.t OWNER TO somebody;\n\
            COMMENT ON EXTENSION btree_gist IS 'of a superuser';\n\
            COPY public.t (a) FROM stdin;\n\
            GRANT us peace;\n\
            ALTER TABLE public.t OWNER TO somebody;\n\
            \\.\n\
            GRANT SELECT ON TABLE public.t TO somebody;\n\
            --\n-- PostgreSQL database dump complete\n--\n";
        let expected = "CREATE TABLE public.t (a text);\n\
            COPY public.t (a) FROM stdin;\n\
            GRANT us peace;\n\
            ALTER TABLE public.t OWNER TO somebody;\n\
            \\.\n\
            --\n-- PostgreSQL database dump complete\n--\n";
        assert_eq!(copied(script), (expected.to_owned(), true));
    }

    #[test]
    fn a_script_that_was_cut_off_is_told_from_a_whole_one() {
        let cut_off = ["", "CREATE TABLE t ();\n", "COPY t FROM stdin;\n-- PostgreSQL database dump complete\n"];
        for script in cut_off {
            assert!(!copied(script).1, "{script}");
        }
        assert!(copied("-- PostgreSQL database dump complete").1);
    }
}
