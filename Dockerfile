# Estaleiro's own images: `build` compiles, `resource` is what Concourse runs, `tests` tries just what `resource` ships.
#
#     docker build --target tests . && docker build --tag registry.example/estaleiro .
#
# The same by our own recipe: images/resource/estaleiro.hcl. The step of ./estaleiro.hcl is `build` too.

# Whose buildkitd and runc serve a put without `buildkit.address`.
ARG BUILDKIT=docker.io/moby/buildkit:v0.29.0@sha256:0039c1d47e8748b5afea56f4e85f14febaf34452bd99d9552d2daa82262b5cc5
FROM ${BUILDKIT} AS buildkit

# For where Concourse mounts no certificates of the worker.
FROM debian:bookworm AS certificates
ARG CA_CERTIFICATES=20250419~deb12u2
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates=$CA_CERTIFICATES

# Each program is one file that needs no library.
FROM debian:bookworm AS build
WORKDIR /src
COPY scripts/setup scripts/setup
COPY scripts/lib/common.sh scripts/lib/common.sh
RUN scripts/setup build
COPY CMakeLists.txt ./
COPY cmake cmake
COPY proto proto
COPY src src
COPY bench bench
RUN --mount=type=cache,target=/root/.cache/ccache \
    cmake -B /build -G Ninja -D CMAKE_BUILD_TYPE=Release -D ESTALEIRO_TESTS=OFF -D ESTALEIRO_STATIC=ON && \
    cmake --build /build --parallel "$(nproc)" --target check in out estaleiro && \
    install -s -D -t /opt/resource /build/bin/check /build/bin/in /build/bin/out && \
    install -s /build/bin/estaleiro /bin/estaleiro && \
    install -d -m 1777 /empty/tmp && rm -rf /build

FROM scratch AS resource
COPY --from=certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=certificates /etc/passwd /etc/group /etc/
COPY --from=buildkit /usr/bin/buildkitd /usr/bin/buildkit-runc /usr/local/bin/
COPY --from=build /empty/ /
COPY --from=build /opt/resource/ /opt/resource/
COPY --from=build /bin/estaleiro /usr/local/bin/estaleiro
ENV PATH=/usr/local/bin

FROM debian:bookworm AS tests
WORKDIR /src
COPY scripts/setup scripts/setup
COPY scripts/lib/common.sh scripts/lib/common.sh
RUN scripts/setup engine test
COPY tests/e2e tests/e2e
COPY --from=resource / /shipped
RUN tests/e2e/shipped /shipped

FROM resource
