using Agency.Sdk;

namespace Agency.Host.Demo.Stories;

/// <summary>A debtor who disputes a charge: work stops until the bank has looked at it, goes on, and stops again over a new one.</summary>
internal static class Disputed
{
    public static void Tell(Story it)
    {
        it.Call(8, Outcome.Disputed, "对一笔年费有异议，要求银行核实。");
        it.On(30, async (deeds, @case, cancellation) =>
        {
            var holds = await deeds.DoAsync(Story.Bank, (client, _) => client.Holds.ListOfAccountPageAsync(@case.Account.Id, 1000, null, cancellationToken: cancellation));
            foreach (var hold in holds.Items.Where(hold => hold.LiftedAt is null))
            {
                await deeds.DoAsync(Story.Bank, (client, key) => client.Holds.LiftAsync(hold.Id, new HoldLift { Reason = "年费无误，账单已寄给客户" }, CallOptions.WithKey(key), cancellation));
            }
        });
        it.Call(32, Outcome.NonCommittal, "已收到账单，表示会考虑。");
        it.Pay(58, 80_000);
        it.Call(150, Outcome.Disputed, "称第二笔利息计算有误。");
    }
}
