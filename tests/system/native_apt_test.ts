import { createNativeApt } from "../../src/host/packages/native_apt.ts";
import { conformPackages } from "../support/package_conformance.ts";

conformPackages("apt", createNativeApt);
