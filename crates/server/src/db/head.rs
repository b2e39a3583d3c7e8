//! `head`: one row per user, which every write locks first.

use chrono::{DateTime, Utc};
use sqlx::{FromRow as _, PgConnection, Row as _};
use uuid::Uuid;

use super::checksum::{Checksum, RowKey};
use crate::UserId;

/// A user's head row, locked, with what was given out under the lock.
pub(crate) struct Head {
    rev: i64,
    next_integer_id: i64,
    checksum: Checksum,
    bytes: i64,
    pushed: Pushed,
    epoch: i32,
}

/// What devices have pushed since a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub(crate) struct Pushed {
    #[sqlx(rename = "pushed_since")]
    pub(crate) since: DateTime<Utc>,
    /// How many operations.
    #[sqlx(rename = "pushed_operations")]
    pub(crate) operations: i64,
    /// How many bytes.
    #[sqlx(rename = "pushed_bytes")]
    pub(crate) bytes: i64,
}

/// What a register is written with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    /// The new revision of the row and the register.
    pub(crate) rev: i64,
    /// The epoch to which it belongs.
    pub(crate) epoch: i32,
    /// The operation that writes.
    pub(crate) op: Uuid,
}

impl Head {
    /// Locks a user's head row until the transaction ends, and makes it for a user's first write. None when there is no
    /// such user (any more).
    pub(crate) async fn lock(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<Option<Self>> {
        if let Some(head) = Self::find(connection, user).await? {
            return Ok(Some(head));
        }
        // Whoever deletes the user waits for this lock, and deletes the new head row too.
        let exists = sqlx::query(r#"SELECT FROM "user" WHERE "_id" = $1 FOR KEY SHARE"#).bind(user);
        if exists.fetch_optional(&mut *connection).await?.is_none() {
            return Ok(None);
        }
        let make = sqlx::query("INSERT INTO head (user_id) VALUES ($1) ON CONFLICT DO NOTHING").bind(user);
        make.execute(&mut *connection).await?;
        Self::find(connection, user).await
    }

    async fn find(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<Option<Self>> {
        const LOCK: &str = "SELECT rev, next_integer_id, checksum, bytes, (SELECT max(number) FROM epoch), \
            pushed_since, pushed_operations, pushed_bytes FROM head WHERE user_id = $1 FOR UPDATE";
        let Some(row) = sqlx::query(LOCK).bind(user).fetch_optional(connection).await? else { return Ok(None) };
        let checksum = Checksum::try_from(row.try_get::<&[u8], _>(2)?).map_err(|error| sqlx::Error::ColumnDecode {
            index: "checksum of head".to_owned(),
            source: error.into(),
        })?;
        let (rev, next_integer_id) = (row.try_get(0)?, row.try_get(1)?);
        let (bytes, epoch, pushed) = (row.try_get(3)?, row.try_get(4)?, Pushed::from_row(&row)?);
        Ok(Some(Self { rev, next_integer_id, checksum, bytes, pushed, epoch }))
    }

    /// One that is not stored yet, whose first integer id will be `next_integer_id`.
    pub(crate) fn new(epoch: i32, next_integer_id: i64) -> Self {
        Self { rev: 0, next_integer_id, checksum: Checksum::default(), bytes: 0, pushed: Pushed::default(), epoch }
    }

    /// Stores new ones, of users who have none.
    pub(crate) async fn insert_all(connection: &mut PgConnection, heads: &[(String, Self)]) -> sqlx::Result<()> {
        const INSERT: &str = "INSERT INTO head (user_id, rev, next_integer_id, checksum) \
            SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[])";
        let users: Vec<&str> = heads.iter().map(|(user, _)| user.as_str()).collect();
        let revs: Vec<i64> = heads.iter().map(|(_, head)| head.rev).collect();
        let integer_ids: Vec<i64> = heads.iter().map(|(_, head)| head.next_integer_id).collect();
        let checksums: Vec<Vec<u8>> = heads.iter().map(|(_, head)| head.checksum.to_bytes().to_vec()).collect();
        sqlx::query(INSERT).bind(users).bind(revs).bind(integer_ids).bind(checksums).execute(connection).await?;
        Ok(())
    }

    /// The last revision that was given to a row.
    pub(crate) fn rev(&self) -> i64 {
        self.rev
    }

    /// How many bytes of what devices have pushed are there.
    pub(crate) fn bytes(&self) -> i64 {
        self.bytes
    }

    /// What devices have pushed lately.
    pub(crate) fn pushed(&mut self) -> &mut Pushed {
        &mut self.pushed
    }

    /// The history goes on to a revision, with the sum over all rows as they are then, and so many bytes more or less.
    pub(crate) fn advance(&mut self, rev: i64, checksum: Checksum, bytes: i64) {
        (self.rev, self.checksum) = (rev, checksum);
        // What the web client made was not counted, and may be replaced by what is.
        self.bytes = (self.bytes + bytes).max(0);
    }

    /// A new integer id.
    pub(crate) fn integer_id(&mut self) -> i64 {
        self.next_integer_id += 1;
        self.next_integer_id - 1
    }

    /// A new revision for a row, which had the revision `old` unless it is new.
    pub(crate) fn stamp(&mut self, key: RowKey<'_>, old: Option<i64>, op: Uuid) -> Stamp {
        self.rev += 1;
        if let Some(old) = old {
            self.checksum.remove(key, old);
        }
        self.checksum.add(key, self.rev);
        Stamp { rev: self.rev, epoch: self.epoch, op }
    }

    /// Counts a row out that is removed.
    pub(crate) fn forget(&mut self, key: RowKey<'_>, old: i64) {
        self.checksum.remove(key, old);
    }

    /// Writes back what was given out.
    pub(crate) async fn store(&self, connection: &mut PgConnection, user: &UserId) -> sqlx::Result<()> {
        const STORE: &str = "UPDATE head SET rev = $2, next_integer_id = $3, checksum = $4, bytes = $5, \
            pushed_since = $6, pushed_operations = $7, pushed_bytes = $8 WHERE user_id = $1";
        let query = sqlx::query(STORE).bind(user).bind(self.rev).bind(self.next_integer_id);
        let query = query.bind(&self.checksum.to_bytes()[..]).bind(self.bytes);
        let Pushed { since, operations, bytes } = self.pushed;
        query.bind(since).bind(operations).bind(bytes).execute(connection).await?;
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::postgres::Database;

    /// A connection, and a user who has a head row.
    pub(crate) async fn with_head(database: &Database) -> (PgConnection, UserId) {
        let user = database.user("ada").await;
        let mut connection = database.connect().await;
        Head::lock(&mut connection, &user).await.unwrap().unwrap();
        (connection, user)
    }

    #[tokio::test]
    async fn what_was_given_out_is_not_given_out_again() {
        let database = Database::ready().await;
        let (mut connection, user) = with_head(&database).await;
        let mut head = Head::lock(&mut connection, &user).await.unwrap().unwrap();
        let (op, key) = (Uuid::from_u128(7), RowKey::Setting("clock"));
        assert_eq!([head.integer_id(), head.integer_id()], [1, 2]);
        assert_eq!([head.stamp(key, None, op).rev, head.stamp(key, Some(1), op).rev], [1, 2]);
        head.store(&mut connection, &user).await.unwrap();

        let mut head = Head::lock(&mut connection, &user).await.unwrap().unwrap();
        assert_eq!((head.integer_id(), head.rev(), head.epoch), (3, 2, 1));
        let mut sum = Checksum::default();
        sum.add(key, 2);
        assert_eq!(head.checksum, sum);
    }

    #[tokio::test]
    async fn a_user_who_is_gone_has_none() {
        let database = Database::ready().await;
        let nobody = UserId::from("nobody".to_owned());
        assert!(Head::lock(&mut database.connect().await, &nobody).await.unwrap().is_none());
        assert_eq!(database.rows("SELECT * FROM head").await, [""; 0]);
    }
}
