//! Brings a database to this binary's schema, or refuses one that is ahead of it.

use include_dir::{Dir, include_dir};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqlSafeStr as _, SqliteConnection};

use super::dialect::{PG_BEGIN_WRITE, SQLITE_BEGIN_WRITE};
use super::error::{During, StoreError};
use super::tx::Tx;
use super::{on, searched};

pub(super) static SQLITE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../migrations/sqlite");
pub(super) static POSTGRES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../migrations/postgres");

/// Migrates a SQLite file. All steps are one transaction, so processes that start together take turns.
pub(super) async fn sqlite(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrations = read(&SQLITE);
    let mut seen = Tx::sqlite(connection);
    let current = is_current(&mut seen, newest(&migrations)).await?;
    if current && !searched::lacks(&mut seen).await? {
        return Ok(());
    }
    let mut tx = connection.begin_with(SQLITE_BEGIN_WRITE).await.during("begin migrating")?;
    if !current {
        migrator(migrations).run(&mut *tx).await.map_err(failed)?;
    }
    searched::fill(&mut Tx::sqlite(&mut tx)).await?;
    tx.commit().await.during("commit the migrations")
}

/// Migrates a Postgres database. An advisory lock makes replicas that start together take turns.
pub(super) async fn postgres(connection: &mut PgConnection) -> Result<(), StoreError> {
    let migrations = read(&POSTGRES);
    if !is_current(&mut Tx::Pg(connection), newest(&migrations)).await? {
        migrator(migrations).run(&mut *connection).await.map_err(failed)?;
    }
    if !searched::lacks(&mut Tx::Pg(connection)).await? {
        return Ok(());
    }
    let mut tx = connection.begin_with(PG_BEGIN_WRITE).await.during("begin filling in searched words")?;
    searched::fill(&mut Tx::Pg(&mut tx)).await?;
    tx.commit().await.during("commit searched words")
}

/// The schema number of this binary: the number of its newest migration.
pub fn schema_number() -> i64 {
    newest(&read(&SQLITE))
}

/// Whether nothing is to be done. Reading one number is quicker than having every migration compared.
async fn is_current(tx: &mut Tx<'_>, this: i64) -> Result<bool, StoreError> {
    if table_exists(tx, "installation").await? {
        let needs: Option<i64> =
            on!(&mut *tx, |c| sqlx::query_scalar("SELECT max(oldest_binary) FROM installation").fetch_one(c).await)
                .during("read which binary the database needs")?;
        if let Some(database_needs) = needs.filter(|needs| *needs > this) {
            return Err(StoreError::Newer { database_needs, this });
        }
    }
    if !table_exists(tx, "_sqlx_migrations").await? {
        return Ok(false);
    }
    let applied: Option<i64> =
        on!(tx, |c| sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(c).await)
            .during("read the applied migrations")?;
    Ok(applied.is_some_and(|applied| applied >= this))
}

async fn table_exists(tx: &mut Tx<'_>, name: &str) -> Result<bool, StoreError> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        Tx::Pg(_) => "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1",
    };
    let count: i64 = on!(tx, |c| sqlx::query_scalar(sql).bind(name).fetch_one(c).await).during("look for a table")?;
    Ok(count > 0)
}

/// The files `0001_name.sql` of a folder; a file of another form is no migration.
pub(super) fn read(folder: &'static Dir<'static>) -> Vec<Migration> {
    folder
        .files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?.strip_suffix(".sql")?;
            let (number, description) = name.split_once('_')?;
            let sql = AssertSqlSafe(file.contents_utf8()?.to_owned()).into_sql_str();
            let description = description.replace('_', " ").into();
            Some(Migration::new(number.parse().ok()?, description, MigrationType::Simple, sql, false))
        })
        .collect()
}

fn newest(migrations: &[Migration]) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Migrations of a newer binary that this one may live with are not missed.
pub(super) fn migrator(migrations: Vec<Migration>) -> Migrator {
    let mut migrator = Migrator::with_migrations(migrations);
    migrator.set_ignore_missing(true);
    migrator
}

fn failed(error: sqlx::migrate::MigrateError) -> StoreError {
    use sqlx::migrate::MigrateError as E;
    match error {
        E::Execute(source) | E::ExecuteMigration(source, _) => super::error::classify("migrate the database", &source),
        other => StoreError::Corrupt { table: "_sqlx_migrations", id: "all".to_owned(), why: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_folders_hold_the_same_numbers_and_every_file_counts() {
        let numbers = |folder| {
            let mut numbers: Vec<i64> = read(folder).iter().map(|migration| migration.version).collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(numbers(&SQLITE), numbers(&POSTGRES));
        assert_eq!(read(&SQLITE).len(), SQLITE.files().count());
        assert!(schema_number() >= 1);
    }
}
