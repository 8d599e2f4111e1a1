# The program alone: a static binary on an image without a shell.
FROM rust:1.95-alpine@sha256:606fd313a0f49743ee2a7bd49a0914bab7deedb12791f3a846a34a4711db7ed2 AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY rules rules
COPY src src
# On Alpine the standard library is musl's, and linked in.
RUN cargo build --release --locked --bin seaworthy

FROM gcr.io/distroless/static-debian12:nonroot@sha256:d093aa3e30dbadd3efe1310db061a14da60299baff8450a17fe0ccc514a16639
COPY --from=build /build/target/release/seaworthy /usr/local/bin/seaworthy
# Where Cloud Build and most runners put the checkout.
WORKDIR /workspace
USER nonroot
ENTRYPOINT ["/usr/local/bin/seaworthy"]
CMD ["check"]
