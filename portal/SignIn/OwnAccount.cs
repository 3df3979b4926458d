using System.Globalization;

namespace Agency.Portal.SignIn;

/// <summary>Where people change their password and add codes: the authority's pages, since the portal never sees either.</summary>
public static class OwnAccount
{
    public static string Address(HttpContext http) =>
        $"{http.RequestServices.GetRequiredService<PortalSettings>().Authority.AbsoluteUri}account?ui_locales={CultureInfo.CurrentUICulture.Name}";
}
