//! Both engines have the same tables, columns, constraints and indexes.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let [lite, pg] = Place::both().await;
    let (lite_store, pg_store) = (
        Store::open(&lite.url, StoreOptions::default()).await.unwrap(),
        Store::open(&pg.url, StoreOptions::default()).await.unwrap(),
    );
    let (Session::Sqlite(mut on_lite), Session::Pg(mut on_pg)) = (Session::of(&lite).await, Session::of(&pg).await)
    else {
        panic!("one place on each engine")
    };
    let (lite_schema, pg_schema) = (sqlite_schema(&mut on_lite).await, postgres_schema(&mut on_pg).await);
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect::<Vec<_>>();
    assert_eq!(only(&lite_schema, &pg_schema), only(&pg_schema, &lite_schema), "SQLite's left, Postgres's right");
    for kind in ["column ", "primary ", "unique ", "index ", "foreign ", "check ", "full text "] {
        assert!(lite_schema.iter().any(|line| line.starts_with(kind)), "no {kind} was found");
    }
    assert!(lite_schema.iter().any(|line| line.contains(" where state = 'open'")), "{lite_schema:#?}");
    lite.remove(lite_store).await;
    pg.remove(pg_store).await;
}

fn column(table: &str, name: &str, kind: &str, (nullable, default): (bool, bool)) -> String {
    let kind = match kind {
        "bigint" | "BIGINT" | "INTEGER" => "number",
        "boolean" | "BOOLEAN" => "boolean",
        // Instants and documents are text on SQLite, ids are bytes.
        "text" | "timestamp with time zone" | "jsonb" | "TEXT" => "text",
        "bytea" | "uuid" | "BLOB" => "bytes",
        other => other,
    };
    format!("column {table}.{name} {kind} nullable={nullable} default={default}")
}

/// Parentheses, casts and letter case differ between the engines; the meaning does not.
fn plain(expression: &str) -> String {
    expression.replace("::text", "").replace(['(', ')'], "").to_lowercase().trim().to_owned()
}

async fn sqlite_schema(connection: &mut SqliteConnection) -> BTreeSet<String> {
    type Column = (String, String, String, bool, bool, i64);
    let mut lines = BTreeSet::new();
    let columns: Vec<Column> = sqlx::query_as(
        "SELECT m.name, c.name, c.type, c.\"notnull\", c.dflt_value IS NOT NULL, c.pk FROM sqlite_master m, \
         pragma_table_info(m.name) c WHERE m.name NOT IN ('_sqlx_migrations', 'sqlite_sequence') AND \
         m.name IN (SELECT name FROM pragma_table_list WHERE type = 'table')",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let mut keys: BTreeMap<&str, BTreeMap<i64, &str>> = BTreeMap::new();
    for (table, name, kind, not_null, default, place) in &columns {
        // An INTEGER PRIMARY KEY is the row's own number and never null.
        lines.insert(column(table, name, kind, (!not_null && kind != "INTEGER", *default)));
        if *place > 0 {
            keys.entry(table).or_default().insert(*place, name);
        }
    }
    for (table, names) in keys {
        lines.insert(format!("primary {table} ({})", names.into_values().collect::<Vec<_>>().join(",")));
    }
    let indexes: Vec<(String, String, String, String, Option<String>)> = sqlx::query_as(
        "SELECT m.name, l.name, l.origin, (SELECT group_concat(name, ',') FROM (SELECT name FROM \
         pragma_index_info(l.name) ORDER BY seqno)), (SELECT sql FROM sqlite_master WHERE name = l.name) \
         FROM sqlite_master m, pragma_index_list(m.name) l WHERE m.name <> '_sqlx_migrations' AND \
         m.name IN (SELECT name FROM pragma_table_list WHERE type = 'table')",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    for (table, name, origin, columns, sql) in indexes {
        match origin.as_str() {
            "u" => lines.insert(format!("unique {table} ({columns})")),
            "c" => {
                let predicate = sql.unwrap().split_once(" WHERE ").map(|(_, text)| plain(text)).unwrap_or_default();
                lines.insert(format!("index {name} {table} ({columns}) where {predicate}"))
            }
            _ => false,
        };
    }
    lines.extend(sqlite_full_text(connection).await);
    lines.extend(sqlite_references(connection).await);
    lines
}

/// Full text is a table with shadows on SQLite, and an index on Postgres: of which columns of which table.
async fn sqlite_full_text(connection: &mut SqliteConnection) -> Vec<String> {
    let found: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT m.name, m.sql, (SELECT group_concat(name, ',') FROM pragma_table_info(m.name)) FROM sqlite_master m \
         WHERE m.name IN (SELECT name FROM pragma_table_list WHERE type = 'virtual')",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    let line = |(name, sql, columns): (String, String, String)| {
        let of = sql.split_once("content = '").and_then(|(_, rest)| rest.split_once('\'')).unwrap().0;
        format!("full text {name} {of} ({columns})")
    };
    found.into_iter().map(line).collect()
}

async fn postgres_full_text(connection: &mut PgConnection) -> Vec<String> {
    let found: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT i.relname::text, t.relname::text, (SELECT string_agg(a.attname::text, ',' ORDER BY a.attnum) \
         FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
         WHERE d.objid = i.oid AND d.refobjid = t.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
         JOIN pg_class t ON t.oid = x.indrelid JOIN pg_am m ON m.oid = i.relam WHERE m.amname = 'gin'",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    found.into_iter().map(|(name, of, columns)| format!("full text {name} {of} ({columns})")).collect()
}

async fn sqlite_references(connection: &mut SqliteConnection) -> Vec<String> {
    let parts: Vec<(String, i64, String, String, String)> = sqlx::query_as(
        "SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
         WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let mut references: BTreeMap<(String, i64, String), Vec<(String, String)>> = BTreeMap::new();
    for (table, id, target, from, to) in parts {
        references.entry((table, id, target)).or_default().push((from, to));
    }
    let foreign = |((table, _, target), pairs): ((String, i64, String), Vec<(String, String)>)| {
        let (from, to): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        format!("foreign {table} ({}) {target} ({})", from.join(","), to.join(","))
    };
    let mut lines: Vec<String> = references.into_iter().map(foreign).collect();
    let tables: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetch_all(connection).await.unwrap();
    for (table, sql) in tables {
        let checks = sql.split("CHECK (").skip(1).filter_map(|rest| rest.split(')').next());
        lines.extend(checks.map(|check| format!("check {table} {}", plain(check))));
    }
    lines
}

async fn postgres_schema(connection: &mut PgConnection) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let columns: Vec<(String, String, String, bool, bool)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES', column_default IS NOT NULL \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    for (table, name, kind, nullable, default) in columns {
        lines.insert(column(&table, &name, &kind, (nullable, default)));
    }
    let indexes: Vec<(String, String, bool, bool, String, Option<String>)> = sqlx::query_as(
        "SELECT t.relname::text, i.relname::text, x.indisprimary, x.indisunique, (SELECT string_agg(a.attname::text, ',' \
         ORDER BY k.place) FROM unnest(x.indkey) WITH ORDINALITY AS k (number, place) JOIN pg_attribute a \
         ON a.attrelid = t.oid AND a.attnum = k.number), pg_get_expr(x.indpred, x.indrelid) FROM pg_index x \
         JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
         WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> '_sqlx_migrations' AND x.indexprs IS NULL",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    for (table, name, primary, unique, columns, predicate) in indexes {
        lines.insert(match (primary, unique) {
            (true, _) => format!("primary {table} ({columns})"),
            (_, true) => format!("unique {table} ({columns})"),
            _ => format!("index {name} {table} ({columns}) where {}", predicate.map(|p| plain(&p)).unwrap_or_default()),
        });
    }
    lines.extend(postgres_full_text(connection).await);
    let rules: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid) FROM pg_constraint \
         WHERE contype IN ('f', 'c') AND connamespace = 'public'::regnamespace",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    for (table, kind, text) in rules {
        lines.insert(match kind.as_str() {
            "f" => {
                let text = text.replace(", ", ",").replace("FOREIGN KEY ", "").replace(" REFERENCES ", " ");
                let (names, target) = text.rsplit_once('(').unwrap();
                format!("foreign {table} {names} ({target}")
            }
            _ => format!("check {table} {}", plain(text.trim_start_matches("CHECK "))),
        });
    }
    lines
}
