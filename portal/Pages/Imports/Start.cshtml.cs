using Agency.Portal.Http;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Imports;

/// <summary>A bank looks at the beginning of the file it sent, says what its columns are, and has it loaded.</summary>
public sealed class StartModel(AgencyClient agency) : FormPage
{
    private const string LeftOut = "-";

    public Import Import { get; private set; } = null!;

    /// <summary>Null where the file can't be read, which the refusal then tells.</summary>
    public ImportPreview? Preview { get; private set; }

    /// <summary>What was chosen for each header: a column, nothing, or to leave it out.</summary>
    [BindProperty]
    public List<string?> Column { get; set; } = [];

    /// <summary>The headers they were chosen for, as the page showed them.</summary>
    [BindProperty]
    public List<string?> Header { get; set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellation) => await ReadAsync(id, cancellation) ? Page() : RedirectToPage("/Imports/Get", new { id });

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellation)
    {
        // Nothing chosen is left to the API to refuse: it says what each header wants.
        var choices = Header.Zip(Column).Where(pair => !string.IsNullOrEmpty(pair.Second)).DistinctBy(pair => pair.First, StringComparer.Ordinal)
            .Select(pair => new ColumnChoice { Header = pair.First ?? "", Column = pair.Second == LeftOut ? (ImportColumn?)null : new ImportColumn(pair.Second!) }).ToList();
        if (await TryAsync(options => agency.Imports.StartAsync(id, new ImportStart { Columns = choices }, options, cancellation)))
        {
            return RedirectToPage("/Imports/Get", new { id });
        }

        return await ReadAsync(id, cancellation) ? Page() : RedirectToPage("/Imports/Get", new { id });
    }

    /// <summary>What is chosen for the header at this place.</summary>
    public string ChosenAt(int place) => place < Column.Count
        ? Column[place] ?? ""
        : Preview!.Columns[place] is var column && column.Match == ColumnMatch.LeftOut ? LeftOut : column.Column?.Value ?? "";

    private async Task<bool> ReadAsync(Guid id, CancellationToken cancellation)
    {
        Import = await agency.Imports.GetAsync(id, cancellationToken: cancellation);
        if (Import.State != ImportState.Staged)
        {
            return false;
        }

        try
        {
            Preview = await agency.Imports.GetPreviewAsync(id, cancellationToken: cancellation);
        }
        catch (AgencyException refused) when (refused is AgencyValidationException or AgencyConflictException)
        {
            Refuse(Refusal.Of(refused));
        }

        return true;
    }
}
