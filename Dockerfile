# Compiles estaleiro into one file that needs no library: the step of ./estaleiro.hcl.
FROM debian:bookworm AS build
WORKDIR /src
COPY scripts/setup scripts/setup
COPY scripts/lib scripts/lib
RUN scripts/setup build
COPY CMakeLists.txt ./
COPY cmake cmake
COPY proto proto
COPY src src
COPY bench bench
RUN cmake -B /build -G Ninja -D CMAKE_BUILD_TYPE=Release -D ESTALEIRO_TESTS=OFF -D ESTALEIRO_STATIC=ON && \
    cmake --build /build --target estaleiro && \
    install -s /build/bin/estaleiro /bin/estaleiro
