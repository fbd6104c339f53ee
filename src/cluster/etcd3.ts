/**
 * What we use of etcd3, a CommonJS package: the bundler keeps only its default export.
 *
 * @module
 */

import "./etcd3_protos.ts";
import etcd3 from "etcd3";

export const { Etcd3 } = etcd3;
