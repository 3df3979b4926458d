using Microsoft.AspNetCore.Localization;

namespace Agency.Portal.Language;

/// <summary>The languages there are, and how one is chosen: by the person, else by the browser, else Chinese.</summary>
public static class Languages
{
    /// <summary>Holds the person's choice.</summary>
    public const string Cookie = "agency-portal-language";

    /// <summary>Each language by its own name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["zh-CN"] = "中文",
        ["en"] = "English",
    };

    internal static void Configure(RequestLocalizationOptions options)
    {
        options.SetDefaultCulture("zh-CN").AddSupportedCultures([.. All.Keys]).AddSupportedUICultures([.. All.Keys]);
        options.RequestCultureProviders =
        [
            new CookieRequestCultureProvider { CookieName = Cookie },
            new AcceptLanguageHeaderRequestCultureProvider(),
        ];
    }
}
