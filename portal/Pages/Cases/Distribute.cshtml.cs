using Agency.Portal.Http;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Cases;

/// <summary>
/// Gives cases to others, evenly: those of a desk, those of an assignment that are on none, or those that are ticked. First it is shown how
/// many each would get; only then it is done.
/// </summary>
public sealed class DistributeModel(AgencyClient agency, IStringLocalizer<Language.Texts> texts) : FormPage
{
    /// <summary>How many cases can be ticked; for more there is all.</summary>
    public const int Shown = 200;

    /// <summary>How many are counted; beyond, it is said that there are more.</summary>
    public const int MostCounted = 5000;

    // The API deals out a thousand a call.
    private const int MostCalls = 50;

    [BindProperty(SupportsGet = true, Name = "collector")]
    public Guid? Collector { get; set; }

    [BindProperty(SupportsGet = true, Name = "assignment")]
    public Guid? Assignment { get; set; }

    /// <summary>Whether only what is ticked is given.</summary>
    [BindProperty]
    public bool Ticked { get; set; }

    /// <summary>The cases that are ticked.</summary>
    [BindProperty]
    public List<Guid> Cases { get; set; } = [];

    /// <summary>Who gets them.</summary>
    [BindProperty]
    public List<Guid> To { get; set; } = [];

    /// <summary>A team whose collectors get them.</summary>
    [BindProperty]
    public Guid? Team { get; set; }

    public IReadOnlyList<Colleague> People { get; private set; } = [];

    /// <summary>Who can get cases, as far as the person may give them.</summary>
    public IReadOnlyList<Colleague> Receivers { get; private set; } = [];

    public IReadOnlyList<Team> Teams { get; private set; } = [];

    public IReadOnlyList<(Guid Id, string Name)> Assignments { get; private set; } = [];

    /// <summary>The first of what was found.</summary>
    public IReadOnlyList<Case> Found { get; private set; } = [];

    public int Count { get; private set; }

    /// <summary>Whether there are more than were counted.</summary>
    public bool IsMore { get; private set; }

    /// <summary>How many each would get; null until it is asked for.</summary>
    public IReadOnlyList<(string Name, int Cases)>? Preview { get; private set; }

    /// <summary>Whether it was said where to take cases from.</summary>
    public bool IsChosen => Collector is not null || Assignment is not null;

    public async Task OnGetAsync(CancellationToken cancellation) => await LoadAsync(cancellation);

    /// <summary>Changes nothing: says how many cases each would get.</summary>
    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken cancellation)
    {
        await LoadAsync(cancellation);
        var names = People.ToDictionary(person => person.Id, person => person.Name);
        IReadOnlyList<Guid> to = Team is { } team
            ? [.. (Teams.FirstOrDefault(one => one.Id == team)?.Members ?? []).Where(member => member.Role == "collector").Select(member => member.PersonId).Order()]
            : To;
        to = [.. to.Where(person => person != Collector)];
        var cases = Ticked ? Cases.Count : Count;
        if (Ticked && Cases.Count == 0)
        {
            Refuse(Refusal.Of("cases", texts["distribution.tick_some"]));
        }
        else if (to.Count == 0)
        {
            Refuse(Refusal.Of("to", texts["distribution.choose_receivers"]));
        }
        else
        {
            Preview = [.. to.Select((person, index) => (names.GetValueOrDefault(person, person.ToString()), (cases / to.Count) + (index < cases % to.Count ? 1 : 0)))];
        }

        return Page();
    }

    public async Task<IActionResult> OnPostDistributeAsync(CancellationToken cancellation)
    {
        if (!await DistributeAsync(cancellation))
        {
            await LoadAsync(cancellation);
            return Page();
        }

        Tell("distribution.done");
        return RedirectToPage(new { Collector, Assignment });
    }

    private async Task<bool> DistributeAsync(CancellationToken cancellation)
    {
        var body = new CaseDistribution
        {
            CaseIds = Ticked ? Cases : null,
            AssignmentId = Ticked ? null : Assignment,
            FromPersonId = Ticked ? null : Collector,
            ToPersonIds = Team is null ? To : null,
            TeamId = Team,
            Mode = DistributionMode.Even,
        };
        for (var call = 0; call < MostCalls; call++)
        {
            var isMore = false;
            if (!await TryAsync(FormattableString.Invariant($"part-{call}"), async options => isMore = (await agency.Cases.DistributeAsync(body, options, cancellation)).More))
            {
                return false;
            }

            if (!isMore)
            {
                break;
            }
        }

        return true;
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        People = await agency.People.ListOwnAsync(cancellationToken: cancellation).ToListAsync(cancellation);
        Teams = await agency.Teams.ListAsync(cancellationToken: cancellation).ToListAsync(cancellation);
        Receivers = [.. People.Where(person => person.Role is "collector" or "supervisor")];
        if (User.Is("supervisor"))
        {
            // A supervisor gives within the own team.
            var own = People.FirstOrDefault(person => person.Id == User.Id())?.TeamId;
            Receivers = [.. Receivers.Where(person => person.TeamId == own && own is not null)];
            Teams = [.. Teams.Where(team => team.Id == own)];
        }

        var agreements = await agency.Agreements.ListAsync(cancellationToken: cancellation).ToDictionaryAsync(agreement => agreement.Id, agreement => agreement.Title, cancellationToken: cancellation);
        var assignments = await agency.Assignments.ListAsync(pageSize: 1000, cancellationToken: cancellation).Where(one => one.State == AssignmentState.Active).ToListAsync(cancellation);
        Assignments = [.. assignments.OrderByDescending(one => one.SubmittedAt).Select(one => (one.Id, $"{agreements.GetValueOrDefault(one.AgreementId, "")} · {Language.Formats.Day(one.TermStart)}"))];
        if (IsChosen)
        {
            await CountAsync(cancellation);
        }
    }

    private async Task CountAsync(CancellationToken cancellation)
    {
        List<Case> found = [];
        var read = 0;
        await foreach (var item in agency.Cases.ListAsync(assignmentId: Assignment, collectorId: Collector, pageSize: 1000, cancellationToken: cancellation))
        {
            if (++read > MostCounted)
            {
                IsMore = true;
                break;
            }

            if (Collector is not null || item.CollectorId is null)
            {
                Count++;
                found.Add(item);
            }
        }

        Found = [.. found.Take(Shown)];
    }
}
