using Agency.Portal.Http;
using Agency.Sdk;

namespace Agency.Portal.Pages.Agreements;

/// <summary>The agreements of a bank with its agencies.</summary>
public sealed class ListModel(AgencyClient agency) : FormPage
{
    private const int PageSize = 50;

    public IReadOnlyList<Agreement> Agreements { get; private set; } = [];

    public IReadOnlyDictionary<Guid, string> Agencies { get; private set; } = new Dictionary<Guid, string>();

    public string? Next { get; private set; }

    public async Task OnGetAsync(string? cursor, CancellationToken cancellation)
    {
        var page = await agency.Agreements.ListPageAsync(PageSize, cursor, cancellationToken: cancellation);
        (Agreements, Next) = (page.Items, page.Next);
        Agencies = (await agency.Agencies.ListPageAsync(1000, cancellationToken: cancellation)).Items.ToDictionary(one => one.Id, one => one.Name);
    }
}
