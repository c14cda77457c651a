import rule from "../../../src/rules/dockerfile/xdebug-installed.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN pecl install redis
    `,
    `
    FROM a:1
    RUN pecl uninstall xdebug
    `,
    `
    FROM a:1
    RUN pecl install redis
    FROM a:1 AS app-dev
    RUN pecl install xdebug
    `,
    `
    FROM a:1 AS b
    RUN pecl install xdebug
    FROM a:1
    `,
    `
    FROM a:1
    RUN echo xdebug
    `,
    `
    FROM a:1
    RUN rm /etc/xdebug.ini
    `,
    `
    FROM a:1
    RUN apt-get remove -y php-xdebug
    `,
  ],
  found: [
    `
    FROM a:1
    RUN pecl install xdebug
                     ~~~~~~ "xdebug" is in the image
    `,
    `
    FROM a:1
    RUN pecl install xdebug-3.4.2 && docker-php-ext-enable xdebug
                     ~~~~~~~~~~~~ "xdebug-3.4.2" is in the image
    `,
    `
    FROM a:1
    RUN docker-php-ext-enable redis xdebug
                                    ~~~~~~ "xdebug" is in the image
    `,
    `
    FROM a:1
    RUN apt-get update && apt-get install -y php8.4-xdebug=1.2
                                             ~~~~~~~~~~~~~~~~~ "php8.4-xdebug=1.2" is in the image
    `,
    `
    FROM a:1 AS b
    RUN apk add --no-cache \\
      # é
      php83-pecl-xdebug
      ~~~~~~~~~~~~~~~~~ "php83-pecl-xdebug" is in the image
    FROM b
    RUN install-php-extensions gd xdebug
                                  ~~~~~~ "xdebug" is in the image
    `,
  ],
});
