import { TransferFlow } from "./TransferFlow";

/** Money from my bank into the wallet. */
export function DepositPage() {
  return <TransferFlow kind="deposit" />;
}
