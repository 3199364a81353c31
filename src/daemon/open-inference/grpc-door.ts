import type { Server as NetServer, Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type Metadata,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { DOOR_LIMITS } from "../../base/limits.js";
import { plainText } from "../../base/plain-text.js";
import {
  decodeModelQuestion,
  encodeModelMetadata,
  encodeModelReady,
  encodeServerLive,
  encodeServerMetadata,
  encodeServerReady,
} from "../../open-inference/grpc-about.js";
import { decodeGrpcInferRequest, encodeGrpcInferResponse } from "../../open-inference/grpc-infer.js";
import { refusalOf } from "../admission.js";
import { ByteBudget } from "./byte-budget.js";
import type { DoorEntrance } from "./door-entrance.js";
import type { DoorService } from "./door-service.js";
import { statusOf } from "./error-status.js";
import { GrpcCall } from "./grpc-call.js";

/** What the gRPC part of the door is made of. */
export interface GrpcDoorParts {
  service: DoorService;
  entrance: DoorEntrance;
  /** The host and port that it listens on. */
  bound: { host: string; port: number };
  /** The certificate and its key, PEM. */
  tls?: { cert: Buffer; key: Buffer };
}

/** gRPC's numbers of statuses. */
const [OK, PERMISSION_DENIED] = [0, 7];

/** The protocol's calls, by their names in inference.proto. Messages are bytes until they are asked for. */
const METHODS = ["ServerLive", "ServerReady", "ModelReady", "ServerMetadata", "ModelMetadata", "ModelInfer"];
type Method = (typeof METHODS)[number];

/** Answers the Open Inference Protocol over gRPC. */
export class GrpcDoor {
  private readonly grpc: Server;
  /** What a message may have while it arrives: gRPC tells its length too late to decide by it. */
  private readonly arriving = new ByteBudget({
    total: DOOR_LIMITS.maxArrivingCalls * DOOR_LIMITS.maxBodyBytes,
    admitted: DOOR_LIMITS.maxArrivingCalls * DOOR_LIMITS.maxBodyBytes,
    waiting: DOOR_LIMITS.maxWaitingRequests,
  });
  /** The calls of which a handler has to know more than gRPC says. */
  private readonly calls = new WeakMap<Metadata, GrpcCall>();

  constructor(
    server: NetServer,
    private readonly parts: GrpcDoorParts,
  ) {
    this.grpc = new Server({
      "grpc.max_receive_message_length": DOOR_LIMITS.maxBodyBytes,
      "grpc.max_send_message_length": DOOR_LIMITS.maxBodyBytes,
      "grpc.max_concurrent_streams": DOOR_LIMITS.maxCallsPerConnection,
      "grpc.enable_channelz": 0,
      interceptors: [this.interceptor()],
    });
    this.grpc.addService(SERVICE, Object.fromEntries(METHODS.map((name) => [name, this.handlerOf(name)])));
    const { tls } = parts;
    const credentials = tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }])
      : ServerCredentials.createInsecure();
    const injector = this.grpc.createConnectionInjector(credentials);
    server.on("connection", (socket: Socket) => injector.injectConnection(socket));
  }

  /** Ends all connections at once. */
  terminate(): void {
    this.grpc.forceShutdown();
  }

  /** Admits a call before anything of its message is taken, and follows it to its end. */
  private interceptor(): ServerInterceptor {
    return ({ path }, call) => {
      const { service, entrance } = this.parts;
      const cut = () => entrance.cut(call.getConnectionInfo());
      const state = new GrpcCall(service, this.arriving, cut);
      const refuse = (error: unknown) => {
        call.sendStatus(grpcStatusOf(error));
      };
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata: (metadata, goOn) => {
              const refusal = this.refusalOf(call, metadata);
              if (refusal) return call.sendStatus({ code: PERMISSION_DENIED, details: refusal });
              const health = this.healthOf(path);
              if (health) return call.sendMessage(health, () => call.sendStatus({ code: OK, details: "OK" }));
              this.calls.set(metadata, state);
              state.begin(() => this.admit(call, metadata)).then(() => goOn(metadata), refuse);
            },
            onReceiveMessage: (message: Buffer, goOn) => {
              state.arrived(message.byteLength).then(() => goOn(message), refuse);
            },
            onCancel: () => state.end(),
          }),
        sendMessage: (message, goOn) => {
          state.answers();
          goOn(message);
        },
      });
    };
  }

  /** Why a page of another site, or one that was made to point here, gets nothing. */
  private refusalOf(call: ServerInterceptingCallInterface, metadata: Metadata): string | undefined {
    const origin = textIn(metadata, "origin");
    const headers = { host: call.getHost(), ...(origin !== undefined && { origin }) };
    return refusalOf({ headers }, this.parts.bound);
  }

  private admit(call: ServerInterceptingCallInterface, metadata: Metadata) {
    const [authorization, agent] = [textIn(metadata, "authorization"), textIn(metadata, "user-agent")];
    return this.parts.entrance.admit(call.getConnectionInfo(), {
      ...(authorization !== undefined && { authorization }),
      ...(agent !== undefined && { "user-agent": agent }),
    });
  }

  /** The answer to a question about the server's health, which needs neither a token nor a message. */
  private healthOf(path: string): Buffer | undefined {
    if (path === pathOf("ServerLive")) return encodeServerLive(true);
    if (path === pathOf("ServerReady")) return encodeServerReady(this.parts.service.isReady);
    return undefined;
  }

  private handlerOf(method: Method) {
    return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      this.answer(method, call.request, this.calls.get(call.metadata)!).then(
        (answer) => callback(null, answer),
        (error: unknown) => callback(grpcStatusOf(error)),
      );
    };
  }

  private async answer(method: Method, message: Buffer, call: GrpcCall): Promise<Buffer> {
    const { service } = this.parts;
    switch (method) {
      case "ServerMetadata":
        return encodeServerMetadata(service.serverMetadata());
      case "ModelReady":
        return encodeModelReady(await service.isModelReady(decodeModelQuestion(message)));
      case "ModelMetadata":
        return encodeModelMetadata(await service.modelMetadata(decodeModelQuestion(message)));
      default: {
        const request = decodeGrpcInferRequest(message);
        const model = { name: request.modelName, version: request.modelVersion };
        const { response } = await service.infer({ ...call.question(), model, request });
        const answer = encodeGrpcInferResponse(response);
        // The library copies it, which takes as long again: others have a turn before that.
        await nextTurn();
        return answer;
      }
    }
  }
}

const SERVICE: ServiceDefinition = Object.fromEntries(
  METHODS.map((name) => {
    const same = (bytes: Buffer) => bytes;
    const codecs = {
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    return [name, { path: pathOf(name), requestStream: false, responseStream: false, ...codecs }];
  }),
);

function grpcStatusOf(error: unknown): { code: number; details: string } {
  const { grpc, text } = statusOf(error);
  return { code: grpc, details: plainText(text, DOOR_LIMITS.maxDetails) };
}

function pathOf(method: string): string {
  return `/inference.GRPCInferenceService/${method}`;
}

function textIn(metadata: Metadata, name: string): string | undefined {
  return metadata.get(name)[0]?.toString();
}
