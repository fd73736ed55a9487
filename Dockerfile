# The whole of Sekisho in one image: `sekisho up` with its embedded database, or one process each (docker-compose.yml).
# Debian with glibc, because the embedded PostgreSQL does not run on musl.
FROM node:24-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npm run build && npm prune --omit=dev
# The base image has the Node that the npm package `node` brings for older machines. Sources were compiled to dist/.
RUN rm -rf node_modules/node node_modules/node-bin-* node_modules/.bin/node apps/*/src libs/*/src

FROM node:24-slim
# Sign-up checks in half the time (docs/adr/0007-oprf-group.md).
RUN apt-get update && apt-get install -y --no-install-recommends libsodium23 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production SEKISHO_DATA_DIR=/var/lib/sekisho
# An account of its own, not the base image's `node`. Volumes mounted on the data directory inherit its owner and mode.
RUN groupadd --system --gid 990 sekisho \
  && useradd --system --uid 990 --gid sekisho --home-dir /var/lib/sekisho --shell /usr/sbin/nologin sekisho \
  && install -d -o sekisho -g sekisho -m 0700 /var/lib/sekisho \
  && ln -s /opt/sekisho/apps/cli/bin/sekisho.mjs /usr/local/bin/sekisho
WORKDIR /opt/sekisho
# Programs belong to root and are not written to at run time: the root file system may be read-only.
COPY --from=build /src/package.json /src/LICENSE /src/FIXTURES.md ./
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/libs ./libs
COPY --from=build /src/apps ./apps
# The worker's warning lists, and what `sekisho demo` replays.
COPY --from=build /src/data ./data
COPY --from=build /src/fixtures ./fixtures
# The hub serves the code of conduct that members accept.
COPY --from=build /src/docs/code-of-conduct-federation*.md ./docs/
USER sekisho
VOLUME /var/lib/sekisho
EXPOSE 8080/tcp 5353/udp 5353/tcp
STOPSIGNAL SIGTERM
ENTRYPOINT ["sekisho"]
CMD ["up"]
