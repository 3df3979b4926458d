using Agency.Api.Cases;
using Agency.Api.Http;

namespace Agency.Api.Holds;

/// <summary>Stops work that a hold stands against.</summary>
internal static class HoldGuard
{
    /// <summary>Refuses with <c>case.on_hold</c>, naming the oldest hold that stops this kind of work.</summary>
    public static async Task RefuseIfHeldAsync(Work work, CaseRow @case, HeldWork deed = HeldWork.Arrangement, CancellationToken cancellation = default)
    {
        var standing = await StandingHolds.OfAccountAsync(work, @case.BankId, @case.AccountId, cancellation: cancellation);
        if (standing.FirstOrDefault(hold => HoldRules.Stops(hold.Kind, deed)) is { } hold)
        {
            throw HoldProblems.CaseOnHold.Refuse(new Obstacle(hold.Id, Words.Of(hold.Kind)));
        }
    }
}
