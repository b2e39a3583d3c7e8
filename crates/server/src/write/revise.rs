//! Rows that were changed past the server become edits.

use std::collections::BTreeSet;

use weekwise_domain::{Edit, ExceptionKey, Request, ScheduleId};

use super::{Author, Write, WriteError, restamp};
use crate::db::{checksum::RowKey, exception, operation, schedule, setting, unrevised};

impl Write {
    /// Gives each row that was changed past the server a new revision, so that devices learn of it, and leaves its values
    /// as they are. Returns how many rows there were.
    ///
    /// It is not known which register of a schedule was changed, so all of them count as written now.
    pub(crate) async fn revise(&mut self, author: Author) -> Result<usize, WriteError> {
        let noted = unrevised::revs(&mut self.transaction, &self.user).await?;
        let exceptions = exception::all(&mut self.transaction, &self.user).await?;
        self.exceptions.extend(exceptions.into_iter().map(|row| (row.key, row)));
        let before = self.head.rev();
        let schedules = self.revise_schedules(&noted, author).await?;
        let exceptions = self.revise_exceptions(&noted, author).await?;
        self.revise_settings(&noted, author).await?;
        let revised = self.head.rev() - before;
        if revised > 0 {
            self.has_written = true;
            let request = self.as_they_are(&schedules, &exceptions);
            let revs = before + 1..=self.head.rev();
            let Author { op, device, made_at } = author;
            operation::record(&mut self.transaction, &self.user, op, device, made_at, revs, &request).await?;
        }
        Ok(revised as usize)
    }

    async fn revise_schedules(&mut self, noted: &BTreeSet<i64>, author: Author) -> Result<Vec<ScheduleId>, WriteError> {
        let found = self.schedules.values().filter(|row| noted.contains(&row.rev));
        let found: Vec<_> = found.map(|row| row.schedule.id).collect();
        for &id in &found {
            let (stamp, _) = restamp(&mut self.head, &mut self.schedules, id, author)?;
            schedule::revise(&mut self.transaction, &self.user, id, stamp, author.made_at).await?;
        }
        Ok(found)
    }

    async fn revise_exceptions(
        &mut self,
        noted: &BTreeSet<i64>,
        author: Author,
    ) -> Result<Vec<ExceptionKey>, WriteError> {
        let found = self.exceptions.values().filter(|row| noted.contains(&row.rev));
        let found: Vec<_> = found.map(|row| (row.key, row.value.clone())).collect();
        for (key, value) in &found {
            self.set_exception(*key, value.as_ref(), author).await?;
        }
        Ok(found.into_iter().map(|(key, _)| key).collect())
    }

    async fn revise_settings(&mut self, noted: &BTreeSet<i64>, author: Author) -> Result<(), WriteError> {
        self.settings = setting::all(&mut self.transaction, &self.user).await?;
        for (name, rev) in self.settings.revs.iter_mut().filter(|(_, rev)| noted.contains(rev)) {
            let stamp = self.head.stamp(RowKey::Setting(name), Some(*rev), author.op);
            setting::revise(&mut self.transaction, &self.user, name, stamp).await?;
            *rev = stamp.rev;
        }
        Ok(())
    }

    /// What stands for the operation: an import of the rows as they are.
    fn as_they_are(&self, schedules: &[ScheduleId], exceptions: &[ExceptionKey]) -> Request {
        let schedules = schedules.iter().filter_map(|id| Some(self.schedules.get(id)?.schedule.clone())).collect();
        let values = exceptions.iter().filter_map(|key| Some((*key, self.exceptions.get(key)?.value.clone()?)));
        Edit::Import { schedules, exceptions: values.collect(), settings: Vec::new() }.into()
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use uuid::Uuid;
    use weekwise_domain::{Setting, SlotLimit, TimeRange, Weekday};

    use super::*;
    use crate::{UserId, check::check, facade, postgres::Database};

    fn author() -> Author {
        Author { op: Uuid::now_v7(), device: "test", made_at: Utc::now() }
    }

    async fn revise(database: &Database, user: &UserId) -> usize {
        let mut write = Write::begin(&database.pool(), user).await.unwrap();
        let revised = write.revise(author()).await.unwrap();
        write.commit().await.unwrap();
        revised
    }

    #[tokio::test]
    async fn a_row_of_each_kind_keeps_its_values_and_gets_a_revision() {
        let database = Database::ready().await;
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        let time = TimeRange::new("09:00".parse().unwrap(), "10:00".parse().unwrap()).unwrap();
        let mut users = Vec::new();
        for name in ["ada", "bob"] {
            let (pool, user) = (database.pool(), database.user(name).await);
            let id = facade::create_schedule(&pool, &user, Weekday::MONDAY, time, now).await.unwrap().id;
            facade::create_schedule(&pool, &user, Weekday::SUNDAY, time, now).await.unwrap();
            facade::delete_slot(&pool, &user, id, "2026-11-30".parse().unwrap(), now).await.unwrap();
            let mut write = Write::begin(&pool, &user).await.unwrap();
            let set = Edit::Set { setting: Setting::SlotLimit(SlotLimit::MAX) };
            write.edit(&set.into(), author()).await.unwrap();
            write.commit().await.unwrap();
            users.push(user);
        }
        let changes = "UPDATE schedule SET title = 'Yoga', end_time = '11:00' WHERE integer_id = 1 AND user_id = 'ada'; \
            UPDATE exception SET kind = 'pattern' WHERE user_id = 'ada'; UPDATE setting SET value = '3' WHERE user_id = 'ada'";
        database.run(changes).await;
        let mut connection = database.connect().await;
        assert_eq!(unrevised::users(&mut connection).await.unwrap(), users[..1]);
        let values = "SELECT user_id, integer_id, title, start_time, end_time, valid_from, active FROM schedule \
            UNION ALL SELECT user_id, integer_id, kind, start_time, end_time, original_date, NULL FROM exception \
            UNION ALL SELECT user_id, NULL, name, value #>> '{}', NULL, NULL, NULL FROM setting ORDER BY 1, 2, 3";
        let changed = database.rows(values).await;

        assert_eq!(revise(&database, &users[0]).await, 3);
        assert_eq!(database.rows(values).await, changed);
        assert_eq!(check(&mut connection).await.unwrap(), []);
        let above = "SELECT count(*) FROM (SELECT rev, user_id FROM schedule UNION ALL SELECT rev, user_id FROM exception \
            UNION ALL SELECT rev, user_id FROM setting) it WHERE rev > 4 AND user_id = ";
        assert_eq!(database.rows(&format!("{above}'ada'")).await, ["3"], "whoever has pulled up to 4 gets them");
        assert_eq!(database.rows(&format!("{above}'bob'")).await, ["0"]);
        let operation = "SELECT device, first_rev, last_rev FROM operation WHERE user_id = 'ada' AND first_rev > 4";
        assert_eq!(database.rows(operation).await, ["test|5|7"]);

        for user in &users {
            assert_eq!(revise(&database, user).await, 0);
        }
        assert_eq!(database.rows("SELECT user_id, rev FROM head ORDER BY 1").await, ["ada|7", "bob|4"]);
    }
}
