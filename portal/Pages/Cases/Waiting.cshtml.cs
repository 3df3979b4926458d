using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.Cases;

/// <summary>The cases that wait for the bank's answer: an objection to a recall, a return, a retention.</summary>
public sealed class WaitingModel(AgencyClient agency) : PageModel
{
    private const int PageSize = 100;
    private const string Any = "any";

    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? Kind { get; set; }

    public IReadOnlyList<(Case Case, OpenMotion Motion)> Waiting { get; private set; } = [];

    /// <summary>Where the following page begins; null on the last.</summary>
    public string? Next { get; private set; }

    public async Task OnGetAsync(string? cursor, CancellationToken cancellation)
    {
        var chosen = MotionKind.Known.Any(kind => kind.Value == Kind) ? Kind : Any;
        var page = await agency.Cases.ListPageAsync(PageSize, cursor, openMotion: chosen, cancellationToken: cancellation);
        Waiting = [.. page.Items.Select(item => (item, item.OpenMotion!)).OrderBy(one => one.Item2.MadeAt)];
        Next = page.Next;
    }
}
