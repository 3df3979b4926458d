using Agency.Portal.Http;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Imports;

/// <summary>How an import goes: what was read of the file, what is wrong with its first rows, and what can be done about it.</summary>
public sealed class GetModel(AgencyClient agency) : FormPage
{
    private const int FirstErrors = 20;

    public Import Import { get; private set; } = null!;

    public IReadOnlyList<ImportError> Errors { get; private set; } = [];

    public bool HasMoreErrors { get; private set; }

    public bool IsUnderWay => Import.State == ImportState.Queued || Import.State == ImportState.Running;

    public bool CanBeCancelled => IsUnderWay || Import.State == ImportState.Staged;

    /// <summary>How much of the file has been read, in percent.</summary>
    public int Percent => Import.Bytes == 0 ? 0 : (int)(100 * Import.BytesRead / Import.Bytes);

    public async Task OnGetAsync(Guid id, CancellationToken cancellation)
    {
        Import = await agency.Imports.GetAsync(id, cancellationToken: cancellation);
        var page = await agency.Imports.ListErrorsPageAsync(id, FirstErrors, cancellationToken: cancellation);
        (Errors, HasMoreErrors) = (page.Items, page.Next is not null);
    }

    /// <summary>The rejected rows as the API gives them, passed on as they come.</summary>
    public async Task<IActionResult> OnGetRejectedRowsAsync(Guid id, CancellationToken cancellation)
    {
        var file = await agency.Imports.GetRejectedRowsAsync(id, cancellationToken: cancellation);
        HttpContext.Response.RegisterForDispose(file);
        return File(file.Content, file.ContentType ?? "text/csv", file.FileName ?? "rejected-rows.csv");
    }

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancellation)
    {
        if (await TryAsync(options => agency.Imports.CancelAsync(id, options, cancellation)))
        {
            Tell("import.cancelled");
            return RedirectToPage(new { id });
        }

        await OnGetAsync(id, cancellation);
        return Page();
    }
}
