//! What people call this device.

use weekwise_protocol::sync::DeviceName;

/// The name of the host, where it has one that says something.
pub(super) fn name() -> Option<DeviceName> {
    named(&gethostname::gethostname().to_string_lossy())
}

/// The first part of a host's name: what follows says in which network it is, which depends on where a laptop is carried.
fn named(host: &str) -> Option<DeviceName> {
    let name = host.split('.').next().filter(|name| !name.eq_ignore_ascii_case("localhost") && *name != "(none)")?;
    DeviceName::cleaned(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_by_the_first_part_of_its_name() {
        for (host, name) in [
            ("laptop", Some("laptop")),
            ("laptop.local", Some("laptop")),
            ("desk-7.week.example", Some("desk-7")),
            ("localhost", None),
            ("LocalHost.localdomain", None),
            ("(none)", None),
            ("", None),
        ] {
            assert_eq!(named(host).as_ref().map(DeviceName::as_str), name, "{host:?}");
        }
    }
}
