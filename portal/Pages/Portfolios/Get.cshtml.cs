using Agency.Portal.Http;
using Agency.Sdk;

namespace Agency.Portal.Pages.Portfolios;

/// <summary>One portfolio, and the files that were sent for it.</summary>
public sealed class GetModel(AgencyClient agency) : FormPage
{
    private const int MostImports = 1000;

    public Portfolio Portfolio { get; private set; } = null!;

    /// <summary>Its imports, the newest first.</summary>
    public IReadOnlyList<Import> Imports { get; private set; } = [];

    /// <summary>Whether there are more than are shown.</summary>
    public bool IsCut { get; private set; }

    public async Task OnGetAsync(Guid id, CancellationToken cancellation)
    {
        Portfolio = await agency.Portfolios.GetAsync(id, cancellationToken: cancellation);
        var page = await agency.Imports.ListPageAsync(id, MostImports, cancellationToken: cancellation);
        Imports = [.. page.Items.Reverse()];
        IsCut = page.Next is not null;
    }
}
