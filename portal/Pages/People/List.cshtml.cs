using Agency.Sdk;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.People;

/// <summary>Everybody who works for the agency, with role and team.</summary>
public sealed class ListModel(AgencyClient agency) : PageModel
{
    public IReadOnlyList<Colleague> People { get; private set; } = [];

    public IReadOnlyDictionary<Guid, string> Teams { get; private set; } = new Dictionary<Guid, string>();

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        People = await agency.People.ListOwnAsync(cancellationToken: cancellation).ToListAsync(cancellation);
        Teams = await agency.Teams.ListAsync(cancellationToken: cancellation).ToDictionaryAsync(team => team.Id, team => team.Name, cancellationToken: cancellation);
    }
}
