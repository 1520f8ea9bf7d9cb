/** A server in the rack, and what it becomes. */
export interface Server {
  /** The MAC of the interface that it boots from and that is its management interface. */
  readonly mac: string;
  readonly address: string;
  readonly disk: string;
}

export const rack: Readonly<Record<string, Server>> = {
  "hv-01": { mac: "00:16:3e:00:00:01", address: "192.0.2.11", disk: "sda" },
  "hv-02": { mac: "00:16:3e:00:00:02", address: "192.0.2.12", disk: "sda" },
  "hv-03": { mac: "00:16:3e:00:00:03", address: "192.0.2.13", disk: "sda" },
};

export const network = { netmask: "255.255.255.0", gateway: "192.0.2.1", nameServers: ["192.0.2.53"], ntpServers: ["192.0.2.123"] };
