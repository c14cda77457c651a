import rule from "../../../src/rules/dockerfile/opcache-not-enabled.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM php:8.4-cli
    `,
    `
    FROM php:8.5-fpm
    `,
    `
    FROM php:fpm
    `,
    `
    FROM php:8.4-fpm
    RUN docker-php-ext-install -j2 opcache gd
    `,
    `
    FROM php:8.4-apache AS b
    RUN docker-php-ext-enable opcache
    FROM b
    `,
    `
    FROM php:8.4-fpm
    COPY docker/php/ $PHP_INI_DIR/conf.d/
    `,
    `
    FROM php:$V-fpm
    `,
    `
    FROM team/php:8.4-fpm
    `,
    `
    FROM php:8.4-fpm
    RUN echo 'zend_extension=opcache' > /usr/local/etc/php/x.ini
    `,
  ],
  found: [
    `
    FROM php:8.4-fpm
         ~~~~~~~~~~~ nothing enables OPcache of "php:8.4-fpm"
    COPY . /é
    `,
    `
    ARG V=8.3
    FROM docker.io/library/php:$V-apache-bookworm AS base
    FROM base AS app
         ~~~~ nothing enables OPcache of "docker.io/library/php:8.3-apache-bookworm"
    RUN docker-php-ext-install gd
    `,
  ],
});
