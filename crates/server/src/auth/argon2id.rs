//! argon2id, over memory that is kept. Each hash fills 19 MiB: to ask the system for them anew would cost a tenth of the
//! hash itself, and what the allocator keeps of them for each thread would add up.

use argon2::{
    ARGON2ID_IDENT, Argon2, Block, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use subtle::ConstantTimeEq as _;

/// What a hash is worked out in. It grows to what the first one needs.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    fn of(&mut self, blocks: usize) -> &mut [Block] {
        if self.0.len() < blocks {
            self.0.resize_with(blocks, Block::default);
        }
        &mut self.0[..blocks]
    }
}

/// What to store for a password: 19 MiB, two passes, one lane, which are the crate's defaults and OWASP's first
/// recommendation.
pub(super) fn hash(password: &[u8], memory: &mut Memory) -> String {
    const HOLDS: &str = "the defaults allow these lengths";
    let salt: [u8; 16] = rand::random();
    let params = Params::DEFAULT;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let blocks = memory.of(params.block_count());
    Argon2::from(&params).hash_password_into_with_memory(password, &salt, &mut output, blocks).expect(HOLDS);
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::default().into()),
        params: ParamsString::try_from(params).expect(HOLDS),
        salt: Some(Salt::new(&salt).expect(HOLDS)),
        hash: Some(Output::new(&output).expect(HOLDS)),
    };
    hash.to_string()
}

/// Whether a password is the one that is `stored`. What cannot be read is none.
pub(super) fn is(password: &[u8], stored: &str, memory: &mut Memory) -> bool {
    worked_out(password, stored, memory).unwrap_or(false)
}

fn worked_out(password: &[u8], stored: &str, memory: &mut Memory) -> Option<bool> {
    let stored = PasswordHash::new(stored).ok().filter(|stored| stored.algorithm == ARGON2ID_IDENT)?;
    let (salt, expected) = (stored.salt?, stored.hash?);
    let params = Params::try_from(&stored).ok()?;
    let version = Version::try_from(stored.version.unwrap_or(Version::default().into())).ok()?;
    let blocks = memory.of(params.block_count());
    let mut output = vec![0; expected.len()];
    let argon2 = Argon2::new(argon2::Algorithm::Argon2id, version, params);
    argon2.hash_password_into_with_memory(password, &salt, &mut output, blocks).ok()?;
    Some(output.ct_eq(expected.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier as _;

    use super::*;

    #[test]
    fn what_is_stored_is_what_the_crate_itself_knows() {
        let mut memory = Memory::default();
        for password in ["correct horse", ""] {
            let stored = hash(password.as_bytes(), &mut memory);
            assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
            assert!(Argon2::default().verify_password(password.as_bytes(), stored.as_str()).is_ok());
            assert!(is(password.as_bytes(), &stored, &mut memory));
            assert!(!is(b"another", &stored, &mut memory));
        }
    }

    #[test]
    fn memory_of_one_hash_does_for_others_of_whatever_size() {
        let mut memory = Memory::default();
        let made = |kibibytes: u32| {
            let params = Params::new(kibibytes, 1, 1, None).unwrap();
            let mut output = [0; 32];
            Argon2::from(&params).hash_password_into(b"right", b"some salt", &mut output).unwrap();
            let phc = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::default().into()),
                params: ParamsString::try_from(params).unwrap(),
                salt: Some(Salt::new(b"some salt").unwrap()),
                hash: Some(Output::new(&output).unwrap()),
            };
            phc.to_string()
        };
        for kibibytes in [64, 256, 32] {
            assert!(is(b"right", &made(kibibytes), &mut memory), "{kibibytes}");
            assert!(!is(b"wrong", &made(kibibytes), &mut memory), "{kibibytes}");
        }
        assert_eq!(memory.0.len(), 256);
        let of_another_kind = made(64).replace("argon2id", "argon2i");
        assert!(!is(b"right", &of_another_kind, &mut memory));
    }
}
