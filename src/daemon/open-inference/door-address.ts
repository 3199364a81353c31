import { InputError } from "../../base/errors.js";

/** Ways to speak the Open Inference Protocol, and the ports that servers of it usually have. */
export const DOOR_PORTS = { http: 8000, grpc: 8001 } as const;

export type DoorProtocol = keyof typeof DOOR_PORTS;

/** Where a part of the door listens. */
export interface DoorAddress {
  protocol: DoorProtocol;
  host: string;
  /** 0 takes any free port. */
  port: number;
}

/** Both ways on this machine alone. */
export const DEFAULT_DOOR: readonly DoorAddress[] = [
  { protocol: "http", host: "127.0.0.1", port: DOOR_PORTS.http },
  { protocol: "grpc", host: "127.0.0.1", port: DOOR_PORTS.grpc },
];

/** `http=ADDRESS:PORT`, `grpc=ADDRESS:PORT`; an address of IPv6 is in brackets. */
const FORM = /^(http|grpc)=(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/;

/**
 * Reads where a part of the door should listen.
 * @throws InputError INPUT_OPTION
 */
export function doorAddress(text: string): DoorAddress {
  const [, protocol, ipv6, name, digits] = FORM.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  if (protocol && host && port <= 65_535) return { protocol: protocol as DoorProtocol, host, port };
  throw new InputError("INPUT_OPTION", {
    subject: `--open-inference ${text}`,
    expected: "http=ADDRESS:PORT or grpc=ADDRESS:PORT",
    found: "something else",
    advice: "For example: --open-inference http=127.0.0.1:8000 grpc=127.0.0.1:8001",
  });
}

/** An address in the form of {@link doorAddress}. */
export function textOfAddress({ protocol, host, port }: DoorAddress): string {
  return `${protocol}=${host.includes(":") ? `[${host}]` : host}:${port}`;
}
