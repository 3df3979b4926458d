using Agency.Portal.SignIn;
using Agency.Sdk;

namespace Agency.Portal.Pages.Cases;

/// <summary>What to do after this case: the first of the person's own desk that is another.</summary>
public sealed partial class GetModel
{
    /// <summary>The next case and why it is; null when the desk holds no other.</summary>
    public WorklistItem? Next { get; private set; }

    // The own desk alone, also for who sees the team's or the agency's: ranking all of those would be felt at every case.
    private async Task<WorklistItem?> NextCaseAsync(CancellationToken cancellation)
    {
        try
        {
            return (await agency.WorklistItems.ListPageAsync(2, collectorId: User.Id(), cancellationToken: cancellation)).Items.FirstOrDefault(item => item.Case.Id != Id);
        }
        catch (AgencyValidationException refused) when (refused.Code == "worklist.too_wide")
        {
            return null;
        }
    }
}
