/**
 * Gives etcd3 the protocol of etcd as data: it reads .proto files beside itself when it is imported, and
 * in one executable there are none. To be imported before it.
 *
 * @module
 */

import protoLoader, { type PackageDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import protobuf from "protobufjs";
import protocol from "./protos.json" with { type: "json" };

type Options = Parameters<typeof protoLoader.fromJSON>[1];

// All that etcd3 asks this for is its one file, and of that it uses the services. proto-loader would also describe
// each message for those who ask a server what it speaks, which takes as long as all the rest.
protoLoader.loadSync = (_file, options) => {
  const root = protobuf.Root.fromJSON(protocol as unknown as protobuf.INamespace);
  root.resolveAll();
  const services: PackageDefinition = {};
  for (const service of servicesIn(root)) {
    const name = service.fullName.replace(/^\./, "");
    const methods = service.methodsArray.map((method) =>
      [method.name, definition(name, method, options)] as const
    );
    services[name] = Object.fromEntries(methods) as unknown as ServiceDefinition;
  }
  return services;
};

function servicesIn(space: protobuf.NamespaceBase): protobuf.Service[] {
  return space.nestedArray.flatMap((each) =>
    each instanceof protobuf.Service
      ? [each]
      : each instanceof protobuf.Namespace && !(each instanceof protobuf.Type)
      ? servicesIn(each)
      : []
  );
}

function definition(service: string, method: protobuf.Method, options: Options) {
  const [asked, answered] = [
    codec(method.resolvedRequestType, options),
    codec(method.resolvedResponseType, options),
  ];
  return {
    path: `/${service}/${method.name}`,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: asked.write,
    requestDeserialize: asked.read,
    responseSerialize: answered.write,
    responseDeserialize: answered.read,
    // As its clients call it; etcd's names have no run of capitals but at the end.
    originalName: method.name[0]!.toLowerCase() + method.name.slice(1),
  };
}

function codec(type: protobuf.Type | null, options: Options) {
  if (type === null) throw new Error("a message of etcd's protocol is not described");
  return {
    write: (message: object) => type.encode(type.fromObject(message)).finish(),
    read: (bytes: Uint8Array) => type.toObject(type.decode(bytes), options),
  };
}
