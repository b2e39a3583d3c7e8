//! A process that ends between a push and what it comes to on the device.

use std::time::{Duration, Instant};

use super::{
    proxy::{Mood, Proxy},
    *,
};

#[test]
fn a_push_whose_reply_never_came_is_done_once() {
    let server = Server::start(&Database::new());
    let email = server.sign_up("ada");
    let proxy = Proxy::to(&[server.address()]);
    let (one, other) = (signed_in(&proxy.url, &email), signed_in(&server.url, &email));
    assert!(add_slot(&one, 1));

    // The server has the push, and the device is killed while it waits to hear so.
    proxy.feel(|| Mood::PushUnheard);
    let mut run = start_sync(&one);
    let began = Instant::now();
    while proxy.unheard() == 0 {
        assert!(run.try_wait().expect("it can be waited for").is_none(), "it waits for the answer");
        assert!(began.elapsed() < Duration::from_secs(20), "the server answers");
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill().expect("it runs until it is killed");
    run.wait().expect("it ends");
    assert_eq!(slots(&one), [1], "what was done stays");
    other.done(["sync", "--once"]);
    assert_eq!(slots(&other), [1], "the server has it");

    proxy.feel(|| Mood::Calm);
    one.done(["sync", "--once"]);
    other.done(["sync", "--once"]);
    assert_eq!(slots(&other), [1]);
    assert_eq!(exported(&one), exported(&other));
    // A third device sees the same, and nothing was made twice.
    let third = signed_in(&server.url, &email);
    assert_eq!(exported(&third), exported(&one));
}
