//! Block Kit: messages, forms and the home page.
