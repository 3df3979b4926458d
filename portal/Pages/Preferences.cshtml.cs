using Agency.Portal.Http;
using Agency.Portal.Language;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Agency.Portal.Pages;

/// <summary>Remembers a choice of language or theme and goes back to where it was made, signed in or not.</summary>
[AllowAnonymous]
public sealed class PreferencesModel : PageModel
{
    public IActionResult OnGet() => Redirect("/me");

    public IActionResult OnPostLanguage(string? language, string? back)
    {
        if (language is not null && Languages.All.ContainsKey(language))
        {
            Response.Cookies.Append(Languages.Cookie, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)), Preferences.Cookie(Request));
        }

        return Back(back);
    }

    public IActionResult OnPostTheme(string? theme, string? back)
    {
        if (theme is not null && Preferences.Themes.Contains(theme, StringComparer.Ordinal))
        {
            Response.Cookies.Append(Preferences.ThemeCookie, theme, Preferences.Cookie(Request));
        }

        return Back(back);
    }

    private LocalRedirectResult Back(string? back) => LocalRedirect(Url.IsLocalUrl(back) ? back : "/");
}
