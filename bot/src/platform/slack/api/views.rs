//! Modals and the home page.

use serde::Serialize;

use super::{Api, ApiError, Method};
use crate::platform::lenient::answer;

#[derive(Serialize)]
struct Show<'a, V: ?Sized> {
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    view_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    /// What the view was when it was last seen: it is not replaced when it has changed since.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a str>,
    view: &'a V,
}

answer! {
    struct Shown {
        view: ShownView,
    }
}

answer! {
    struct ShownView {
        id: String,
    }
}

impl Api {
    /// Opens a modal and gives its id. A trigger is good for 3 s after the person did what gave it.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `expired_trigger_id`, `exchanged_trigger_id` or `invalid_trigger_id`.
    pub async fn views_open<V: Serialize + Sync + ?Sized>(&self, trigger: &str, view: &V) -> Result<String, ApiError> {
        let request = Show { trigger_id: Some(trigger), view_id: None, user_id: None, hash: None, view };
        let shown: Shown = self.call(Method::ViewsOpen, None, &request).await?;
        Ok(shown.view.id)
    }

    /// Replaces a modal that is open.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `not_found` when it was closed meanwhile.
    pub async fn views_update<V>(&self, id: &str, hash: Option<&str>, view: &V) -> Result<(), ApiError>
    where
        V: Serialize + Sync + ?Sized,
    {
        let request = Show { trigger_id: None, view_id: Some(id), user_id: None, hash, view };
        self.call::<_, Shown>(Method::ViewsUpdate, None, &request).await.map(drop)
    }

    /// Shows a person their home page.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn views_publish<V: Serialize + Sync + ?Sized>(&self, user: &str, view: &V) -> Result<(), ApiError> {
        let request = Show { trigger_id: None, view_id: None, user_id: Some(user), hash: None, view };
        self.call::<_, Shown>(Method::ViewsPublish, None, &request).await.map(drop)
    }
}
