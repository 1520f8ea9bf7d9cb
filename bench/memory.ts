import { createLab } from "../lab/netns";
import { decode, type Values } from "../provider/doors/pulumi/codec";
import type { Bench } from "./figure";
import { worst } from "./figure";
import { fleetGuests, fleetPolicy } from "./fleet";
import { inventory } from "./host";
import { fieldOf, message, Plugin, struct } from "./plugin";

const HOSTS = 100;
const GUESTS = 50;
const LIMIT_MB = 300;
/** The number of operations that the engine runs at once by default. */
const IN_FLIGHT = 16;

const name = (index: number) => `hv-${String(index + 1).padStart(3, "0")}`;
const URN = "urn:pulumi:dev::bench::csp:";

export const memory: Bench = {
  name: "memory",
  what: `the plugin's largest resident memory over a run that adopts ${HOSTS} hosts, puts a policy of ${GUESTS} guests on each and reads all of it back, against ${LIMIT_MB} MB`,
  aim: "<= 1",
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    // All guests of the fleet differ.
    const fleet = fleetGuests(HOSTS * GUESTS);
    for (const plane of planes) {
      progress(`${plane.name}: a lab of ${HOSTS} hosts`);
      // The guests do not run, because the plugin keeps the same data about them.
      const lab = await createLab(
        {
          name: `b-memory-${plane.name}`,
          hosts: Array.from({ length: HOSTS }, (_, index) => ({ name: name(index), backend: plane.backend, diskMb: 8 })),
          guests: [],
        },
        { replace: true },
      );
      const plugin = await Plugin.start(process.env.CSP_BENCH_PLUGIN);
      try {
        const hosts = Object.assign({}, ...lab.hosts.map(inventory));
        await plugin.call("Configure", message({ 2: struct({ hosts: JSON.stringify(hosts) }) }));
        const each = async (work: (host: string) => Promise<unknown>) => {
          const left = lab.hosts.map((host) => host.name);
          const worker = async () => {
            for (let host = left.shift(); host !== undefined; host = left.shift()) await work(host);
          };
          await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
        };
        progress(`${plane.name}: ${HOSTS} hosts adopted, ${HOSTS * GUESTS} guests' policies put on them`);
        await each((host) => plugin.call("Create", message({ 1: `${URN}index:Host::${host}`, 2: struct({ host, ...plane.inputs }) })));
        parts[`${plane.name} MB when the hosts are adopted`] = plugin.memory();
        const policies = new Map(
          lab.hosts.map((host, index) => {
            const first = index * GUESTS;
            return [host.name, { ...fleetPolicy(fleet.slice(first, first + GUESTS), {}, first), host: host.name }];
          }),
        );
        const policy = (host: string) => policies.get(host) ?? {};
        const created = new Map<string, Values>();
        await each(async (host) => {
          const request = message({ 1: `${URN}firewall:HostPolicy::${host}`, 2: struct(policy(host)) });
          created.set(host, decode(fieldOf(await plugin.call("Create", request), 2)).values);
        });
        parts[`${plane.name} MB when the policies are there`] = plugin.memory();
        progress(`${plane.name}: all of it is read back`);
        await each((host) => {
          const outputs = struct(created.get(host) ?? {});
          const inputs = struct(policy(host));
          return plugin.call("Read", message({ 1: `${host}/guests`, 2: `${URN}firewall:HostPolicy::${host}`, 3: outputs, 4: inputs }));
        });
        parts[`${plane.name} MB at most`] = plugin.memory("VmHWM");
      } finally {
        await plugin.stop();
        await lab.down();
      }
    }
    const most = planes.map((plane) => parts[`${plane.name} MB at most`] ?? Number.NaN);
    return { ratio: worst(most, "<= 1") / LIMIT_MB, parts, samples: { "MB at most": most } };
  },
};
