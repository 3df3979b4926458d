using Agency.Sdk;

namespace Agency.Host.Demo.Stories;

/// <summary>A debtor who complains about the calls: the bank takes the case back the next day, and the agency sees it no more.</summary>
internal static class RecalledAfterComplaint
{
    public static void Tell(Story it)
    {
        it.Call(9, Outcome.NoAnswer);
        it.Call(12, Outcome.Refused, "本人接听，拒绝还款，情绪激动。");
        it.Call(14, Outcome.ComplaintVoiced, "称来电过于频繁，要投诉。");
        it.On(15, (deeds, @case, cancellation) => deeds.RecallAsync(Story.Bank, @case, RecallReason.Complaint, cancellation));
    }
}
