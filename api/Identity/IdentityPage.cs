using System.Globalization;
using System.Text.Encodings.Web;
using Agency.Api.Http;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Abstractions;

namespace Agency.Api.Identity;

/// <summary>What is wrong, said above the form, and the field to go to.</summary>
internal sealed record PageError(string Title, string Text, string Field);

/// <summary>What the pages of sign-in have in common: plain HTML in Chinese or English that needs no script, behind a form that no other site can send.</summary>
internal sealed class IdentityPage(IAntiforgery antiforgery, PortalAddress portal)
{
    public const string ReturnParameter = "return";
    public const string AntiforgeryField = "token";
    public const string StylePath = "/sign-in.css";

    /// <summary>The longest return address, ticket and the rest of a form, each.</summary>
    private const int LongestField = 4000;

    public static readonly string Style = ReadStyle();

    /// <summary>Where people go when nothing else was asked for.</summary>
    public string Portal => portal.BaseUrl;

    /// <summary>The way on to the portal, where a page has nothing else to do.</summary>
    public string LinkToPortal(string text) => $"""<p><a href="{Encode(Portal)}">{text}</a></p>""";

    public static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    /// <summary>
    /// The language that the portal sent the person here in, which travels in <c>ui_locales</c> of the address or of the one to
    /// return to; the browser's when it said none.
    /// </summary>
    public static bool IsChinese(HttpContext http, string back)
    {
        var asked = http.Request.Query[OpenIddictConstants.Parameters.UiLocales].ToString();
        if (asked.Length == 0)
        {
            asked = QueryHelpers.ParseQuery(back[(back.IndexOf('?', StringComparison.Ordinal) + 1)..]).GetValueOrDefault(OpenIddictConstants.Parameters.UiLocales).ToString();
        }

        return (asked.Length > 0 ? asked : CultureInfo.CurrentUICulture.Name).StartsWith("zh", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Sign-in leads on to these alone; anything else would make it a door to any site.</summary>
    public static bool IsOurs(string back) =>
        (back.StartsWith("/connect/authorize?", StringComparison.Ordinal) || back.Split('?')[0] is AccountPage.Path or PasswordPage.Path or CodePage.Path or SessionsPage.Path)
        && !back.AsSpan().ContainsAny('\r', '\n', '\\');

    /// <summary>The form that was sent; null when it is none.</summary>
    public static async Task<Func<string, string>?> ReadFormAsync(HttpContext http, CancellationToken cancellation)
    {
        if (!http.Request.HasFormContentType)
        {
            return null;
        }

        var form = await http.Request.ReadFormAsync(cancellation);
        return name => form[name].ToString() is { Length: <= LongestField } value ? value : "";
    }

    public Task<bool> IsOwnFormAsync(HttpContext http) => antiforgery.IsRequestValidAsync(http);

    /// <summary>The page, with the forms in it made ours.</summary>
    /// <param name="body">HTML; where a form needs it, <c>{token}</c> stands for the field that proves it to be ours.</param>
    public IResult Show(HttpContext http, bool isChinese, string title, string body, PageError? error = null)
    {
        var headers = http.Response.Headers;

        // Browsers check form-action along the redirects too, and the last of them leads to the portal.
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'self'; form-action 'self' {portal.Origin}; base-uri 'none'; frame-ancestors 'none'";
        var token = $"""<input type="hidden" name="{AntiforgeryField}" value="{Encode(antiforgery.GetAndStoreTokens(http).RequestToken ?? "")}">""";
        headers.CacheControl = "no-store";
        return Results.Content(
            Page(isChinese, title, body.Replace("{token}", token, StringComparison.Ordinal), error),
            "text/html; charset=utf-8",
            statusCode: error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>The marks of a field that is wrong.</summary>
    public static string Invalid(PageError? error, string field) => error?.Field == field ? " aria-invalid=\"true\" aria-describedby=\"errors-title\"" : "";

    private static string Page(bool isChinese, string title, string body, PageError? error)
    {
        var summary = error is null ? "" : $"""

              <div class="errors" role="alert" aria-labelledby="errors-title">
                <h2 id="errors-title">{error.Title}</h2>
                <p><a href="#{error.Field}">{error.Text}</a></p>
              </div>
            """;
        return $"""
            <!DOCTYPE html>
            <html lang="{(isChinese ? CallerLanguage.Chinese : CallerLanguage.English)}">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{(error is null ? "" : isChinese ? "错误：" : "Error: ")}{title}</title>
              <link rel="stylesheet" href="{StylePath}">
            </head>
            <body>
            <main>
              <h1>{title}</h1>{summary}
              {body}
            </main>
            </body>
            </html>

            """;
    }

    private static string ReadStyle()
    {
        using var stream = typeof(IdentityPage).Assembly.GetManifestResourceStream("sign-in.css") ?? throw new InvalidOperationException("sign-in.css is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
