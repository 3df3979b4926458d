using Agency.Sdk;

namespace Agency.Host.Demo.Stories;

/// <summary>A debtor with a small, steady income who is given a year, signs, and pays month by month while nobody calls.</summary>
internal static class InstalmentsInForce
{
    private const int Months = 12;

    // Some days before each date.
    private static readonly int[] PaidOn = [45, 75, 106, 136, 167];

    public static void Tell(Story it)
    {
        SettlementProposal? proposal = null;
        it.Call(15, Outcome.PlanRequested, "月收入稳定，请求分期偿还全部欠款。");
        it.On(18, async (deeds, @case, cancellation) => proposal = await deeds.ProposeInstalmentsAsync(Story.Agency, @case, Months, "收入有限，申请分十二期还清。", cancellation));
        it.On(21, (deeds, _, cancellation) => deeds.ApproveAsync(Story.Bank, proposal!, cancellation));
        it.On(24, (deeds, _, cancellation) => deeds.CommenceAsync(Story.Agency, Story.Bank, proposal!, cancellation));
        foreach (var day in PaidOn)
        {
            it.On(day, async (deeds, @case, cancellation) => await deeds.ConfirmAsync(
                Story.Bank, await deeds.ReportAsync(Story.Agency, @case, (proposal!.Amount.Amount / Months) + 1, cancellation), cancellation));
        }
    }
}
