//! `GET /v1/sync/pull`

use axum::{Json, extract::State, http::Uri};
use sqlx::PgPool;
use uuid::Uuid;
use weekwise_protocol::sync::{EpochId, MAX_PAGE_BYTES, MAX_PAGE_ROWS, MAX_TRAIL, Mark, Page, Point, Refusal, Rev};
use weekwise_sync::server::{Standing, page};

use super::{
    Refused,
    caller::Caller,
    history::History,
    refused::{check_proto, malformed},
};
use crate::{
    Server, UserId,
    db::{
        head::Head,
        sync::{Reader, Span, between, mark_at, marks_of, reach},
    },
    http::PULL,
};

/// The rows after a revision.
///
/// # Errors
/// When the request is refused.
#[utoipa::path(
    get,
    path = "/v1/sync/pull",
    tag = "sync",
    security(("bearer" = [])),
    params(
        ("proto" = u32, Query, description = "The version of the protocol that the device speaks"),
        ("epoch" = Option<String>, Query, description = "The history that was pulled so far; none at first"),
        ("since" = i64, Query, description = "How far it was pulled; 0 at first"),
        ("trail" = Option<String>, Query, description = "Points of it, the newest first: rev.mark, with commas between"),
        ("limit" = Option<u32>, Query, description = "The most rows"),
    ),
    responses(
        (status = 200, description = "`Page` in docs/wire/sync.md", body = serde_json::Value),
        (status = 400, description = "`Refusal`: malformed, newer", body = serde_json::Value),
        (status = 401, description = "`Refusal`: unauthorized", body = serde_json::Value),
        (status = 409, description = "`Refusal`: resync", body = serde_json::Value),
        (status = 410, description = "`Refusal`: account_gone", body = serde_json::Value),
        (status = 426, description = "`Refusal`: update", body = serde_json::Value),
        (status = 429, description = "`Refusal`: too_many", body = serde_json::Value),
    )
)]
pub async fn pull(State(server): State<Server>, caller: Caller, uri: Uri) -> Result<Json<Page>, Refused> {
    caller.count(&server, "pull", PULL)?;
    let asked = Asked::of(&uri)?;
    Ok(Json(answer(&server.pool, &caller.user, &asked).await?))
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    epoch: Option<EpochId>,
    since: Rev,
    trail: Vec<Point>,
    limit: usize,
}

impl Asked {
    fn of(uri: &Uri) -> Result<Self, Refused> {
        let mut asked = Self { epoch: None, since: Rev::ZERO, trail: Vec::new(), limit: MAX_PAGE_ROWS };
        let mut proto = None;
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let bad = || malformed(format!("{name}: not what the protocol says"));
            match &*name {
                "proto" => proto = Some(value.parse::<u32>().map_err(|_| bad())?),
                "epoch" => asked.epoch = Some(EpochId(Uuid::try_parse(&value).map_err(|_| bad())?)),
                "since" => asked.since = rev(&value).ok_or_else(bad)?,
                "limit" => asked.limit = value.parse().map_err(|_| bad())?,
                "trail" => asked.trail = trail(&value).ok_or_else(bad)?,
                // Of a later version.
                _ => {}
            }
        }
        check_proto(proto.ok_or_else(|| malformed("proto: missing"))?)?;
        Ok(asked)
    }
}

fn rev(text: &str) -> Option<Rev> {
    text.parse().ok().filter(|rev| *rev >= 0).map(Rev)
}

fn trail(text: &str) -> Option<Vec<Point>> {
    let points = text.split(',').filter(|point| !point.is_empty()).take(MAX_TRAIL);
    let point = |text: &str| match text.split_once('.') {
        Some((at, mark)) => Some(Point { rev: rev(at)?, mark: Some(Mark(Uuid::try_parse(mark).ok()?)) }),
        None => Some(Point { rev: rev(text)?, mark: None }),
    };
    points.map(point).collect()
}

async fn answer(pool: &PgPool, user: &UserId, asked: &Asked) -> Result<Page, Refused> {
    let mut reading = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let history = History::read(&mut reading, user).await?;
    let epoch = asked.epoch.unwrap_or(history.head.epoch);
    match history.standing(&mut reading, user, epoch, &asked.trail).await? {
        Standing::Here => {}
        Standing::Earlier { common, is_here } => return Err(history.resync(epoch, common, is_here).into()),
        Standing::Forked { .. } => {
            reading.rollback().await?;
            return Err(fork(pool, user, epoch, &asked.trail).await?.into());
        }
    }
    if asked.since > history.head.rev {
        return Err(history.resync(epoch, Rev::ZERO, false).into());
    }
    let limit = asked.limit.clamp(1, MAX_PAGE_ROWS);
    let rows = if asked.since == history.head.rev {
        Vec::new()
    } else {
        let through = reach(&mut reading, user, asked.since, i64::try_from(limit).unwrap_or(i64::MAX)).await?;
        let reader = Reader { user, epochs: &history.epochs };
        between(&mut reading, reader, Span { after: asked.since.0, through }, MAX_PAGE_BYTES).await?
    };
    // Only the mark of the last row is told, and which that is shows when the page is full.
    let rows = rows.into_iter().map(|row| (row, Mark(Uuid::nil())));
    let mut page = page(&history.head, asked.since, rows, limit);
    if page.next.rev < history.head.rev && !page.rows.is_empty() {
        page.next.mark = mark_at(&mut reading, user, page.next.rev).await?;
    }
    if !page.rows.is_empty() {
        let span = Span { after: asked.since.0, through: page.next.rev.0 };
        page.trail = marks_of(&mut reading, user, span).await?;
    }
    reading.rollback().await?;
    Ok(page)
}

/// The device speaks of another history: under the lock it is looked at once more, for another one may have spoken of it meanwhile.
async fn fork(pool: &PgPool, user: &UserId, epoch: EpochId, trail: &[Point]) -> sqlx::Result<Refusal> {
    let mut transaction = pool.begin().await?;
    if Head::lock(&mut transaction, user).await?.is_none() {
        return Ok(Refusal::AccountGone);
    }
    let history = History::read(&mut transaction, user).await?;
    let refusal = match history.standing(&mut transaction, user, epoch, trail).await? {
        Standing::Forked { epoch: forked, common } => {
            history.fork(&mut transaction, user, epoch, (forked, common)).await?
        }
        Standing::Earlier { common, is_here } => history.resync(epoch, common, is_here),
        Standing::Here => history.resync(epoch, Rev::ZERO, false),
    };
    transaction.commit().await?;
    Ok(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_or_refused() {
        let ask = |query: &str| Asked::of(&format!("/v1/sync/pull?{query}").parse().unwrap());
        let mark = "5a0c2a52-0c6f-4d58-9d0c-9be0b7f6a001";
        let whole = ask(&format!("proto=1&epoch={mark}&since=8&trail=8.{mark},5&limit=10&later=x")).unwrap();
        let id = Uuid::try_parse(mark).unwrap();
        let trail = vec![Point { rev: Rev(8), mark: Some(Mark(id)) }, Point { rev: Rev(5), mark: None }];
        assert_eq!(whole, Asked { epoch: Some(EpochId(id)), since: Rev(8), trail, limit: 10 });
        for bad in [
            "",
            "proto=0",
            "proto=2",
            "proto=x",
            "proto=1&since=-1",
            "proto=1&epoch=x",
            "proto=1&trail=1.x",
            "proto=1&limit=-1",
        ] {
            ask(bad).expect_err(bad);
        }
    }
}
