using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Portal.SignIn;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.AuditLog;

/// <summary>What was done in the tenant's name: of today unless other days are chosen, oldest first as the API has it. The choice stands in the address.</summary>
public sealed class ListModel(AgencyClient agency, PortalSettings settings, TimeProvider clock, IStringLocalizer<Texts> texts) : FormPage
{
    private const int PageSize = 100;

    [BindProperty(SupportsGet = true, Name = "from")]
    public DateOnly? From { get; set; }

    /// <summary>The last day.</summary>
    [BindProperty(SupportsGet = true, Name = "to")]
    public DateOnly? To { get; set; }

    [BindProperty(SupportsGet = true, Name = "what")]
    public string? Deed { get; set; }

    [BindProperty(SupportsGet = true, Name = "subject")]
    public Guid? Subject { get; set; }

    [BindProperty(SupportsGet = true, Name = "person")]
    public Guid? Who { get; set; }

    [BindProperty(SupportsGet = true, Name = "client")]
    public string? Client { get; set; }

    [BindProperty(SupportsGet = true, Name = "cursor")]
    public string? Cursor { get; set; }

    public IReadOnlyList<AuditLogEntry> Entries { get; private set; } = [];

    /// <summary>Where the following page begins; null on the last.</summary>
    public string? Next { get; private set; }

    /// <summary>The people whose names the reader may know.</summary>
    public IReadOnlyDictionary<Guid, string> Names { get; private set; } = new Dictionary<Guid, string>();

    /// <summary>What was typed into a filter, also where it is no id.</summary>
    public string? Typed(string field) => Request.Query[field].ToString();

    /// <summary>What stood there: a person by name where it may be known, any other id by its end.</summary>
    public string Shown(string? value) => value switch
    {
        null => "—",
        _ when Guid.TryParse(value, out var id) => Names.TryGetValue(id, out var name) ? name : $"…{value[^12..]}",
        _ => value,
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        From ??= DateOnly.FromDateTime(Formats.In(clock.GetUtcNow(), settings.TimeZone).DateTime);
        if (User.Is("manager"))
        {
            Names = await agency.People.ListOwnAsync(cancellationToken: cancellation).ToDictionaryAsync(person => person.Id, person => person.Name, cancellationToken: cancellation);
        }

        if (!ModelState.IsValid)
        {
            Refuse(Refusal.Of("from", texts["audit.filter_malformed"]));
            return Page();
        }

        try
        {
            var page = await agency.AuditEntries.ListPageAsync(PageSize, Cursor.OrNull(), Begin, End, Deed.OrNull(), Subject, Who, Client.OrNull(), cancellationToken: cancellation);
            (Entries, Next) = (page.Items, page.Next);
        }
        catch (AgencyValidationException refused)
        {
            Refuse(Refusal.Of(refused));
        }

        return Page();
    }

    /// <summary>The same choice as a file.</summary>
    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellation)
    {
        if (!ModelState.IsValid)
        {
            return await OnGetAsync(cancellation);
        }

        var file = await agency.AuditEntries.GetCsvAsync(Begin, End, Deed.OrNull(), Subject, Who, Client.OrNull(), cancellationToken: cancellation);
        HttpContext.Response.RegisterForDispose(file);
        return File(file.Content, file.ContentType ?? "text/csv", file.FileName ?? "audit-log.csv");
    }

    private DateTimeOffset? Begin => From is { } day ? Formats.FromLocal(day.ToDateTime(default), settings.TimeZone) : null;

    private DateTimeOffset? End => To is { } day ? Formats.FromLocal(day.AddDays(1).ToDateTime(default), settings.TimeZone) : null;
}
