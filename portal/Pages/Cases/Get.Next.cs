using Agency.Sdk;

namespace Agency.Portal.Pages.Cases;

/// <summary>What to do after this case: the first of the person's worklist that is another.</summary>
public sealed partial class GetModel
{
    /// <summary>The next case and why it is; null when there is none.</summary>
    public WorklistItem? Next { get; private set; }

    private async Task<WorklistItem?> NextCaseAsync(CancellationToken cancellation) =>
        (await agency.WorklistItems.ListPageAsync(2, cancellationToken: cancellation)).Items.FirstOrDefault(item => item.Case.Id != Id);
}
