using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Holds;

/// <summary>Some outcomes of a contact stop the work by themselves: a debtor who disputes, claims fraud, complains, asks for silence or has died.</summary>
internal static class OutcomeHolds
{
    /// <summary>Raises the hold that the outcome brings, unless one of its kind stands. The case must be open.</summary>
    public static async Task RaiseAsync(Work work, HoldPlace place, Id contactRecord, Outcome outcome)
    {
        if (HoldRules.BroughtBy(outcome) is { } kind && await Raising.FindStandingAsync(work, place, kind) is null)
        {
            _ = await Raising.WriteAsync(work, place, kind, HoldRaiser.Agency, contactRecord: contactRecord);
        }
    }
}
