using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages;

/// <summary>What went wrong, and what to do now, instead of an empty answer.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
public sealed class ErrorModel : PageModel
{
    /// <summary>The kinds of failure that have words of their own.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["400", "403", "404", "500", "503"];

    public string Kind { get; private set; } = "500";

    /// <summary>What support finds the failure by in the logs.</summary>
    public string Trace => Activity.Current?.TraceId.ToHexString() ?? HttpContext.TraceIdentifier;

    public void OnGet(int code) => Show(code);

    public void OnPost(int code) => Show(code);

    private void Show(int code)
    {
        var known = code is >= 400 and < 600 ? code : StatusCodes.Status404NotFound;
        var word = known.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Kind = Kinds.Contains(word, StringComparer.Ordinal) ? word : known < 500 ? "400" : "500";
        Response.StatusCode = known;
    }
}
