using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Abstractions;

namespace Agency.Api.Identity;

/// <summary>
/// Where people sign in: one plain page, in Chinese or English, that needs no script. It says the same, after the same time,
/// whether the address is unknown, the password wrong or the account locked.
/// </summary>
internal static class SignInPage
{
    public const string ReturnParameter = "return";
    public const string AntiforgeryField = "token";
    private const string Path = "/sign-in";
    private const string StylePath = "/sign-in.css";

    private static readonly string Style = ReadStyle();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Show).ExcludeFromDescription();
        routes.MapPost(Path, SignInAsync).ExcludeFromDescription();
        routes.MapGet(StylePath, () => Results.Text(Style, "text/css")).ExcludeFromDescription();
    }

    private static IResult Show(HttpContext http, IAntiforgery antiforgery, PortalAddress portal) =>
        Render(http, antiforgery, portal, http.Request.Query[ReturnParameter].ToString(), "", null);

    private static async Task<IResult> SignInAsync(HttpContext http, IAntiforgery antiforgery, PortalAddress portal, People people, CancellationToken cancellation)
    {
        if (!http.Request.HasFormContentType)
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        var form = await http.Request.ReadFormAsync(cancellation);
        var words = Words.For(form[ReturnParameter].ToString());
        var (back, email, password) = (form[ReturnParameter].ToString(), form["email"].ToString(), form["password"].ToString());
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            return Render(http, antiforgery, portal, back, email, words.Stale);
        }

        if (email.Length is 0 or > 254 || password.Length is 0 or > 200)
        {
            return Render(http, antiforgery, portal, back, email, words.Incomplete);
        }

        if (await people.SignInAsync(email, password, cancellation) is not { } person)
        {
            return Render(http, antiforgery, portal, back, email, words.Refused);
        }

        await SignInSession.BeginAsync(http, person);
        return Results.Redirect(IsOurs(back) ? back : portal.BaseUrl);
    }

    // The one place that sends people here; anything else would make this page a door to any site.
    private static bool IsOurs(string back) => back.StartsWith("/connect/authorize?", StringComparison.Ordinal) && !back.AsSpan().ContainsAny('\r', '\n', '\\');

    private static IResult Render(HttpContext http, IAntiforgery antiforgery, PortalAddress portal, string back, string email, string? error)
    {
        var headers = http.Response.Headers;

        // Browsers check form-action along the redirects too, and the last of them leads to the portal.
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'self'; form-action 'self' {portal.Origin}; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        var token = antiforgery.GetAndStoreTokens(http).RequestToken ?? "";
        headers.CacheControl = "no-store";
        var page = Page(Words.For(back), Encode(IsOurs(back) ? back : ""), Encode(email), Encode(token), error);
        return Results.Content(page, "text/html; charset=utf-8", statusCode: error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string Page(Words words, string back, string email, string token, string? error)
    {
        var summary = error is null ? "" : $"""

              <div class="errors" role="alert" aria-labelledby="errors-title">
                <h2 id="errors-title">{words.ErrorTitle}</h2>
                <p><a href="#email">{error}</a></p>
              </div>
            """;
        var invalid = error is null ? "" : " aria-invalid=\"true\" aria-describedby=\"errors-title\"";
        return $"""
            <!DOCTYPE html>
            <html lang="{words.Language}">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{(error is null ? "" : words.ErrorPrefix)}{words.Title}</title>
              <link rel="stylesheet" href="{StylePath}">
            </head>
            <body>
            <main>
              <h1>{words.Title}</h1>{summary}
              <form method="post" action="{Path}">
                <input type="hidden" name="{AntiforgeryField}" value="{token}">
                <input type="hidden" name="{ReturnParameter}" value="{back}">
                <label for="email">{words.Email}</label>
                <input id="email" name="email" type="email" value="{email}" autocomplete="username" required maxlength="254"{invalid}>
                <label for="password">{words.Password}</label>
                <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="200"{invalid}>
                <button type="submit">{words.Submit}</button>
              </form>
            </main>
            </body>
            </html>

            """;
    }

    private static string ReadStyle()
    {
        using var stream = typeof(SignInPage).Assembly.GetManifestResourceStream("sign-in.css") ?? throw new InvalidOperationException("sign-in.css is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed record Words(
        string Language, string Title, string Email, string Password, string Submit, string ErrorTitle, string ErrorPrefix, string Refused, string Incomplete, string Stale)
    {
        private static readonly Words English = new(
            "en", "Sign in", "E-mail address", "Password", "Sign in", "You are not signed in", "Error: ",
            "The e-mail address or the password is wrong. After five wrong passwords an account is locked for 15 minutes.",
            "Enter your e-mail address and your password.",
            "The page was open for too long. Please sign in again.");

        private static readonly Words Chinese = new(
            "zh-CN", "登录", "电子邮箱", "密码", "登录", "登录未成功", "错误：",
            "电子邮箱或密码不正确。密码连续输错五次后，账号将锁定 15 分钟。",
            "请输入电子邮箱和密码。",
            "页面停留时间过长，请重新登录。");

        /// <summary>In the language that the portal sent the person here in; the browser's when it said none.</summary>
        public static Words For(string back)
        {
            var asked = QueryHelpers.ParseQuery(back[(back.IndexOf('?', StringComparison.Ordinal) + 1)..]).GetValueOrDefault(OpenIddictConstants.Parameters.UiLocales).ToString();
            var language = asked.Length > 0 ? asked : CultureInfo.CurrentUICulture.Name;
            return language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Chinese : English;
        }
    }
}
