using System.Globalization;
using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Imports;

/// <summary>A bank sends a file of accounts. It goes straight on to the API as it comes in, and waits there to be looked at.</summary>
[ReadsFormItself]
[IgnoreAntiforgeryToken]
public sealed class CreateModel(AgencyClient agency, IStringLocalizer<Texts> texts) : FormPage
{
    private static readonly string[] JsonEndings = [".NDJSON", ".JSONL"];

    public Portfolio Portfolio { get; private set; } = null!;

    public string? AsOf { get; private set; }

    public string Mode { get; private set; } = ImportMode.New.Value;

    public async Task OnGetAsync(Guid id, CancellationToken cancellation) => Portfolio = await agency.Portfolios.GetAsync(id, cancellationToken: cancellation);

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancellation)
    {
        StreamedFile? file;
        try
        {
            file = await StreamedForm.ReadAsync(HttpContext);
        }
        catch (Exception refused) when (refused is AntiforgeryValidationException or InvalidDataException or IOException)
        {
            return BadRequest();
        }

        (AsOf, Mode) = (Request.Form["asOf"], Request.Form["mode"].ToString());
        if (await SendAsync(id, file, cancellation) is { } staged)
        {
            return RedirectToPage("/Imports/Start", new { id = staged.Id });
        }

        await OnGetAsync(id, cancellation);
        return Page();
    }

    private async Task<Import?> SendAsync(Guid portfolio, StreamedFile? file, CancellationToken cancellation)
    {
        if (file is null)
        {
            Refuse(Refusal.Of("file", texts["import.file.none"]));
            return null;
        }

        DateOnly? day = null;
        if (!string.IsNullOrEmpty(AsOf))
        {
            if (!DateOnly.TryParseExact(AsOf, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read))
            {
                Refuse(Refusal.Of("asOf", texts["import.as_of.wrong"]));
                return null;
            }

            day = read;
        }

        Import? staged = null;
        var name = file.Name.ToUpperInvariant();
        var gzipped = name.EndsWith(".GZ", StringComparison.Ordinal);
        var json = JsonEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal) || name.EndsWith(ending + ".GZ", StringComparison.Ordinal));
        await TryAsync(async options =>
        {
            if (gzipped)
            {
                options.Headers["Content-Encoding"] = "gzip";
            }

            staged = await agency.Imports.CreateAsync(portfolio, new AgencyUpload(file.Content, json ? "application/x-ndjson" : "text/csv"), day, Mode, start: false, options, cancellation);
        });
        return staged;
    }
}
