using System.Globalization;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.Assignments;

/// <summary>What banks assigned, the latest first; without a choice those that something is still to be done with. The choice stands in the address.</summary>
public sealed class ListReceivedModel(AgencyClient agency) : PageModel
{
    /// <summary>The choice of every state.</summary>
    public const string All = "all";

    private const int PageSize = 50;

    // The API lists the oldest first: all are read to show the latest. An agency has some a month from each bank.
    private const int Most = 5000;
    private static readonly AssignmentState[] Standing = [AssignmentState.Submitted, AssignmentState.Acknowledged, AssignmentState.Active];

    [BindProperty(SupportsGet = true, Name = "state")]
    public string? State { get; set; }

    /// <summary>How many are on the pages before.</summary>
    [BindProperty(SupportsGet = true, Name = "cursor")]
    public int Skip { get; set; }

    public IReadOnlyList<Assignment> Assignments { get; private set; } = [];

    /// <summary>Where the following page begins; null on the last.</summary>
    public string? Next { get; private set; }

    /// <summary>What the agreements are called.</summary>
    public IReadOnlyDictionary<Guid, string> Agreements { get; private set; } = new Dictionary<Guid, string>();

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        var agreements = agency.Agreements.ListAsync(cancellationToken: cancellation);
        var all = await agency.Assignments.ListAsync(pageSize: 1000, cancellationToken: cancellation).Take(Most).ToListAsync(cancellation);
        Agreements = await agreements.ToDictionaryAsync(agreement => agreement.Id, agreement => agreement.Title, cancellationToken: cancellation);
        List<Assignment> chosen = [.. all.Where(IsChosen).OrderByDescending(assignment => assignment.State == AssignmentState.Submitted).ThenByDescending(assignment => assignment.SubmittedAt)];
        Skip = Math.Clamp(Skip, 0, chosen.Count);
        Assignments = [.. chosen.Skip(Skip).Take(PageSize)];
        Next = Skip + PageSize < chosen.Count ? (Skip + PageSize).ToString(CultureInfo.InvariantCulture) : null;
    }

    private bool IsChosen(Assignment assignment) => State switch
    {
        All => true,
        { Length: > 0 } state => assignment.State.Value == state,
        _ => Standing.Contains(assignment.State),
    };
}
