/** All checks of `mgmt doctor`, in the order of its answer. */

import { agent } from "./checks/agent.ts";
import { authors } from "./checks/authors.ts";
import { certificates } from "./checks/certificates.ts";
import { clock } from "./checks/clock.ts";
import { disk } from "./checks/disk.ts";
import { etcd } from "./checks/etcd.ts";
import { inotify } from "./checks/inotify.ts";
import { leftovers } from "./checks/leftovers.ts";
import { memory } from "./checks/memory.ts";
import { messageBus } from "./checks/message_bus.ts";
import { network } from "./checks/network.ts";
import { packagekit } from "./checks/packagekit.ts";
import { permissions } from "./checks/permissions.ts";
import { quota } from "./checks/quota.ts";
import { service } from "./checks/service.ts";
import { version } from "./checks/version.ts";
import type { DoctorCheck } from "./finding.ts";

export const CHECKS: readonly DoctorCheck[] = [
  agent,
  version,
  service,
  permissions,
  inotify,
  authors,
  messageBus,
  packagekit,
  disk,
  memory,
  clock,
  quota,
  etcd,
  network,
  certificates,
  leftovers,
];
