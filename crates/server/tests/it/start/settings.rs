//! Settings and ports.

use std::{net::TcpListener, process::Command};

use weekwise_server::SETTINGS;

use crate::{
    postgres::Database,
    refused::{refused, refused_as_nobody},
    running::Running,
};

/// The exit code that tells a supervisor that another try is of no use.
const SETTING: Option<i32> = Some(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_cannot_be_used_is_named() {
    let database = Database::ready().await;
    let production = ("NODE_ENV", "production");
    let bad: &[(&[(&str, &str)], &str)] = &[
        (&[("PORT", "http")], "PORT \"http\" is no port: give a number from 0 to 65535"),
        (&[("HOST", "localhost")], "HOST \"localhost\" is no address: give one such as 0.0.0.0 or ::"),
        (
            &[("CORS_ORIGIN", "htps://week.example")],
            "CORS_ORIGIN \"htps://week.example\" is no origin: write https://host or http://host:port, with commas between",
        ),
        (&[("CORS_ORIGIN", "https://week.example/app")], "CORS_ORIGIN \"https://week.example/app\" is no origin"),
        (&[("BETTER_AUTH_URL", "week.example")], "BETTER_AUTH_URL \"week.example\" is no address of a server"),
        (&[production, ("BETTER_AUTH_SECRET", "")], "BETTER_AUTH_SECRET is missing: set it to 32 random characters"),
        (&[production, ("BETTER_AUTH_SECRET", "secret")], "BETTER_AUTH_SECRET is that of an example"),
        (&[("LOG_FORMAT", "xml")], "LOG_FORMAT \"xml\" is neither json nor text"),
        (&[("RUST_LOG", "a=loud")], "RUST_LOG \"a=loud\" is no filter: write a level such as info"),
        (&[("METRICS_ADDR", "9464")], "METRICS_ADDR \"9464\" is no address with a port"),
        (&[("TRUSTED_PROXIES", "one")], "TRUSTED_PROXIES \"one\" is no number of proxies"),
        (&[("SLOW_QUERY_MS", "1s")], "SLOW_QUERY_MS \"1s\" is no number of milliseconds"),
    ];
    for (settings, expected) in bad {
        let refused = refused(&database.url, settings);
        assert!(refused.line.starts_with(expected), "{refused:?}");
        assert_eq!(refused.code, SETTING, "{refused:?}");
    }
}

#[test]
fn an_address_of_no_database_is_told_how_to_write() {
    for (url, expected) in [
        ("", "DATABASE_URL is missing: set it to postgresql://user:password@host:5432/database"),
        (
            "mysql://ada@localhost/week",
            "DATABASE_URL is no address: write postgresql://user:password@host:5432/database",
        ),
        ("postgresql://ada:hunter2@localhost", "DATABASE_URL names no database: write its name after the host"),
        (
            "postgresql://localhost/week?connection_limit=many",
            "DATABASE_URL has connection_limit=many, which is no number",
        ),
    ] {
        let refused = refused(url, &[]);
        assert!(refused.line.starts_with(expected) && !refused.line.contains("hunter2"), "{refused:?}");
        assert_eq!(refused.code, SETTING, "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named_with_its_setting() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let port = server.address().rsplit_once(':').unwrap().1;
    let expected = format!(
        "port {port} is in use: stop what listens there (`ss -ltnp 'sport = :{port}'` names it), or set PORT to another: "
    );
    let refused_port = refused(&database.url, &[("PORT", port)]);
    assert!(refused_port.line.starts_with(&expected), "{refused_port:?}");
    assert_eq!(refused_port.code, Some(1));

    let metrics = refused(&database.url, &[("METRICS_ADDR", server.address())]);
    assert!(metrics.line.contains("or set METRICS_ADDR to another"), "{metrics:?}");

    // 203.0.113.0/24 is for examples: no machine has it.
    let host = refused(&database.url, &[("HOST", "203.0.113.1")]);
    assert!(host.line.starts_with("203.0.113.1 is no address of this machine: correct HOST: "), "{host:?}");
}

/// Root and whoever else may listen everywhere cannot see this; root becomes somebody else for it.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_port_of_the_system_is_named_with_its_setting() {
    let first: u16 =
        std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap().trim().parse().unwrap();
    let Some(port) = first.checked_sub(1).filter(|port| *port > 0) else {
        eprintln!("not tested: on this system everybody may listen on every port");
        return;
    };
    let database = Database::ready().await;
    let Some(refused) = refused_as_nobody(&database.url, &[("PORT", &port.to_string())]) else {
        eprintln!("not tested: the program cannot be started by a user who may not listen on port {port}");
        return;
    };
    let expected = format!(
        "port {port} is for the system's own services: set PORT to 1024 or higher and let a proxy listen on {port}: "
    );
    assert!(refused.line.starts_with(&expected), "{refused:?}");
    assert_eq!(refused.code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_right_or_may_be_wrong_is_warned_about() {
    let database = Database::ready().await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let settings = [
        ("CORS_ORIGIN", "https://week.example/"),
        ("BETTER_AUTH_URL", "http://localhost:3000"),
        ("BETTER_AUTH_SECRET", "short"),
        ("PORT", free.as_str()),
    ];
    let log = Running::start_with(&database, &settings).log();
    let port = format!(
        "WARN weekwise_server: BETTER_AUTH_URL is http://localhost:3000, but PORT is {free}: set it to where browsers reach \
         this server\n"
    );
    for expected in [
        "WARN weekwise_server: CORS_ORIGIN \"https://week.example/\" is taken for https://week.example, as browsers write it\n",
        &port,
        "WARN weekwise_server: BETTER_AUTH_SECRET has 5 characters, fewer than 32, and may be guessed\n",
    ] {
        assert!(log.contains(expected), "{expected} is not in {log}");
    }
}

#[test]
fn help_lists_every_setting() {
    let help = Command::new(env!("CARGO_BIN_EXE_weekwise-server")).args(["help", "env"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for setting in SETTINGS {
        assert!(help.contains(&format!("\n{}  (unless set: {})\n", setting.name, setting.default)), "{help}");
    }
}
