//! Several devices and servers at once.

use super::{
    Device,
    device::{create, series, time},
    outcomes::assert_sound,
};
use crate::{person::Person, postgres::Database, running::Running};

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_push_at_once_over_two_servers_lose_nothing_and_pull_without_gaps() {
    let database = Database::ready().await;
    let servers = [Running::start(&database), Running::start(&database)];
    let ada = Person::made(&servers[0], &database, "ada").await;
    let persons = [ada.at(&servers[0]), ada.at(&servers[1])];
    let mut devices: Vec<Device<'_>> = (0..6).map(|n| Device::of(&persons[n % 2])).collect();
    for device in &mut devices {
        device.sync().await;
    }
    for round in 0..4_u128 {
        for (n, device) in devices.iter_mut().enumerate() {
            let id = 1 + round * 100 + n as u128;
            device.edit(create(id, &format!("{id}"), "09:00", "10:00"));
            device.edit(super::device::change(id, time("10:00", "11:00")));
        }
        // Each pushes and pulls in small pages while the others write.
        futures_util::future::join_all(devices.iter_mut().map(|device| async {
            device.sync().await;
            device.pull(3).await;
        }))
        .await;
    }
    for device in &mut devices {
        device.sync().await;
    }
    for device in &devices {
        assert_eq!(device.titles().len(), 24);
        assert_eq!(device.file.view(), devices[0].file.view());
        assert_eq!((device.copies(), device.rejected.len()), (devices[0].copies(), 0));
    }
    assert_sound(&database).await;
    let revs = "SELECT count(*) = count(DISTINCT rev) FROM (SELECT rev FROM schedule UNION ALL SELECT rev FROM setting \
        UNION ALL SELECT rev FROM conflict_copy) it";
    assert_eq!(database.rows(revs).await, ["true"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_at_the_slot_limit_each_add_a_slot_and_both_see_all() {
    let database = Database::ready().await;
    let server = Running::start(&database);
    let ada = Person::made(&server, &database, "ada").await;
    let (mut one, mut other) = (Device::of(&ada), Device::of(&ada));
    one.sync().await;
    one.edit(create(1, "Algebra", "08:00", "09:00"));
    one.sync().await;
    other.sync().await;
    one.edit(create(2, "Biology", "10:00", "11:00"));
    other.edit(create(3, "Chess", "12:00", "13:00"));
    for _ in 0..2 {
        one.sync().await;
        other.sync().await;
    }
    assert_eq!(one.titles(), ["Algebra", "Biology", "Chess"]);
    assert_eq!(other.titles(), one.titles());
    assert_eq!(series(1).to_string().len(), 36);
}
