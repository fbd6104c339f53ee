// The empty program: what starting the runtime costs.
export {};
