import rule from "../../../src/rules/dockerfile/secret-removed-in-later-layer.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN echo "$KEY" > /root/.ssh/id_rsa && git clone x && rm /root/.ssh/id_rsa
    `,
    `
    FROM a:1
    RUN rm -f /root/.ssh/id_rsa
    COPY id_rsa /root/.ssh/id_rsa
    `,
    `
    FROM a:1
    COPY id_rsa.pub package.json /root/.ssh/
    RUN rm -r /root/.ssh
    `,
    `
    FROM a:1 AS one
    COPY id_rsa /root/.ssh/
    FROM a:1
    RUN rm -rf /root/.ssh $X
    RUN --mount=type=tmpfs,target=/k cp x /k/id_rsa
    RUN rm /k/id_rsa
    `,
  ],
  found: [
    `
    FROM a:1
    COPY id_rsa /root/.ssh/
         ------ related: written here
    RUN git clone x
    run rm -rf /root/.ssh
               ~~~~~~~~~~ "/root/.ssh/id_rsa" stays in the layer that wrote it
    `,
    `
    # ü
    FROM a:1 AS base
    WORKDIR /app
    COPY .npmrc package.json ./
         ------ related: written here
    FROM base
    RUN npm ci && \\
      # note
      rm -f .npmrc
            ~~~~~~ "/app/.npmrc" stays in the layer that wrote it
    `,
    `
    FROM a:1
    RUN curl -o /k/service-account.json https://h/x
                                        ----------- related: written here
    RUN ssh-keygen -f /k/id_ed25519 -N ""
        --------------------------------- related: written here
    RUN <<EOF
    cd /k
    rm service-account.json
       ~~~~~~~~~~~~~~~~~~~~ "/k/service-account.json" stays in the layer that wrote it
    EOF
    RUN ["rm", "/k/id_ed25519"]
               ~~~~~~~~~~~~~~~ "/k/id_ed25519" stays in the layer that wrote it
    `,
  ],
});
