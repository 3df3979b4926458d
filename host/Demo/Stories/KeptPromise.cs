using Agency.Sdk;

namespace Agency.Host.Demo.Stories;

/// <summary>A debtor who answers at the second call, promises in parts, and keeps the word each time; the last part is still to come.</summary>
internal static class KeptPromise
{
    private const long Part = 150_000;

    public static void Tell(Story it)
    {
        it.Call(3, Outcome.NoAnswer);
        it.Promise(5, "本人接听，工资每月十五日发放，同意分次还款。", Part, inDays: 10);
        it.Pay(14, Part);
        it.Promise(60, "主动来电，继续按月还款。", Part, inDays: 12);
        it.Pay(71, Part);
        it.Promise(175, "年底前再还一笔。", Part, inDays: 20);
    }
}
