using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages.Cases;

/// <summary>
/// The cases that wait for the bank's answer: an objection to a recall, a return, a retention. The API has no filter for them, so the open cases
/// are looked through, some thousands a page.
/// </summary>
public sealed class WaitingModel(AgencyClient agency) : PageModel
{
    private const int Read = 500;
    private const int MostReads = 10;
    private const int Enough = 50;

    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? Kind { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    public IReadOnlyList<(Case Case, OpenMotion Motion)> Waiting { get; private set; } = [];

    /// <summary>How many cases were looked through.</summary>
    public int Seen { get; private set; }

    /// <summary>Where to look on; null at the end.</summary>
    public string? Next { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        List<(Case Case, OpenMotion Motion)> waiting = [];
        Next = Cursor;
        for (var reads = 0; reads < MostReads && waiting.Count < Enough; reads++)
        {
            var page = await agency.Cases.ListPageAsync(Read, Next, cancellationToken: cancellation);
            waiting.AddRange(page.Items.Where(item => IsChosen(item.OpenMotion)).Select(item => (item, item.OpenMotion!)));
            (Seen, Next) = (Seen + page.Items.Count, page.Next);
            if (Next is null)
            {
                break;
            }
        }

        Waiting = [.. waiting.OrderBy(one => one.Motion.MadeAt)];
    }

    private bool IsChosen(OpenMotion? motion) => motion is not null && (string.IsNullOrEmpty(Kind) || motion.Kind.Value == Kind);
}
