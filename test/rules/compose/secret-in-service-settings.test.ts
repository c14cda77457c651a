import rule from "../../../src/rules/compose/secret-in-service-settings.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        environment: [DB_PASSWORD, 'API_TOKEN=\${API_TOKEN}', PASSWORD_FILE=/run/secrets/p, A=b]
    `,
    `
    services:
      web:
        image: app:1
        environment: {DB_PASSWORD: , TOKEN: "\${T:?set it}", ALLOW_EMPTY_PASSWORD: "yes"}
    `,
    `
    services:
      web:
        image: app:1
        secrets: [db_password]
    `,
  ],
  found: [
    `
    services:
      web:
        environment:
          DB_PASSWORD: hunter2x9
          ~~~~~~~~~~~ "DB_PASSWORD" in environment of service "web" holds a secret
      b:
        environment:
          - API_TOKEN=\${T:-s3cr3t77}
            ~~~~~~~~~~~~~~~~~~~~~~~~ "API_TOKEN" in environment of service "b" holds a secret
        build:
          args:
            NPM_TOKEN: abc123def
            ~~~~~~~~~ "NPM_TOKEN" in build.args of service "b" holds a secret
        labels:
          admin.password: "hunter2x9"
          ~~~~~~~~~~~~~~ "admin.password" in labels of service "b" holds a secret
    `,
  ],
});
