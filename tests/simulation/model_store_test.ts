import { rightsContract } from "../support/rights_contract.ts";
import { storeContract } from "../support/store_contract.ts";
import { ModelWorld } from "./model_store.ts";

storeContract("the model", () => Promise.resolve(new ModelWorld()));
rightsContract("the model", () => Promise.resolve(new ModelWorld()));
