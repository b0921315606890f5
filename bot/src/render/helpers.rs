//! What the helpers of templates are for, one line each.

/// A helper's name, how it is written, and what it does. The tests hold the list against those that are registered.
pub(super) const HELPERS: [(&str, &str, &str); 23] = [
    ("and", "(and a b)", "True where both hold; within another helper, as in `{{#if (and a b)}}`."),
    (
        "each",
        "{{#each list}}...{{else}}...{{/each}}",
        "The block once for each item of a list or field of an object; the other branch where there is none.",
    ),
    ("eq", "(eq a b)", "True where both are the same."),
    ("gt", "(gt a b)", "True where the first number is greater."),
    ("gte", "(gte a b)", "True where the first number is greater, or both are the same."),
    ("href", "{{href url label}}", "An address that can be followed, under the label where there is one."),
    (
        "if",
        "{{#if value}}...{{else}}...{{/if}}",
        "The block where the value is true, or a text or list that is not empty.",
    ),
    ("len", "(len list)", "How many items a list has, or letters a text."),
    ("log", "{{log value}}", "Writes nothing into the document."),
    ("lookup", "{{lookup object name}}", "The field of an object whose name is the value of another variable."),
    ("lt", "(lt a b)", "True where the first number is less."),
    ("lte", "(lte a b)", "True where the first number is less, or both are the same."),
    ("ne", "(ne a b)", "True where both are not the same."),
    ("not", "(not a)", "True where it does not hold."),
    ("or", "(or a b)", "True where one of them holds."),
    ("picture", "{{picture \"causes\"}}", "A drawing: `causes` shows what led to what, `timeline` what happened when."),
    ("raw", "{{{{raw}}}}...{{{{/raw}}}}", "The block as it stands, with its braces."),
    (
        "rows",
        "{{#rows rows}}...{{else}}...{{/rows}}",
        "As `each`, and in a fraction of the time where a timeline is long.",
    ),
    ("say", "{{say partial}}", "An entry's own sentence, by its kind; within the rows of a timeline."),
    ("unless", "{{#unless value}}...{{else}}...{{/unless}}", "The block where `if` would show its other branch."),
    ("with", "{{#with value}}...{{/with}}", "The block, in which names are those of the value."),
    (
        "written",
        "{{#written \"lessons\" title=\"Lessons\"}}...{{/written}}",
        "A section that people write, under its key; the block stands there until somebody does. With `level=4` its headings begin there and not at 3.",
    ),
    ("yaml", "{{yaml value}}", "A value as YAML, for front matter."),
];
