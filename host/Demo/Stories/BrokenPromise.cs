using Agency.Sdk;

namespace Agency.Host.Demo.Stories;

/// <summary>A debtor who promises and does not pay, promises again and pays a part, and is not reached any more.</summary>
internal static class BrokenPromise
{
    public static void Tell(Story it)
    {
        it.Promise(6, "本人接听，称两周内还清逾期部分。", 200_000, inDays: 14);
        it.Call(26, Outcome.Callback, "称资金未到账，约下周再联系。");
        it.Promise(33, "再次承诺，月底前还款。", 120_000, inDays: 12);
        it.Pay(44, 50_000);
        it.Call(70, Outcome.NoAnswer);
        it.Call(72, Outcome.SwitchedOff);
        it.Call(110, Outcome.NoAnswer);
    }
}
