import rule from "../../../src/rules/compose/service-with-host-device.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    services:
      web:
        image: app:1
        devices: [/dev/null, '/dev/zero:/dev/zero:r', nvidia.com/gpu=all]
    `,
    `
    services:
      web:
        image: app:1
        devices: ["\${DEV}:/dev/x"]
    `,
  ],
  found: [
    `
    services:
      web:
        devices:
          - /dev/sda1:/dev/xvda:r
            ~~~~~~~~~~~~~~~~~~~~~ service "web" gets device "/dev/sda1", a disk
          - source: /dev/kvm
                    ~~~~~~~~ service "web" gets device "/dev/kvm", virtual machines
            target: /dev/kvm
          - /dev/ttyUSB0
            ~~~~~~~~~~~~ service "web" gets device "/dev/ttyUSB0"
          - /dev/mem
            ~~~~~~~~ service "web" gets device "/dev/mem", the memory of the kernel
    `,
  ],
});
