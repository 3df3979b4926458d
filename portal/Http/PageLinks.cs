namespace Agency.Portal.Http;

/// <summary>
/// The way through a long list: where it begins and what follows, at the address at hand with all else that it says. Nothing on a list's only page.
/// </summary>
/// <param name="Next">Where the following page begins; null on the last.</param>
/// <param name="Label">What the links are called together, where they are not simply pages.</param>
/// <param name="First">What leads to the first page.</param>
/// <param name="Following">What leads to the following page.</param>
public sealed record PageLinks(string? Next, string? Label = null, string? First = null, string? Following = null)
{
    private const string Cursor = "cursor";

    /// <summary>Whether the address is of the list's first page.</summary>
    public static bool IsFirst(HttpRequest request) => string.IsNullOrEmpty(request.Query[Cursor]);

    /// <summary>The address at hand, at the first page.</summary>
    public static string ToFirst(HttpRequest request) => To(request, null);

    /// <summary>The address at hand, at the page that begins there.</summary>
    public static string To(HttpRequest request, string? cursor)
    {
        // What a form did is not part of where the list is.
        var kept = request.Query.Where(part => part.Key is not (Cursor or "handler"));
        return request.PathBase + request.Path + QueryString.Create(cursor is null ? kept : kept.Append(new(Cursor, cursor)));
    }
}
