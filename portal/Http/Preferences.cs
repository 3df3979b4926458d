using Microsoft.AspNetCore.Diagnostics;

namespace Agency.Portal.Http;

/// <summary>How a person wants the portal to look, kept in a cookie: it concerns the screen in front of them, not who they are.</summary>
public static class Preferences
{
    public const string ThemeCookie = "agency-portal-theme";

    /// <summary>What can be chosen; <c>system</c> follows the device.</summary>
    public static IReadOnlyList<string> Themes { get; } = ["system", "light", "dark"];

    public static string Theme(HttpRequest request) =>
        request.Cookies[ThemeCookie] is { } chosen && Themes.Contains(chosen, StringComparer.Ordinal) ? chosen : "system";

    /// <summary>The address the person asked for, also where an error page stands in its place.</summary>
    public static string Address(HttpContext http)
    {
        var refused = http.Features.Get<IStatusCodeReExecuteFeature>();
        var failed = http.Features.Get<IExceptionHandlerPathFeature>();
        return refused is not null ? refused.OriginalPath + refused.OriginalQueryString : failed?.Path ?? http.Request.Path + http.Request.QueryString;
    }

    internal static CookieOptions Cookie(HttpRequest request) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        MaxAge = TimeSpan.FromDays(365),
        SameSite = SameSiteMode.Lax,
        Secure = request.IsHttps,
    };
}
