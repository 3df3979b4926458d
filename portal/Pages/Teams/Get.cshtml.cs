using Agency.Portal.Http;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Teams;

/// <summary>One team: who is in it and what they have before them; its manager changes it.</summary>
public sealed class GetModel(AgencyClient agency) : FormPage
{
    // The API counts no desks: the cases are read to count them, no more than these.
    private const int MostCounted = 5000;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Whether the cases on each desk are counted.</summary>
    [BindProperty(SupportsGet = true, Name = "count")]
    public bool Count { get; set; }

    /// <summary>The team as it was when the form was shown: who changed it since is not overwritten.</summary>
    public string? Version { get; private set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public bool SplitsEvenly { get; set; }

    /// <summary>Who shall be in the team.</summary>
    [BindProperty]
    public List<Guid> People { get; set; } = [];

    public Team Team { get; private set; } = new();

    public IReadOnlyList<Colleague> Colleagues { get; private set; } = [];

    /// <summary>How many open cases are on each desk; null unless they were counted.</summary>
    public IReadOnlyDictionary<Guid, int>? Desks { get; private set; }

    /// <summary>Whether there are more cases than were counted.</summary>
    public bool IsMore { get; private set; }

    public bool Manages => User.Is("manager");

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        await LoadAsync(cancellation);
        (Name, SplitsEvenly, People) = (Team.Name, Team.SplitsEvenly, [.. Team.Members.Select(member => member.PersonId)]);
        if (Count)
        {
            await CountAsync(cancellation);
        }
    }

    public async Task<IActionResult> OnPostChangeAsync(CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Teams.UpdateAsync(Id, Seen, new TeamChange { Name = Name ?? "", SplitsEvenly = SplitsEvenly }, options, cancellation)),
        membersTyped: false,
        "team.changed_now",
        cancellation);

    public async Task<IActionResult> OnPostMembersAsync(CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Teams.ReplaceMembersAsync(Id, Seen, new TeamMembers { PersonIds = People }, options, cancellation)),
        membersTyped: true,
        "team.members_replaced_now",
        cancellation);

    private async Task LoadAsync(CancellationToken cancellation)
    {
        Team = await agency.Teams.GetAsync(Id, cancellationToken: cancellation);
        Version = Team.ETag?.Value;
        Colleagues = await agency.People.ListOwnAsync(cancellationToken: cancellation).ToListAsync(cancellation);
    }

    private async Task CountAsync(CancellationToken cancellation)
    {
        Dictionary<Guid, int> desks = [];
        var read = 0;
        await foreach (var item in agency.Cases.ListAsync(teamId: Id, pageSize: 1000, cancellationToken: cancellation))
        {
            if (++read > MostCounted)
            {
                IsMore = true;
                break;
            }

            if (item.CollectorId is { } desk)
            {
                desks[desk] = desks.GetValueOrDefault(desk) + 1;
            }
        }

        Desks = desks;
    }

    private async Task<IActionResult> AfterAsync(bool isDone, bool membersTyped, string told, CancellationToken cancellation)
    {
        if (isDone)
        {
            Tell(told);
            return RedirectToPage(new { Id });
        }

        var (name, splits, people) = (Name, SplitsEvenly, People);
        await LoadAsync(cancellation);

        // The other form shows what stands; the version is the new one, so that who was overtaken looks and sends again.
        (Name, SplitsEvenly) = membersTyped ? (Team.Name, Team.SplitsEvenly) : (name, splits);
        People = membersTyped ? people : [.. Team.Members.Select(member => member.PersonId)];
        return Page();
    }
}
