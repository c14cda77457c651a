import rule from "../../../src/rules/dockerfile/composer-dev-packages.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN composer install --no-dev
    `,
    `
    FROM a:1
    RUN COMPOSER_NO_DEV=1 composer install
    `,
    `
    FROM a:1
    ENV COMPOSER_NO_DEV=1
    RUN composer install
    `,
    `
    FROM a:1
    RUN composer dump-autoload
    `,
    `
    FROM a:1
    RUN composer global require x
    `,
    `
    FROM a:1 AS b
    RUN composer install
    FROM c:1
    `,
    `
    FROM a:1 AS dev
    RUN composer install
    `,
    `
    FROM a:1
    RUN composer install $COMPOSER_FLAGS
    `,
    `
    FROM a:1
    RUN echo composer install
    `,
    `
    FROM a:1
    RUN composer -d /app install --no-dev
    `,
  ],
  found: [
    `
    FROM a:1
    RUN composer install
                 ~~~~~~~ "composer install" installs development packages
    `,
    `
    FROM a:1
    RUN php /usr/bin/composer.phar update -o
                                   ~~~~~~ "composer update" installs development packages
    `,
    `
    FROM a:1
    RUN COMPOSER_NO_DEV=0 composer -d /app install
                                           ~~~~~~~ "composer install" installs development packages
    `,
    `
    FROM a:1 AS b
    ONBUILD RUN --mount=type=cache,target=/c composer \\
      # é
      install -n
      ~~~~~~~ "composer install" installs development packages
    FROM b
    RUN ["composer", "install"]
                     ~~~~~~~~~ "composer install" installs development packages
    RUN <<EOF
    composer i
             ~ "composer i" installs development packages
    EOF
    `,
  ],
  fixed: [
    {
      before: `
    FROM a:1
    RUN composer install -n
    `,
      after: `
    FROM a:1
    RUN composer install --no-dev -n
    `,
    },
  ],
});
