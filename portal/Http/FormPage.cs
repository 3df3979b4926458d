using System.Net.Http.Headers;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Http;

/// <summary>
/// A page with forms that write. What the API refuses is told on the page, with all that was typed still there; what succeeded ends in a
/// redirect. Every posting form carries an idempotency key (<see cref="FormKey"/>): sent twice it acts once.
/// </summary>
public abstract class FormPage : PageModel
{
    private const string DoneKey = "done";

    /// <summary>What was refused; null while nothing was.</summary>
    public Refusal? Refusal => RefusalOf(HttpContext);

    /// <summary>What was done just before, as the key of a text; told once.</summary>
    public string? Done => TempData[DoneKey] as string;

    /// <summary>The id of the form that was sent; empty where none was.</summary>
    public string SentForm => FormKey.Sent(Request).Form;

    /// <summary>Which state of a thing the form was filled in before; none that ever was, where the form does not say (its field <c>Version</c>).</summary>
    protected ETag Seen => new(EntityTagHeaderValue.TryParse(Request.Form["Version"], out var tag) ? tag.ToString() : "\"none\"");

    /// <summary>Acts once under the form's key; false when the API refused, which <see cref="Refusal"/> then tells.</summary>
    protected async Task<bool> TryAsync(Func<CallOptions, Task> deed)
    {
        try
        {
            await deed(CallOptions.WithKey(FormKey.Sent(Request).Key));
            return true;
        }
        catch (AgencyException refused) when (refused is AgencyValidationException or AgencyConflictException or AgencyPreconditionException)
        {
            Refuse(Refusal.Of(refused));
            return false;
        }
    }

    /// <summary>The same, for a second deed of the same form: <paramref name="part"/> tells its key from the first's.</summary>
    protected Task<bool> TryAsync(string part, Func<CallOptions, Task> deed) =>
        TryAsync(options => deed(CallOptions.WithKey(options.IdempotencyKey is { } key ? $"{key}-{part}" : null)));

    /// <summary>Refuses what the API need not be asked for.</summary>
    protected void Refuse(Refusal refusal)
    {
        HttpContext.Items[typeof(Refusal)] = refusal;
        Response.StatusCode = refusal.Status;
    }

    /// <summary>What the page of this request refused; null while nothing was.</summary>
    internal static Refusal? RefusalOf(HttpContext http) => http.Items[typeof(Refusal)] as Refusal;

    /// <summary>Says on the next page what was done.</summary>
    /// <param name="text">The key of a text.</param>
    protected void Tell(string text) => TempData[DoneKey] = text;
}

/// <summary>Why something was not done, in the reader's language.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What is wrong.</param>
/// <param name="Fields">What is wrong field by field: the field's id on the page, and what to mend.</param>
/// <param name="Detail">What stands in the way, where the API names it.</param>
public sealed record Refusal(int Status, string Title, IReadOnlyList<(string Field, string Message)> Fields, string? Detail = null)
{
    /// <summary>A refusal of the portal's own.</summary>
    /// <param name="field">The field to mend.</param>
    /// <param name="title">What is wrong with it.</param>
    public static Refusal Of(string field, string title) => new(StatusCodes.Status422UnprocessableEntity, title, [(field, title)]);

    internal static Refusal Of(AgencyException refused) => new(
        refused.StatusCode,
        refused.Problem?.Title ?? refused.Message,
        [.. (refused.Problem?.Errors ?? []).Select(error => (FieldOf(error.Pointer), error.Message))],
        refused.Problem?.Detail);

    // Fields are called as the API's members: /terms/noticeDays is noticeDays.
    private static string FieldOf(string pointer) => pointer.Split('/', '?', '#')[^1] is { Length: > 0 } last && char.IsAsciiLetter(last[0]) ? last : pointer.Trim('/').Split('/')[0];
}
