import { TransferFlow } from "./TransferFlow";

/** Money from the wallet to my bank. */
export function WithdrawPage() {
  return <TransferFlow kind="withdrawal" />;
}
