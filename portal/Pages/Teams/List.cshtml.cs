using Agency.Portal.Http;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Teams;

/// <summary>The teams of the agency; its manager makes them.</summary>
public sealed class ListModel(AgencyClient agency) : FormPage
{
    public IReadOnlyList<Team> Teams { get; private set; } = [];

    public IReadOnlyDictionary<Guid, string> Names { get; private set; } = new Dictionary<Guid, string>();

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public bool SplitsEvenly { get; set; }

    /// <summary>Whether the person may make teams.</summary>
    public bool Manages => User.Is("manager");

    public async Task OnGetAsync(CancellationToken cancellation) => await LoadAsync(cancellation);

    public async Task<IActionResult> OnPostCreateAsync(CancellationToken cancellation)
    {
        Guid made = default;
        if (await TryAsync(async options => made = (await agency.Teams.CreateAsync(new NewTeam { Name = Name ?? "", SplitsEvenly = SplitsEvenly }, options, cancellation)).Id))
        {
            Tell("team.created_now");
            return RedirectToPage("/Teams/Get", new { id = made });
        }

        await LoadAsync(cancellation);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        var people = agency.People.ListOwnAsync(cancellationToken: cancellation);
        Teams = await agency.Teams.ListAsync(cancellationToken: cancellation).ToListAsync(cancellation);
        Names = await people.ToDictionaryAsync(person => person.Id, person => person.Name, cancellationToken: cancellation);
    }
}
