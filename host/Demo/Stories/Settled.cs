using Agency.Sdk;

namespace Agency.Host.Demo.Stories;

/// <summary>A debtor in hardship who is offered to pay a part at once, does so, and is free of the rest.</summary>
internal static class Settled
{
    public static void Tell(Story it)
    {
        SettlementProposal? proposal = null;
        it.Call(20, Outcome.Hardship, "失业在家，亲属愿一次性代还一部分。");
        it.On(22, async (deeds, @case, cancellation) =>
            proposal = await deeds.ProposeAsync(Story.Agency, @case, @case.Account.Balance.Total.Amount * 6 / 10, "失业，由亲属资助一次性还款。", cancellation));
        it.On(25, (deeds, _, cancellation) => deeds.ApproveAsync(Story.Bank, proposal!, cancellation));
        it.On(50, async (deeds, @case, cancellation) =>
            await deeds.ConfirmAsync(Story.Bank, await deeds.ReportAsync(Story.Agency, @case, proposal!.Amount.Amount, cancellation), cancellation));
    }
}
