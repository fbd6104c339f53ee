import { assert, assertEquals } from "@std/assert";
import { becomes, property } from "../support/host_world.ts";
import { eventually } from "../support/processes.ts";
import { shell } from "../support/program.ts";
import { GRAPH, serviceTest, sh, UNIT } from "../support/service_world.ts";

const etcd = () =>
  shell("pgrep -f -- '--data-dir=[/]var/lib/mgmt/hosts/h1/'").then((text) => text.trim());

serviceTest(
  "etcd outlives a killed agent of a service, and is found by the next one",
  "  noop:\n  - name: n\n",
  async () => {
    const { code } = await sh(`mgmt service install ${GRAPH} --hostname h1 --ideal-cluster-size 3`);
    assertEquals(code, 0);
    assert(await eventually(async () => await etcd() !== "", 60_000));
    const [process, agent] = [await etcd(), await property(UNIT, "MainPID")];
    // What starts it is in the unit's own group until it has made the scope.
    const cgroup = () => shell(`cat /proc/${process}/cgroup`);
    assert(await eventually(async () => (await cgroup()).includes(".scope")), await cgroup());
    assert(
      await eventually(
        async () => (await shell("journalctl -u mgmt")).includes("joined cluster"),
        60_000,
      ),
    );
    await shell(`kill -9 ${agent}`);
    const isNext = (pid: string) => pid !== "0" && pid !== agent;
    assert(await eventually(async () => isNext(await property(UNIT, "MainPID")), 60_000));
    assertEquals(await etcd(), process);
    await becomes(UNIT, "ActiveState", "active");
    // A stop in good order ends it too.
    await shell("systemctl stop mgmt");
    assert(await eventually(async () => await etcd() === ""));
  },
);

serviceTest(
  "a host that waits for its seeds says so to commands that name nothing, and what waits with it",
  '  exec:\n  - {name: one, cmd: "true", meta: {sema: ["fleet:x"]}}\n',
  async () => {
    const { code } = await sh(`mgmt service install ${GRAPH} --seeds 127.0.0.1:1`);
    assertEquals(code, 0);
    for (const command of ["members", "cluster status"]) {
      let said = "";
      const isSaid = await eventually(async () => {
        said = (await sh(`mgmt ${command}`)).said;
        return said.includes("is in no cluster yet; its agent said last: waiting for the seeds");
      }, 60_000);
      assert(isSaid, said);
    }
    const status = () => property(UNIT, "StatusText");
    assert(await eventually(async () => /Exec\[one\] waits/.test(await status())), await status());
  },
);
