# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
# rust-toolchain.toml is not copied: the image holds the toolchain already.
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --workspace \
    && cp target/release/firebell /usr/local/bin/firebell

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home \
        --home-dir /data --shell /usr/sbin/nologin firebell \
    && install -d -o firebell -g firebell -m 0700 /data
COPY --from=build /usr/local/bin/firebell /usr/local/bin/firebell
USER firebell
WORKDIR /data
# The database, and the installation's key when FIREBELL_KEY is not set.
VOLUME /data
ENV FIREBELL_DATABASE_URL=sqlite:/data/firebell.db
EXPOSE 7373
ENTRYPOINT ["firebell"]
CMD ["serve", "--listen", "0.0.0.0:7373"]
