import { App, TerraformStack } from "cdktn";
import type { Construct } from "constructs";
import { CspProvider, Host, TenantNetwork } from "csp-iac/cdktn";

/** A tenant with a web server and a database. They reach each other; everybody else reaches only the web server's ports. */
class Tenant extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new CspProvider(this, "csp", { hosts: JSON.parse(process.env.CSP_HOSTS ?? "{}") });

    // Makes hv-01 a csp host. From then on, a guest without a policy can neither send nor receive.
    const { host } = new Host(this, "hv-01", { host: "hv-01" });

    new TenantNetwork(this, "tenant-a", {
      cidrs: ["10.20.0.0/24", "fd20::/64"],
      ingress: [{ name: "https", protocol: "tcp", ports: ["443"] }],
      guests: {
        "web-1": {
          host,
          guest: { uuid: "6c1a0000-0000-4000-8000-00000000000b" },
          interfaces: [{ device: 0, mac: "02:00:00:20:00:0b", addresses: ["10.20.0.11", "fd20::11"] }],
        },
        "web-2": {
          host,
          guest: { uuid: "6c1a0000-0000-4000-8000-00000000000c" },
          interfaces: [{ device: 0, mac: "02:00:00:20:00:0c", addresses: ["10.20.0.12", "fd20::12"] }],
        },
      },
    });
  }
}

const app = new App();
new Tenant(app, "tenant");
app.synth();
