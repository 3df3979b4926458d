using System.Globalization;
using Agency.Api.Data;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Assignments;

/// <summary>Assignments of a few accounts, or of very many.</summary>
internal static class Assigning
{
    /// <summary>Harbour assigns the accounts with these numbers to swift.</summary>
    public static async Task<Assignment> AssignAsync(this Story story, int from, int to, bool acknowledge = true)
    {
        var slice = story.WholePortfolio();
        slice.Filter = new AssignmentFilter { MinBalance = from * 105_500L, MaxBalance = to * 105_500L };
        var assignment = await story.Harbour.Assignments.CreateAsync(slice);
        return acknowledge ? await story.Swift.Assignments.AcknowledgeAsync(assignment.Id) : assignment;
    }

    /// <summary>Waits for the turn to write, as any write does, and lets nobody else until it is given back.</summary>
    public static async Task<IAsyncDisposable> HoldTheWriterAsync(this Story story) => await story.Service.Services.GetRequiredService<Database>()
        .OpenAsync(TenantContext.SystemFor(1), write: true, TestContext.Current.CancellationToken);

    /// <summary>How many events of this type were written.</summary>
    public static int Events(this Story story, string type) => int.Parse(
        story.Service.Database.Scalar($"SELECT COUNT(*) FROM base_event WHERE type = '{type}'")!, CultureInfo.InvariantCulture);
}
