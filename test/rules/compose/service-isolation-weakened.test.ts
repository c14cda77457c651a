import rule from "../../../src/rules/compose/service-isolation-weakened.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        cgroup: private
        group_add: [mail]
        runtime: runsc
    `,
    `
    services:
      web:
        image: app:1
        device_cgroup_rules: ['c 1:3 mr']
    `,
    `
    services:
      web:
        image: app:1
        oom_kill_disable: false
        pid: host
    `,
    `
    services:
      web:
        image: app:1
        sysctls: [net.ipv4.tcp_syncookies=1]
    `,
  ],
  found: [
    `
    services:
      web:
        cgroup: host
                ~~~~ service "web" is in the control group namespace of the host
        pid: service:db
             ~~~~~~~~~~ service "web" is in the process namespace of another
        security_opt:
          - systempaths=unconfined
            ~~~~~~~~~~~~~~~~~~~~~~ service "web" has the kernel's files unmasked
        group_add:
          - docker
            ~~~~~~ service "web" is in group "docker"
          - 0
            ~ service "web" is in group "0"
        device_cgroup_rules:
          - "c *:* rwm"
            ~~~~~~~~~~~ service "web" may use devices by wildcard
        oom_kill_disable: true
                          ~~~~ service "web" is never ended when memory runs out
        runtime: custom
                 ~~~~~~ service "web" runs under runtime "custom"
        sysctls:
          kernel.msgmax: 1
          ~~~~~~~~~~~~~ service "web" sets "kernel.msgmax", which is not known to be safe
    `,
  ],
});
