//! Columns that people may have edited by hand.

use sqlx::error::BoxDynError;
use sqlx::types::Json;
use sqlx::{Database, Decode, Type};

use super::error::StoreError;

/// Those rows that decode. One that does not is reported and passed over, so that it holds up no other; `what` says what it
/// is, such as "page".
pub(super) fn sound<T>(rows: impl IntoIterator<Item = Result<T, StoreError>>, what: &str) -> Vec<T> {
    let readable =
        |row: Result<T, StoreError>| row.inspect_err(|error| tracing::error!(%error, "{what} passed over")).ok();
    rows.into_iter().filter_map(readable).collect()
}

/// A JSON column whose decoding is judged together with its row, so that the failure can name table and id; the
/// driver's own error could name neither.
#[derive(Debug, Clone)]
pub(super) struct Doc<T>(Option<T>);

impl<T> Doc<T> {
    /// The value, or which row does not decode.
    pub(super) fn of(self, table: &'static str, id: &impl ToString, column: &str) -> Result<T, StoreError> {
        let why = format!("its {column} does not decode");
        self.0.ok_or_else(|| StoreError::Corrupt { table, id: id.to_string(), why })
    }
}

impl<DB: Database, T> Type<DB> for Doc<T>
where
    Json<T>: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        Json::<T>::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        Json::<T>::compatible(ty)
    }
}

impl<'r, DB: Database, T> Decode<'r, DB> for Doc<T>
where
    Json<T>: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(Json::<T>::decode(value).ok().map(|Json(value)| value)))
    }
}
