/**
 * What we use of dbus-next, a CommonJS package: the bundler keeps only its default export.
 *
 * @module
 */

import dbus from "dbus-next";

export const { Message, MessageType, Variant, sessionBus } = dbus;
