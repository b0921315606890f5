-- What only one process at a time may do: who does it, and until when nobody else may. The token rises with every new holder.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder UUID NOT NULL,
    token BIGINT NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
