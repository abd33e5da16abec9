# The image of Cairn: Node.js, the libraries it needs, the compiled program, and nothing else. See docs/compose.md.
#
#   docker build -t cairn .

# An official image of Node.js on Debian 12 or newer, with Node.js 20.19 or newer and npm.
ARG NODE_IMAGE=node:24-bookworm-slim

# ---- the program: TypeScript to JavaScript
FROM ${NODE_IMAGE} AS program
WORKDIR /src
COPY .npmrc package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build && find dist -type f ! -name cairn.js ! -path dist/cairnctl.js ! -path 'dist/program.js*' ! -path 'dist/ctlProgram.js*' \
      ! -path 'dist/dashboard/*' -delete && \
    rm dist/program.js.map dist/ctlProgram.js.map && find dist -type d -empty -delete

# ---- what it runs on: packages for production, the database among them
FROM ${NODE_IMAGE} AS packages
WORKDIR /opt/cairn
COPY .npmrc package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# What the image is made of (CycloneDX); it stays in it as /opt/cairn/sbom.cdx.json. npm fails for packages that are named and not there.
RUN npm pkg delete devDependencies && npm sbom --sbom-format=cyclonedx >sbom.cdx.json
# The package brings a binary for x86-64. Elsewhere, or if it is asked for, the database is compiled (a quarter of an hour
# on one core); the compiler stays behind in this stage. Not by `npm rebuild`: the package's own install script never compiles.
ARG COMPILE_ROCKSDB=auto
RUN if [ "$COMPILE_ROCKSDB" = always ] || ! node -e "require('rocksdb')" 2>/dev/null; then \
      apt-get update && apt-get install -y --no-install-recommends python3 make g++ && \
      npm_config_nodedir=/usr/local JOBS=max npm explore rocksdb -- node-gyp rebuild && \
      node -e "require('rocksdb')"; \
    fi
COPY scripts/packaging/image /packaging
RUN node /packaging/pruneModules.js node_modules

# ---- the root of the image
FROM packages AS root
RUN node /packaging/systemFiles.js /root-of-image /opt/cairn/node_modules
RUN install -D --mode=0755 /packaging/cairn /root-of-image/usr/local/bin/cairn && \
    install --mode=0755 /packaging/cairnctl /root-of-image/usr/local/bin/cairnctl && \
    mkdir -p /root-of-image/opt && cp -a /opt/cairn /root-of-image/opt/cairn && \
    rm /root-of-image/opt/cairn/.npmrc /root-of-image/opt/cairn/package-lock.json && \
    install -d --owner=65532 --group=65532 --mode=0700 /root-of-image/var/lib/cairn && \
    install -d --owner=65532 --group=65532 --mode=0700 /root-of-image/run/cairn && \
    install -d --mode=1777 /root-of-image/tmp
COPY LICENSE /root-of-image/opt/cairn/LICENSE
COPY --from=program /src/dist /root-of-image/opt/cairn/dist

FROM scratch
COPY --from=root /root-of-image /

# Inside a container every interface is the container's own. What is advertised suits a published port on this machine;
# the members of a cluster advertise their own names. The data directory is one below the volume, so that Cairn makes it
# itself, private, whatever mode the volume is handed over with.
ENV PATH=/usr/local/bin \
    NODE_ENV=production \
    ETCD_DATA_DIR=/var/lib/cairn/data \
    ETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:2379 \
    ETCD_ADVERTISE_CLIENT_URLS=http://localhost:2379 \
    ETCD_LISTEN_PEER_URLS=http://0.0.0.0:2380 \
    ETCD_INITIAL_ADVERTISE_PEER_URLS=http://localhost:2380

USER 65532:65532
RUN --mount=type=bind,source=scripts/packaging/image/smoke.js,target=/smoke.js --mount=type=tmpfs,target=/tmp \
    ["node", "/smoke.js", "/tmp"]

VOLUME /var/lib/cairn
EXPOSE 2379 2380
ENTRYPOINT ["cairn"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["cairn", "healthcheck"]

ARG VERSION=0.2.0
ARG REVISION=
LABEL org.opencontainers.image.title="Cairn" \
      org.opencontainers.image.description="A highly available key-value store that speaks etcd's v2 API" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      io.cairn.sbom="/opt/cairn/sbom.cdx.json"
