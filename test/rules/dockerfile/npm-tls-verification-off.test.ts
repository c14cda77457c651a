import rule from "../../../src/rules/dockerfile/npm-tls-verification-off.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV NPM_CONFIG_STRICT_SSL=true
    `,
    `
    FROM a:1
    RUN npm config set strict-ssl true
    `,
    `
    FROM a:1
    RUN npm config set strict-ssl=true
    `,
    `
    FROM a:1
    RUN npm config get strict-ssl false
    `,
    `
    FROM a:1
    RUN npm config set registry http://x
    `,
    `
    FROM a:1
    RUN npm ci --strict-ssl
    `,
    `
    FROM a:1
    RUN npm config set strict-ssl $STRICT
    `,
    `
    FROM a:1
    RUN echo npm config set strict-ssl false
    `,
    `
    FROM a:1
    RUN npm run set strict-ssl-false
    `,
    `
    FROM a:1
    ARG npm_config_strict_ssl
    `,
    `
    FROM a:1
    RUN echo strict-ssl=true > /root/.npmrc
    `,
  ],
  found: [
    `
    FROM a:1
    ENV NPM_CONFIG_STRICT_SSL=false
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NPM_CONFIG_STRICT_SSL" is off: no certificate is checked
    `,
    `
    FROM a:1
    ARG npm_config_strict_ssl='False'
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "npm_config_strict_ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN npm_config_strict_ssl=false npm ci
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~ "npm_config_strict_ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN npm config set strict-ssl false
                       ~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN npm config set strict-ssl=false && npm c set -g strict-ssl "false"
                       ~~~~~~~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
                                                        ~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN npm set strict-ssl false
                ~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN yarn config set strict-ssl false && yarn config set enableStrictSsl false
                        ~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
                                                            ~~~~~~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN npm ci --no-strict-ssl && npm ci --strict-ssl=false && npm i --strict-ssl false x
               ~~~~~~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
                                         ~~~~~~~~~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
                                                                     ~~~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN echo 'strict-ssl=false' >> ~/.npmrc
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    COPY <<EOF /root/.npmrc
         ~~~~~ "strict-ssl" is off: no certificate is checked
    registry=https://x
    strict-ssl = false
    EOF
    `,
    `
    FROM a:1
    RUN npm ci && \\
        # é
        npm config set \\
          strict-ssl false
          ~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
    `,
    `
    FROM a:1
    RUN ["npm", "config", "set", "strict-ssl", "false"]
                                 ~~~~~~~~~~~~ "strict-ssl" is off: no certificate is checked
    `,
  ],
});
