import rule from "../../../src/rules/dockerfile/copy-credential-file.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY package.json .env.example id_rsa.pub ca.pem server.crt /app/
    COPY .env.example .env
    COPY certs/ca-bundle.pem /etc/ssl/
    COPY nodesource.gpg.key apt-repo.key /etc/apt/
    COPY truststore.jks /app/
    COPY src/credentials.ts credentials.go credentials.yml.enc /app/
    COPY . /app
    COPY $FILE /app/
    `,
    `
    FROM a:1 AS certs
    RUN make-certs
    FROM a:1
    COPY --from=certs /out/tls.key /etc/tls.key
    RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
    COPY <<EOF /root/.npmrc
    registry=https://registry.example/
    EOF
    `,
  ],
  found: [
    `
    FROM a:1
    COPY .env /app/
         ~~~~ ".env" is copied into a layer (environment with secrets)
    add config/id_ed25519 .kube/config /root/
        ~~~~~~~~~~~~~~~~~ "config/id_ed25519" is copied into a layer (SSH private key)
                          ~~~~~~~~~~~~ ".kube/config" is copied into a layer (cluster credentials)
    COPY npmrc /root/.npmrc
               ~~~~~~~~~~~~ "/root/.npmrc" is copied into a layer (npm registry token)
    `,
    `
    # ü
    FROM a:1 AS build
    COPY .netrc \\
         ~~~~~~ ".netrc" is copied into a layer (passwords of servers)
      # note
      server.key /root/
      ~~~~~~~~~~ "server.key" is copied into a layer (private key)
    FROM b:1
    ARG NAME=prod
    COPY .env.$NAME ["/app/"]
         ~~~~~~~~~~ ".env.prod" is copied into a layer (environment with secrets)
    COPY ["service-account-prod.json", "terraform.tfstate", "/app/"]
          ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "service-account-prod.json" is copied into a layer (service account key)
                                       ~~~~~~~~~~~~~~~~~~~ "terraform.tfstate" is copied into a layer (Terraform state)
    ONBUILD COPY .npmrc .
                 ~~~~~~ ".npmrc" is copied into a layer (npm registry token)
    COPY --from=build /root/.netrc /root/
                      ~~~~~~~~~~~~ "/root/.netrc" is copied into a layer (passwords of servers)
    COPY <<EOF /root/.npmrc
               ~~~~~~~~~~~~ "/root/.npmrc" is copied into a layer (npm registry token)
    //registry.example/:_authToken=abc
    EOF
    `,
  ],
  withOptions: [
    {
      options: { allowed: [".npmrc"] },
      clean: [
        `
        FROM a:1
        COPY .npmrc ./
        `,
      ],
    },
  ],
});
