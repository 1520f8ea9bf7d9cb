import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/**
 * How much an engine may send before the plugin has taken it in (bytes). HTTP/2 begins with 64 KiB, one round trip between two processes
 * for each; the state of a thousand guests is megabytes, and took four times as long to arrive as now.
 */
export const FLOW_WINDOW = 4 * 1024 * 1024;

/**
 * Opens the window of every connection to a server that listens already. grpc-js (1.14) has an option for that for clients only, and keeps
 * a server's HTTP/2 side to itself; without it all goes on as before, and slower.
 */
export function widenFlow(server: Server): void {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  for (const http2Server of http2Servers?.keys() ?? []) {
    http2Server.on("session", (session: ServerHttp2Session) => {
      session.settings({ initialWindowSize: FLOW_WINDOW });
      session.setLocalWindowSize(FLOW_WINDOW);
    });
  }
}
