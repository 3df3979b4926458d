using Agency.Portal.Http;
using Agency.Sdk;

namespace Agency.Portal.Pages.Assignments;

/// <summary>What a bank has assigned, and where it stands.</summary>
public sealed class ListModel(AgencyClient agency) : FormPage
{
    private const int PageSize = 50;

    public IReadOnlyList<Assignment> Assignments { get; private set; } = [];

    /// <summary>The agencies by their ids.</summary>
    public IReadOnlyDictionary<Guid, string> Agencies { get; private set; } = new Dictionary<Guid, string>();

    public string? Next { get; private set; }

    public async Task OnGetAsync(string? cursor, CancellationToken cancellation)
    {
        var page = await agency.Assignments.ListPageAsync(PageSize, cursor, cancellationToken: cancellation);
        (Assignments, Next) = (page.Items, page.Next);
        Agencies = (await agency.Agencies.ListPageAsync(1000, cancellationToken: cancellation)).Items.ToDictionary(one => one.Id, one => one.Name);
    }
}
