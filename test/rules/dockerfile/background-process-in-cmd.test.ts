import rule from "../../../src/rules/dockerfile/background-process-in-cmd.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    CMD ["nginx", "-g", "daemon off;"]
    `,
    `
    FROM a:1
    RUN echo "daemon off;" >> /etc/nginx/nginx.conf
    CMD ["nginx"]
    `,
    `
    FROM a:1
    COPY nginx.conf /etc/nginx/
    CMD nginx
    `,
    `
    FROM a:1
    CMD app & wait
    `,
    `
    FROM a:1
    CMD service nginx start && tail -f /var/log/x
    `,
    `
    FROM a:1
    CMD ["/usr/sbin/sshd", "-D"]
    `,
    `
    FROM a:1
    CMD ["apachectl", "-D", "FOREGROUND"]
    `,
    `
    FROM a:1
    CMD ["redis-server", "--daemonize", "no"]
    `,
    `
    FROM a:1
    CMD ["cron", "-f"]
    `,
    `
    FROM a:1
    CMD nginx $FLAGS
    `,
    `
    FROM a:1
    CMD ["nginx"]
    FROM b:1
    CMD ["apache2-foreground"]
    `,
  ],
  found: [
    `
    FROM a:1
    CMD ["/usr/sbin/nginx"]
         ~~~~~~~~~~~~~~~~~ "nginx" goes into the background without "daemon off;"
    `,
    `
    FROM a:1
    cmd app --port 80 &
        ~~~ "app" is started in the background, and nothing stays
    `,
    `
    # ü
    FROM a:1 AS base
    ENTRYPOINT prepare && \\
      # note
      /usr/sbin/sshd
      ~~~~~~~~~~~~~~ "sshd" goes into the background without "-D"
    FROM base
    `,
    `
    FROM a:1
    CMD ["sh", "-c", "redis-server --daemonize yes"]
                      ~~~~~~~~~~~~ "redis-server" goes into the background with "--daemonize yes"
    `,
    `
    FROM a:1
    CMD service apache2 start
        ~~~~~~~ "service" goes into the background as services do
    `,
    `
    FROM a:1
    CMD exec apachectl start
             ~~~~~~~~~ "apachectl" goes into the background without "-D FOREGROUND"
    `,
    `
    FROM a:1
    CMD ["/etc/init.d/x", "start"]
         ~~~~~~~~~~~~~~~ "x" goes into the background as services do
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      CMD app &
      `,
      after: `
      FROM a:1
      CMD app
      `,
    },
  ],
});
