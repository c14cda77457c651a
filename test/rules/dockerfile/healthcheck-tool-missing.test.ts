import rule from "../../../src/rules/dockerfile/healthcheck-tool-missing.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y curl
    HEALTHCHECK CMD curl -f http://localhost/
    `,
    `
    FROM alpine:3.22
    HEALTHCHECK CMD wget -qO- http://localhost/
    `,
    `
    FROM nginx:1.28
    HEALTHCHECK CMD curl -f http://localhost/
    `,
    `
    FROM debian:12
    RUN ./install.sh
    HEALTHCHECK CMD curl -f http://localhost/
    `,
    `
    FROM debian:12
    RUN apt-get install -y $PACKAGES
    HEALTHCHECK CMD curl -f http://localhost/
    `,
    `
    FROM scratch
    COPY --from=x /bin/curl /bin/
    HEALTHCHECK CMD ["/bin/curl", "http://localhost/"]
    `,
    `
    FROM alpine:3.22
    HEALTHCHECK CMD curl -f http://localhost/ || wget -qO- http://localhost/
    `,
    `
    FROM debian:12
    HEALTHCHECK NONE
    `,
    `
    FROM debian:12
    HEALTHCHECK CMD /app --check
    `,
    `
    FROM debian:$V
    HEALTHCHECK CMD curl http://localhost
    `,
    `
    FROM alpine:3.22
    COPY --from=x / /
    HEALTHCHECK CMD curl http://localhost
    `,
  ],
  found: [
    `
    FROM debian:12-slim
    HEALTHCHECK CMD curl -f http://localhost/ || exit 1
                    ~~~~ nothing brings "curl" to "debian:12-slim"
    `,
    `
    # ü
    FROM node:22-alpine AS base
    RUN apk add tini
    FROM base
    healthcheck --interval=5s \\
      # note
      CMD ["curl", "http://localhost/"]
           ~~~~~~ nothing brings "curl" to "node:22-alpine"
    `,
    `
    FROM gcr.io/distroless/static-debian12
    HEALTHCHECK CMD ["wget", "-qO-", "http://localhost/"]
                     ~~~~~~ nothing brings "wget" to "gcr.io/distroless/static-debian12"
    `,
    `
    FROM python:3.13-slim-bookworm
    COPY . /app
    HEALTHCHECK CMD nc -z localhost 80
                    ~~ nothing brings "nc" to "python:3.13-slim-bookworm"
    `,
    `
    FROM mcr.microsoft.com/dotnet/aspnet:9.0
    HEALTHCHECK CMD curl -f http://localhost/
                    ~~~~ nothing brings "curl" to "mcr.microsoft.com/dotnet/aspnet:9.0"
    `,
    `
    FROM scratch
    HEALTHCHECK CMD ["/bin/wget", "http://localhost/"]
                     ~~~~~~~~~~~ nothing brings "wget" to "scratch"
    `,
  ],
});
