import { AptRepository } from "../support/apt_repository.ts";
import { conform } from "../support/conformance.ts";
import { hostKinds } from "../support/kinds.ts";

Deno.test.beforeAll(async () => {
  const repository = new AptRepository("/srv/mgmt-examples");
  await repository.offer({ name: "powertop", version: "2.14-1" });
  await repository.use();
});

conform(hostKinds);
